"""Questions about certificates as a whole: the export, and ratings under older standards by benefit drawn.

A room of its own because queries.py answers who one person is, and this what many hold.
"""

from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.transaction import Transaction
from contracts import registry as messages
from kernel.regions import RegionCode
from services.registry.application_tables import applications
from services.registry.domain.application_state import OPEN
from services.registry.tables import benefit_marks, certificates, persons

_RATING = (
    certificates.c.id.label("certificate_id"),
    certificates.c.person_id,
    persons.c.region,
    certificates.c.category,
    certificates.c.grade,
    certificates.c.standard,
    sa.func.coalesce(certificates.c.rated_on, certificates.c.issued_on).label("rated_on"),
)
_TERM = (
    certificates.c.status,
    certificates.c.issued_on,
    certificates.c.expires_on,
    certificates.c.left_on,
)
_HELD = certificates.join(persons, persons.c.id == certificates.c.person_id)


def list_certificates(tx: Transaction, message: messages.ListCertificates) -> messages.CertificatePage:
    """A page of certificates of the caller's regions. Raises Invalid("region.malformed")."""
    query = sa.select(*_RATING, *_TERM).select_from(_HELD).where(tx.scope(persons.c.region))
    if message.region is not None:
        prefix = RegionCode.parse(message.region).prefix
        query = query.where(persons.c.region.between(prefix.ljust(12, "0"), prefix.ljust(12, "9")))
    if message.statuses:
        query = query.where(certificates.c.status.in_(message.statuses))
    if message.expires_before is not None:
        query = query.where(certificates.c.expires_on < message.expires_before)
    if message.left:
        query = query.where(certificates.c.left_on.is_not(None))
    rows, after = _page(tx, query, message.after, message.limit)
    return messages.CertificatePage(
        certificates=[messages.CertificateRow.model_validate(dict(row)) for row in rows], after=after
    )


def list_old_ratings(tx: Transaction, message: messages.ListOldRatings) -> messages.OldRatings:
    """A page of holders of the caller's regions who were rated under an older standard.

    Raises NotFound("rule.not_in_force") for a day before the first standard.
    """
    queued = sa.exists().where(
        applications.c.person_id == certificates.c.person_id,
        applications.c.kind == "reassessment",
        applications.c.state.in_(OPEN),
    )
    drawn = sa.exists().where(*_drawn(message.month), benefit_marks.c.benefit == message.benefit)
    query = (
        sa.select(*_RATING, queued.label("queued"))
        .select_from(_HELD)
        .where(tx.scope(persons.c.region), _old(tx, message.day))
    )
    if message.benefit is not None:
        query = query.where(drawn)
    if message.grades:
        query = query.where(certificates.c.grade.in_(message.grades))
    if message.queued is not None:
        query = query.where(queued if message.queued else ~queued)
    rows, after = _page(tx, query, message.after, message.limit)
    benefits = _benefits(tx, [row["person_id"] for row in rows], message.month)
    ratings = [
        messages.OldRating.model_validate({**row, "benefits": benefits.get(row["person_id"], [])})
        for row in rows
    ]
    return messages.OldRatings(ratings=ratings, after=after)


def count_old_ratings(tx: Transaction, message: messages.CountOldRatings) -> messages.OldRatingCounts:
    """How many holders of the caller's regions were rated under an older standard, by benefit drawn."""
    marked = _HELD.outerjoin(benefit_marks, sa.and_(*_drawn(message.month)))
    by = (certificates.c.standard, certificates.c.grade, benefit_marks.c.benefit)
    query = (
        sa.select(*by, sa.func.count().label("holders"))
        .select_from(marked)
        .where(tx.scope(persons.c.region), _old(tx, message.day))
        .group_by(*by)
        .order_by(certificates.c.standard, certificates.c.grade, benefit_marks.c.benefit.nulls_last())
    )
    counts = [messages.OldRatingCount.model_validate(dict(row)) for row in tx.execute(query).mappings()]
    return messages.OldRatingCounts(counts=counts)


def _old(tx: Transaction, day: date) -> sa.ColumnElement[bool]:
    current = tx.rules.at(day)["certificate.current_standards"].texts
    held = certificates.c.status.in_(("valid", "frozen"))
    return sa.and_(held, certificates.c.standard.not_in(current))


def _drawn(month: str) -> tuple[sa.ColumnElement[bool], ...]:
    return benefit_marks.c.person_id == certificates.c.person_id, benefit_marks.c.month == month


def _benefits(tx: Transaction, person_ids: list[str], month: str) -> dict[str, list[str]]:
    query = sa.select(benefit_marks.c.person_id, benefit_marks.c.benefit).where(
        benefit_marks.c.person_id.in_(person_ids), benefit_marks.c.month == month
    )
    found: dict[str, list[str]] = {}
    for row in tx.execute(query.order_by(benefit_marks.c.benefit)):
        found.setdefault(row.person_id, []).append(row.benefit)
    return found


def _page(
    tx: Transaction, query: sa.Select[Any], after: str | None, limit: int
) -> tuple[list[sa.RowMapping], str | None]:
    """The rows of a page in the order of the certificates, and where the next one begins."""
    if after is not None:
        query = query.where(certificates.c.id > after)
    rows = list(tx.execute(query.order_by(certificates.c.id).limit(limit + 1)).mappings())
    return rows[:limit], rows[limit - 1]["certificate_id"] if len(rows) > limit else None
