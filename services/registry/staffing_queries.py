"""The network as a whole: people and money of each organisation, and divisions where something is missing.

A room of its own because network_queries.py lists records as they are, and this counts over several kinds.
"""

from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.transaction import Transaction
from contracts.registry import network as messages
from kernel.money import Money
from services.registry.facility_tables import facilities
from services.registry.network_tables import (
    activities,
    appointments,
    duties,
    organisation_funds,
    organisations,
)
from services.registry.paging import below, page_of
from services.registry.tables import regions

COMMISSIONER, HOME = "commissioner", "home"
_NETWORK = ("federation", "village_association")


def show_staffing(tx: Transaction, message: messages.ShowStaffing) -> messages.StaffingPage:
    """A page of organisations that stand on the day, with their people and money."""
    query = sa.select(organisations, *_people(message.day), *_means(message.day))
    query = query.where(tx.scope(organisations.c.region), _standing(message.day))
    if message.region is not None:
        query = query.where(below(organisations.c.region, message.region))
    if message.kind is not None:
        query = query.where(organisations.c.kind == message.kind)
    rows, after = page_of(tx, query, organisations, message.after, message.limit)
    return messages.StaffingPage(organisations=[_staffing(row) for row in rows], after=after)


def _staffing(row: sa.RowMapping) -> messages.Staffing:
    money = {name: str(Money(int(row[name] or 0))) for name in ("funds", "spent")}
    told = {**row, "organisation_id": row["id"], **money}
    return messages.Staffing(**{name: told[name] for name in messages.Staffing.model_fields})


def _people(day: date) -> list[sa.Label[Any]]:
    held = sa.and_(appointments.c.organisation_id == organisations.c.id, _in_office(day))
    return [
        _count(appointments, held).label("posts"),
        _count(appointments, held, appointments.c.post == COMMISSIONER).label("commissioners"),
        _count(appointments, held, appointments.c.full_time).label("full_time"),
    ]


def _means(day: date) -> list[sa.Label[Any]]:
    """Money, activities and duties of the year up to the day, and places on it."""
    amount = organisation_funds.c.amount_fen
    signed = sa.case((organisation_funds.c.corrects_id.is_(None), amount), else_=-amount)
    received = sa.select(sa.func.sum(signed)).where(
        organisation_funds.c.organisation_id == organisations.c.id,
        organisation_funds.c.received_on.between(day.replace(month=1, day=1), day),
    )
    held = sa.and_(
        activities.c.organisation_id == organisations.c.id,
        activities.c.held_on.between(day.replace(month=1, day=1), day),
    )
    done = sa.case((duties.c.corrects_id.is_(None), duties.c.times), else_=-duties.c.times)
    year = duties.c.until.between(day.replace(month=1, day=1), day)
    performed = sa.select(sa.func.coalesce(sa.func.sum(done), 0)).where(
        duties.c.organisation_id == organisations.c.id, year
    )
    return [
        received.scalar_subquery().label("funds"),
        sa.select(sa.func.sum(activities.c.cost_fen)).where(held).scalar_subquery().label("spent"),
        _count(activities, held).label("activities"),
        performed.scalar_subquery().label("duties"),
        _count(facilities, facilities.c.region == organisations.c.region, _in_use(day)).label("places"),
    ]


def list_network_gaps(tx: Transaction, message: messages.ListNetworkGaps) -> messages.NetworkGaps:
    """A page of divisions where something is missing on the day.

    Raises NotFound("rule.not_in_force") for a day before the first rule, Invalid("region.malformed").
    """
    seen = _divisions(tx, message)
    rules = tx.rules.at(message.day)
    lacking: dict[messages.Gap, sa.ColumnElement[bool]] = {
        "organisation": seen.c.organisations == 0,
        "commissioner": seen.c.commissioners < rules["network.commissioners"].integer,
        "home": sa.and_(seen.c.township, seen.c.homes < rules["network.homes"].integer),
    }
    asked = [lacking[gap] for gap in message.missing or lacking]
    query = sa.select(seen, *(condition.label(f"no_{gap}") for gap, condition in lacking.items()))
    if message.after is not None:
        query = query.where(seen.c.code > message.after)
    rows = tx.execute(query.where(sa.or_(*asked)).order_by(seen.c.code).limit(message.limit + 1))
    found = rows.mappings().all()
    gaps = [
        messages.NetworkGap(
            region=row["code"],
            division=row["name"],
            missing=[gap for gap in lacking if row[f"no_{gap}"]],
            commissioners=row["commissioners"],
        )
        for row in found[: message.limit]
    ]
    return messages.NetworkGaps(gaps=gaps, after=gaps[-1].region if len(found) > message.limit else None)


def _divisions(tx: Transaction, message: messages.ListNetworkGaps) -> sa.Subquery:
    """Townships, villages and communities of the day with what they have of the network."""
    day, code = message.day, regions.c.code
    here = sa.and_(organisations.c.region == code, organisations.c.kind.in_(_NETWORK), _standing(day))
    serving = sa.and_(
        appointments.c.region == code,
        appointments.c.organisation_kind.in_(_NETWORK),
        appointments.c.post == COMMISSIONER,
        _in_office(day),
    )
    inside = facilities.c.region.between(code, sa.func.substr(code, 1, 9) + "999")
    query = sa.select(
        code,
        regions.c.name,
        (sa.func.substr(code, 10, 3) == "000").label("township"),
        _count(organisations, here).label("organisations"),
        _count(appointments, serving).label("commissioners"),
        _count(facilities, inside, facilities.c.kind == HOME, _in_use(day)).label("homes"),
    ).where(
        tx.scope(code),
        sa.func.substr(code, 7, 3) != "000",
        regions.c.valid_from <= day,
        sa.or_(regions.c.valid_to.is_(None), regions.c.valid_to > day),
    )
    if message.region is not None:
        query = query.where(below(code, message.region))
    return query.subquery()


def _count(table: sa.Table, *conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[Any]:
    """How many rows of the table there are, for each row of the query around it."""
    return sa.select(sa.func.count()).select_from(table).where(*conditions).scalar_subquery()


def _standing(day: date) -> sa.ColumnElement[bool]:
    gone = sa.and_(organisations.c.state == "dissolved", organisations.c.last_act_on <= day)
    return sa.and_(organisations.c.established_on <= day, sa.not_(gone))


def _in_office(day: date) -> sa.ColumnElement[bool]:
    left = appointments.c.ended_on
    return sa.and_(appointments.c.appointed_on <= day, sa.or_(left.is_(None), left > day))


def _in_use(day: date) -> sa.ColumnElement[bool]:
    shut = sa.and_(facilities.c.state == "closed", facilities.c.last_act_on <= day)
    return sa.and_(facilities.c.opened_on <= day, sa.not_(shut))
