"""Recording what sources say of flags of households; followers hear of what that changes."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from kernel.errors import NotFound
from services.registry.domain.household_flag import check_saying
from services.registry.domain.record import check_same
from services.registry.handlers.fields import reading
from services.registry.handlers.lookup import mine
from services.registry.repository import Known, rows_among
from services.registry.tables import household_flag_records, household_flags, households

Flag = tuple[str, str]
"""A household's identifier, and a flag."""


@dataclass(frozen=True, slots=True)
class Saying:
    """What a record's reference stands for."""

    household_id: str
    flag: str
    holds: bool
    source: str
    told_on: date


@dataclass
class Desk:
    """What is known when the command begins, kept up with each record. homes: rows of households by
    reference. last: day of the last word. now: the flags that hold.
    """

    homes: dict[str, sa.Row[Any]]
    known: dict[str, Known[Saying]]
    last: dict[Flag, date]
    now: set[Flag]
    rows: list[dict[str, Any]] = field(default_factory=list)


def record_household_flags(tx: Transaction, message: messages.RecordHouseholdFlags) -> BulkReply:
    """Record what sources say; the office's reference is the key."""
    tx.no_scope("each record is checked against the region of its household")
    bulk = Bulk(message)
    desk = _desk(tx, list(bulk.items()))
    before = set(desk.now)
    for entry in bulk:
        with entry.deciding():
            item: messages.HouseholdFlagItem = entry.item
            home = desk.homes.get(item.household_ref)
            if home is None or not mine(tx, home.region):
                raise NotFound(
                    "registry.unknown_household",
                    "The household is not registered; register it first.",
                    field="household_ref",
                )
            told = Saying(home.id, item.flag, item.holds, item.source, item.told_on)
            if same := desk.known.get(item.ref):
                check_same("flag_record", same.content, told)
                entry.unchanged(same.id)
                continue
            entry.created(_record(tx, desk, home, item.ref, told))
    tx.insert(household_flag_records, desk.rows)
    _save(tx, before, desk.now)
    return bulk.reply()


def _desk(tx: Transaction, items: list[messages.HouseholdFlagItem]) -> Desk:
    # Locked in the order of their keys, so that two commands neither mix nor wait for each other.
    locked = sa.select(households).order_by(households.c.id).with_for_update()
    homes = rows_among(tx, locked, households.c.ref, {item.household_ref for item in items})
    ids = {row.id for row in homes}
    record, flag = household_flag_records.c, household_flags.c
    days = sa.select(record.household_id, record.flag, sa.func.max(record.told_on).label("told_on"))
    days = days.group_by(record.household_id, record.flag)
    said = rows_among(tx, sa.select(household_flag_records), record.ref, {item.ref for item in items})
    return Desk(
        {row.ref: row for row in homes},
        {
            row.ref: Known(row.id, Saying(row.household_id, row.flag, row.holds, row.source, row.told_on))
            for row in said
        },
        {(row.household_id, row.flag): row.told_on for row in rows_among(tx, days, record.household_id, ids)},
        {
            (row.household_id, row.flag)
            for row in rows_among(tx, sa.select(household_flags), flag.household_id, ids)
        },
    )


def _record(tx: Transaction, desk: Desk, home: sa.Row[Any], ref: str, told: Saying) -> str:
    key = (told.household_id, told.flag)
    with reading("told_on"):
        check_saying(
            told.source, told.told_on, desk.last.get(key, home.registered_on), tx.rules.at(told.told_on)
        )
    record_id = tx.new_id()
    desk.known[ref], desk.last[key] = Known(record_id, told), told.told_on
    who = {"recorded_by": tx.caller.subject, "recorded_at": tx.now}
    desk.rows.append({"id": record_id, "ref": ref, **asdict(told), **who})
    if (key in desk.now) != told.holds:
        desk.now ^= {key}
        tx.record(
            messages.HouseholdFlagsChanged.model_validate(
                {
                    "region": home.region,
                    "household_id": home.id,
                    "flags": sorted(flag for household_id, flag in desk.now if household_id == home.id),
                    "changed_on": told.told_on,
                }
            )
        )
    return record_id


def _save(tx: Transaction, before: set[Flag], now: set[Flag]) -> None:
    tx.insert(household_flags, _rows(now - before))
    lifted = [{"home": household_id, "lifted": flag} for household_id, flag in sorted(before - now)]
    if lifted:
        flag = household_flags.c
        this = flag.household_id == sa.bindparam("home"), flag.flag == sa.bindparam("lifted")
        tx.execute(sa.delete(household_flags).where(*this), lifted)


def _rows(flags: Iterable[Flag]) -> list[dict[str, Any]]:
    return [{"flag": flag, "household_id": household_id} for household_id, flag in sorted(flags)]
