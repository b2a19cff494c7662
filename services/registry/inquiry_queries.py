"""Questions about the poverty register, schooling, free transport and the sample survey.

A room of its own because queries.py answers who people are, and this how they fare. Each answers within the
caller's regions only.
"""

import sqlalchemy as sa

from chassis.transaction import Transaction
from contracts.registry import inquiries as messages
from services.registry.domain.transport import entitling
from services.registry.inquiry_tables import poverty_files, sample_blocks, schooling
from services.registry.paging import below, page_of, view_of
from services.registry.tables import certificates, persons


def list_poverty_files(tx: Transaction, message: messages.ListPovertyFiles) -> messages.PovertyFilePage:
    """A page of the poverty register."""
    query = sa.select(poverty_files).where(tx.scope(poverty_files.c.region))
    if message.region is not None:
        query = query.where(below(poverty_files.c.region, message.region))
    if message.person_id is not None:
        query = query.where(poverty_files.c.person_id == message.person_id)
    if message.states:
        query = query.where(poverty_files.c.state.in_(message.states))
    if message.kind is not None:
        query = query.where(poverty_files.c.kind == message.kind)
    page, after = page_of(tx, query, poverty_files, message.after, message.limit)
    files = [view_of(messages.PovertyFileView, "file_id", row) for row in page]
    return messages.PovertyFilePage(files=files, after=after)


def list_schooling(tx: Transaction, message: messages.ListSchooling) -> messages.SchoolingPage:
    """A page of children's schooling."""
    query = sa.select(schooling).where(tx.scope(schooling.c.region))
    if message.region is not None:
        query = query.where(below(schooling.c.region, message.region))
    if message.person_id is not None:
        query = query.where(schooling.c.person_id == message.person_id)
    if message.states:
        query = query.where(schooling.c.state.in_(message.states))
    page, after = page_of(tx, query, schooling, message.after, message.limit)
    children = [view_of(messages.SchoolingView, "schooling_id", row) for row in page]
    return messages.SchoolingPage(children=children, after=after)


def list_transport_entitlements(
    tx: Transaction, message: messages.ListTransportEntitlements
) -> messages.TransportEntitlements:
    """Who travels free on a day. Raises NotFound("rule.not_in_force")."""
    rules = tx.rules.at(message.day)
    entitled = sa.or_(
        *(
            sa.and_(certificates.c.category == category, certificates.c.grade.in_(grades))
            for category, grades in entitling(rules).items()
        )
    )
    held = (certificates.c.category, certificates.c.grade, certificates.c.expires_on)
    query = (
        sa.select(persons.c.id, persons.c.region, *held)
        .join(certificates, certificates.c.person_id == persons.c.id)
        .where(
            tx.scope(persons.c.region),
            certificates.c.status == "valid",
            certificates.c.issued_on <= message.day,
            certificates.c.expires_on >= message.day,
            entitled,
        )
    )
    if message.person_id is not None:
        query = query.where(persons.c.id == message.person_id)
    page, after = page_of(tx, query, persons, message.after, message.limit)
    return messages.TransportEntitlements(
        entitled=[view_of(messages.TransportEntitlement, "person_id", row) for row in page],
        rule=rules["transport.free.categories"].document,
        after=after,
    )


def show_sample_survey(tx: Transaction, message: messages.ShowSampleSurvey) -> messages.SampleSurveyFigures:
    """The sums of a sample survey; zeros for one that is unknown or out of scope."""
    counted = ("households", "visited", "persons", "suspected", "disabled")
    sums = (sa.func.coalesce(sa.func.sum(sample_blocks.c[name]), 0).label(name) for name in counted)
    query = sa.select(
        sa.func.count().label("blocks"),
        sa.func.count(sa.distinct(sa.func.substr(sample_blocks.c.region, 1, 9))).label("townships"),
        *sums,
    ).where(tx.scope(sample_blocks.c.region), sample_blocks.c.survey == message.survey)
    row = tx.execute(query).mappings().one()
    return messages.SampleSurveyFigures(visit_rate=_percent(row["visited"], row["households"]), **row)


def _percent(part: int, whole: int) -> str | None:
    """With two decimals, half up; None of nothing."""
    if not whole:
        return None
    hundredths = (part * 20_000 + whole) // (whole * 2)
    return f"{hundredths // 100}.{hundredths % 100:02d}"
