"""Rows of what ends or changes awards: stops by the office, and what follows from news of their persons.

A room of its own because repository.py is what is granted.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.transaction import Transaction
from services.subsidy import repository
from services.subsidy.domain.award import Award, Stop, Trace
from services.subsidy.domain.changes import Change
from services.subsidy.domain.eligibility import Holder
from services.subsidy.person_tables import households, persons
from services.subsidy.tables import award_changes, award_stops, awards


@dataclass(frozen=True, slots=True)
class Followed:
    """A change made to an award. cause: the event, or the day's look, that led to it."""

    id: str
    award: Award
    change: Change
    cause: str


def stops(tx: Transaction, refs: Collection[str]) -> dict[str, Stop]:
    """The stops with these numbers, by number."""
    query = sa.select(award_stops).where(award_stops.c.ref.in_(refs))
    return {
        row.ref: Stop(row.stop_id, row.ref, row.award_id, row.reason, row.happened_on, row.last_period)
        for row in tx.execute(query)
    }


def add_stops(tx: Transaction, new: Sequence[tuple[Stop, Trace]]) -> None:
    """Insert stops and end their awards."""
    if not new:
        return
    tx.execute(
        sa.insert(award_stops),
        [
            {
                "stop_id": stop.id,
                "ref": stop.ref,
                "award_id": stop.award_id,
                "reason": stop.reason,
                "happened_on": stop.happened_on,
                "last_period": stop.last_period,
                "decision": json.dumps(decision, ensure_ascii=False),
                "recorded_at": tx.now,
            }
            for stop, decision in new
        ],
    )
    ended = sa.update(awards).where(awards.c.award_id == sa.bindparam("id"))
    tx.execute(
        ended.values(last_period=sa.bindparam("last"), sole=sa.false()),
        [{"id": stop.award_id, "last": stop.last_period} for stop, _ in new],
    )


def ended(tx: Transaction, award_ids: Collection[str]) -> dict[str, str]:
    """Why these awards ended, the last reason told of each."""
    if not award_ids:
        return {}
    told = sa.union_all(
        sa.select(award_stops.c.award_id, award_stops.c.recorded_at, award_stops.c.reason),
        sa.select(award_changes.c.award_id, award_changes.c.recorded_at, award_changes.c.reason).where(
            award_changes.c.action == "stop"
        ),
    ).subquery()
    query = sa.select(told).where(told.c.award_id.in_(award_ids)).order_by(told.c.recorded_at)
    return {row.award_id: row.reason for row in tx.execute(query)}


def lock_awards(tx: Transaction, scheme: str, people: Collection[str]) -> list[Award]:
    """The awards of the scheme that these people have or had, in the order of granting, locked until the
    commit: who looks for differences of them at the same time waits, and sees what was found.
    """
    query = sa.select(awards).where(awards.c.scheme == scheme, awards.c.person_id.in_(people))
    # In the order of their keys, or two transactions could wait for each other.
    rows = tx.execute(query.order_by(awards.c.award_id).with_for_update())
    return [repository.award_of(row) for row in rows]


def ends(tx: Transaction, award_ids: Collection[str]) -> dict[str, Trace]:
    """Why these awards ended, the last reason told of each."""
    told = sa.union_all(
        sa.select(award_stops.c.award_id, award_stops.c.recorded_at, award_stops.c.decision),
        sa.select(award_changes.c.award_id, award_changes.c.recorded_at, award_changes.c.decision).where(
            award_changes.c.action.in_(("stop", "regrade"))
        ),
    ).subquery()
    query = sa.select(told).where(told.c.award_id.in_(award_ids)).order_by(told.c.recorded_at)
    return {row.award_id: json.loads(row.decision) for row in tx.execute(query)}


def monthly(tx: Transaction, people: Collection[str]) -> dict[str, Award]:
    """The awards of these people that go on from month to month or did, by identifier, locked."""
    query = sa.select(awards).where(awards.c.person_id.in_(people), awards.c.period.contains("-"))
    # In the order of their keys, or two transactions could wait for each other; and without the keys, or so
    # could a run whose lines name the awards.
    rows = tx.execute(query.order_by(awards.c.award_id).with_for_update(key_share=True))
    return {row.award_id: repository.award_of(row) for row in rows}


def without_certificate(tx: Transaction, day: date, after: str, limit: int) -> list[tuple[Award, Holder]]:
    """Awards that go on though the certificate expired before the day or is none, with what is known of who
    stands for the person; the awards locked.
    """
    head = sa.func.coalesce(persons.c.merged_into, persons.c.person_id)
    heads = persons.alias("heads")
    ended = sa.or_(
        heads.c.certificate_expires_on < day,
        sa.and_(sa.not_(heads.c.certified), heads.c.category.is_(None)),
    )
    query = (
        sa.select(awards, *(heads.c[name].label(f"head_{name}") for name in HOLDER), households.c.flags)
        .join(persons, persons.c.person_id == awards.c.person_id)
        .join(heads, heads.c.person_id == head)
        .outerjoin(households, households.c.household_id == heads.c.household_id)
        .where(awards.c.last_period.is_(None), awards.c.award_id > after, ended)
        .order_by(awards.c.award_id)
        .limit(limit)
    )
    rows = tx.execute(query.with_for_update(of=awards)).all()
    return [
        (
            repository.award_of(row),
            repository.holder({name: getattr(row, f"head_{name}") for name in HOLDER}, row.flags),
        )
        for row in rows
    ]


HOLDER = ("certified", "category", "grade", "certificate_expires_on", "birth_month", "household_id")
"""The columns of a person that make a holder."""


def save(
    tx: Transaction, followed: Iterable[Followed], now: Mapping[str, Award], new: Sequence[Award]
) -> None:
    """Write what followed: each change, the awards as they stand now, and those that are new."""
    rows: list[dict[str, Any]] = [
        {
            "change_id": each.id,
            "award_id": each.award.id,
            "action": each.change.action,
            "reason": each.change.reason,
            "happened_on": each.change.happened_on,
            "period": each.change.period,
            "variant": each.change.variant,
            "cause": each.cause,
            "decision": json.dumps(each.change.decision, ensure_ascii=False),
            "recorded_at": tx.now,
        }
        for each in followed
    ]
    tx.insert(award_changes, rows)
    statement = sa.update(awards).where(awards.c.award_id == sa.bindparam("id"))
    columns = (
        *("last_period", "sole", "held_from", "reviewed_on", "review_held_from"),
        *("variant", "granted_variant"),
    )
    values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in columns}
    added = {award.id for award in new}
    changed = [
        {"id": award.id, **{f"new_{name}": getattr(award, name) for name in columns}}
        for award in now.values()
        if award.id not in added
    ]
    if changed:
        tx.execute(statement.values(values), changed)
    repository.add_awards(tx, [now[award.id] for award in new])
