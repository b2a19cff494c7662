"""Rows to entities and back. Every read takes what it needs in one statement."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from chassis import replica
from chassis.transaction import Transaction
from kernel.errors import NotFound
from kernel.money import Money
from kernel.regions import RegionCode
from services.subsidy.domain.amounts import Basis
from services.subsidy.domain.award import Award
from services.subsidy.domain.eligibility import Holder
from services.subsidy.kin_repository import behind_kin, paid_in
from services.subsidy.person_tables import households, persons
from services.subsidy.tables import awards


def people(tx: Transaction, ids: Collection[str]) -> dict[str, tuple[str, Holder]]:
    """Region of the persons in the caller's regions and what is known of them, by identifier."""
    query = (
        sa.select(persons, households.c.flags)
        .outerjoin(households, households.c.household_id == persons.c.household_id)
        .where(persons.c.person_id.in_(ids), tx.scope(persons.c.region))
    )
    return {row.person_id: (row.region, holder(row._asdict(), row.flags)) for row in tx.execute(query)}


def holder(row: Mapping[str, Any], flags: str | None) -> Holder:
    """What a row of a person tells, with the flags of the household as they are stored."""
    return Holder(
        certified=row["certified"],
        category=row["category"],
        grade=row["grade"],
        expires_on=row["certificate_expires_on"],
        birth_month=row["birth_month"],
        flags=None if flags is None else frozenset(filter(None, flags.split(","))),
        household_id=row["household_id"],
    )


def heads(tx: Transaction, ids: Collection[str]) -> dict[str, str]:
    """Who stands for each of these persons, and for all others of whom the same one stands."""
    return replica.heads(tx, persons.c.person_id, persons.c.merged_into, ids)


def known_awards(
    tx: Transaction, refs: Collection[str], people: Mapping[str, str], homes: Collection[str] = ()
) -> list[Award]:
    """All awards with one of these numbers or of one of the people, each as of who stands for them, and those
    that one of these households was granted together.

    people: who stands for each.
    """
    award = awards.c
    of_homes = sa.and_(award.household_id.in_(homes), award.for_household)
    query = sa.select(awards).where(sa.or_(award.ref.in_(refs), award.person_id.in_(people), of_homes))
    known = [award_of(row) for row in tx.execute(query)]
    return [replace(award, person_id=people.get(award.person_id, award.person_id)) for award in known]


def add_awards(tx: Transaction, new: Iterable[Award]) -> None:
    """Insert awards."""
    rows = [
        {
            "award_id": award.id,
            "ref": award.ref,
            "enrolment_id": award.enrolment_id,
            "person_id": award.person_id,
            "scheme": award.scheme,
            "variant": award.variant,
            "period": award.period,
            "last_period": award.last_period,
            "sole": award.sole,
            "held_from": award.held_from,
            "household_id": award.household_id,
            "reviewed_on": award.reviewed_on or award.granted_on,
            "review_held_from": award.review_held_from,
            "granted_variant": award.granted_variant,
            "for_household": award.for_household,
            "applied_on": award.applied_on,
            "cost_fen": None if award.cost is None else award.cost.fen,
            "days": award.days,
            "region": award.region,
            "granted_on": award.granted_on,
            "decision": json.dumps(award.decision, ensure_ascii=False),
            "recorded_at": tx.now,
        }
        for award in new
    ]
    if rows:
        tx.execute(sa.insert(awards), rows)


def person(tx: Transaction, person_id: str) -> tuple[str, Holder]:
    """The region of a person and what is known. Raises what unknown_person makes, also for other regions."""
    known = people(tx, [person_id])
    if person_id not in known:
        raise unknown_person()
    return known[person_id]


def unknown_person() -> NotFound:
    """The refusal for a person whom the service doesn't know, or the caller may not."""
    return NotFound(
        "subsidy.unknown_person",
        "The person isn't known here, or lives outside the caller's regions; if the registry has just "
        "registered the person, send it again in a moment, with a new idempotency key.",
        field="person_id",
    )


def award(tx: Transaction, award_id: str) -> Award:
    """An award in the caller's regions. Raises NotFound("subsidy.unknown_award")."""
    query = sa.select(awards).where(awards.c.award_id == award_id, tx.scope(awards.c.region))
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound(
            "subsidy.unknown_award", "There is no such award, or it lies outside the caller's regions."
        )
    return award_of(row)


def lock_awards(tx: Transaction, ids: Collection[str]) -> dict[str, Award]:
    """The awards in the caller's regions by identifier, locked until the commit."""
    query = sa.select(awards).where(awards.c.award_id.in_(ids), tx.scope(awards.c.region))
    # In the order of their keys, or two transactions could wait for each other.
    return {
        row.award_id: award_of(row) for row in tx.execute(query.order_by(awards.c.award_id).with_for_update())
    }


def homes(tx: Transaction, award_ids: Collection[str]) -> dict[str, str | None]:
    """The households that awards were granted in, None where it was not known."""
    query = sa.select(awards.c.award_id, awards.c.household_id).where(awards.c.award_id.in_(award_ids))
    return {row.award_id: row.household_id for row in tx.execute(query)}


@dataclass(frozen=True, slots=True)
class DueAwards:
    """Awards that amount to the same: of one variant, in one division, on one basis."""

    variant: str
    region: str
    basis: Basis
    count: int


def due_awards(tx: Transaction, scheme: str, variant: str, period: str, region: str) -> list[DueAwards]:
    """The awards of a variant in a division that are due in a period, whether paid or not, in groups."""
    group = (awards.c.variant, awards.c.region, awards.c.cost_fen, awards.c.days)
    query = (
        sa.select(*group, sa.func.count().label("awards"))
        .where(
            paid_in(awards, scheme, period),
            awards.c.variant == variant,
            awards.c.region.startswith(RegionCode(region).prefix),
            awards.c.award_id.not_in(behind_kin(scheme, period)),
        )
        .group_by(*group)
        .order_by(*group)
    )
    return [due_of(row) for row in tx.execute(query)]


def due_of(row: sa.Row[Any]) -> DueAwards:
    """A group of awards as a row tells it: variant, region, cost_fen, days, awards."""
    basis = Basis(None if row.cost_fen is None else Money(row.cost_fen), row.days)
    return DueAwards(row.variant, row.region, basis, row.awards)


def award_of(row: sa.Row[Any]) -> Award:
    """An award as its row tells."""
    return Award(
        id=row.award_id,
        ref=row.ref,
        enrolment_id=row.enrolment_id,
        person_id=row.person_id,
        scheme=row.scheme,
        variant=row.variant,
        period=row.period,
        last_period=row.last_period,
        sole=row.sole,
        applied_on=row.applied_on,
        cost=None if row.cost_fen is None else Money(row.cost_fen),
        days=row.days,
        region=row.region,
        granted_on=row.granted_on,
        decision=json.loads(row.decision),
        held_from=row.held_from,
        household_id=row.household_id,
        reviewed_on=row.reviewed_on,
        review_held_from=row.review_held_from,
        granted_variant=row.granted_variant,
        for_household=row.for_household,
    )
