"""Recording what sources say of flags of households; followers hear of what that changes."""

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.fields import reading
from chassis.rows import rows_among
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from kernel.errors import NotFound
from services.registry.domain.derived_flags import holding
from services.registry.domain.household_flag import check_saying
from services.registry.domain.record import check_same
from services.registry.handlers.derived_flags import derive_flags
from services.registry.handlers.flag_words import (
    Flag,
    Word,
    flags_now,
    lock_homes,
    save_flags,
    tell_flags,
    words_of,
)
from services.registry.handlers.lookup import mine
from services.registry.repository import Known
from services.registry.tables import household_flag_records, households


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
    reference. words: by household. now: the flags that hold.
    """

    homes: dict[str, sa.Row[Any]]
    known: dict[str, Known[Saying]]
    words: dict[str, Word]
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
    save_flags(tx, before, desk.now)
    derive_flags(tx, {row["household_id"] for row in desk.rows})
    return bulk.reply()


def _desk(tx: Transaction, items: list[messages.HouseholdFlagItem]) -> Desk:
    homes = lock_homes(tx, households.c.ref, {item.household_ref for item in items})
    said = rows_among(
        tx, sa.select(household_flag_records), household_flag_records.c.ref, {item.ref for item in items}
    )
    return Desk(
        {home.ref: home for home in homes},
        {
            row.ref: Known(row.id, Saying(row.household_id, row.flag, row.holds, row.source, row.told_on))
            for row in said
        },
        words_of(tx, homes),
        flags_now(tx, {home.id for home in homes}),
    )


def _record(tx: Transaction, desk: Desk, home: sa.Row[Any], ref: str, told: Saying) -> str:
    key, word, rules = (home.id, told.flag), desk.words[home.id], tx.rules.at(told.told_on)
    with reading("told_on"):
        check_saying(told.source, told.told_on, word.last.get(told.flag, home.registered_on), rules)
    record_id = tx.new_id()
    desk.known[ref] = Known(record_id, told)
    word.hear(told.flag, told.holds, told.source, told.told_on)
    who = {"recorded_by": tx.caller.subject, "recorded_at": tx.now}
    desk.rows.append({"id": record_id, "ref": ref, **asdict(told), **who})
    if (key in desk.now) != (told.flag in holding(word.said, word.follows, rules)):
        before = {flag for household_id, flag in desk.now if household_id == home.id}
        desk.now ^= {key}
        tell_flags(tx, home, before, before ^ {told.flag}, told.told_on)
    return record_id
