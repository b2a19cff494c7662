"""What was said of flags of households, read and locked, and the flags that they have written back.

A room of its own because commands that record what sources say and the derivation of flags share it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.rows import rows_among
from chassis.transaction import Transaction
from contracts import registry as messages
from services.registry.domain.codes import split
from services.registry.domain.derived_flags import SOURCE
from services.registry.tables import household_flag_records, household_flags, households

Flag = tuple[str, str]
"""A household's identifier, and a flag."""


@dataclass
class Word:
    """What was said so far of the flags of one household.

    day: the latest day of a fact that counts. said: the last word of sources on a flag. last: its day.
    follows: the flags that the registry derived last.
    """

    day: date
    said: dict[str, bool]
    last: dict[str, date] = field(default_factory=dict)
    follows: set[str] = field(default_factory=set)

    @property
    def held(self) -> frozenset[str]:
        """The flags that hold by the word of sources."""
        return frozenset(flag for flag, holds in self.said.items() if holds)

    def hear(self, flag: str, holds: bool, source: str, told_on: date) -> None:
        """Take over a later word."""
        if source == SOURCE:
            (self.follows.add if holds else self.follows.discard)(flag)
        else:
            self.said[flag], self.last[flag] = holds, told_on
        self.day = max(self.day, told_on)


def lock_homes(tx: Transaction, column: sa.ColumnElement[str], keys: Collection[str]) -> list[sa.Row[Any]]:
    """Households by one of their keys, locked until the transaction ends, so that flags of one queue up."""
    # In the order of their keys, or two commands could wait for each other. No stronger than this: whoever
    # registers a member holds its household as well, and may derive its flags at the same time.
    query = sa.select(households).order_by(households.c.id).with_for_update(key_share=True)
    return rows_among(tx, query, column, keys)


def words_of(tx: Transaction, homes: Iterable[sa.Row[Any]]) -> dict[str, Word]:
    """What was said of the flags of these households, by household."""
    words = {home.id: Word(home.registered_on, dict.fromkeys(split(home.flags), True)) for home in homes}
    record = household_flag_records.c
    query = sa.select(record.household_id, record.flag, record.holds, record.source, record.told_on)
    for row in rows_among(tx, query.order_by(record.told_on, record.id), record.household_id, words):
        words[row.household_id].hear(row.flag, row.holds, row.source, row.told_on)
    return words


def flags_now(tx: Transaction, household_ids: Collection[str]) -> set[Flag]:
    """The flags that these households have."""
    rows = rows_among(tx, sa.select(household_flags), household_flags.c.household_id, household_ids)
    return {(row.household_id, row.flag) for row in rows}


def save_flags(tx: Transaction, before: set[Flag], now: set[Flag]) -> None:
    """Write the flags that began and ended."""
    begun = [{"flag": flag, "household_id": household_id} for household_id, flag in sorted(now - before)]
    tx.insert(household_flags, begun)
    lifted = [{"home": household_id, "lifted": flag} for household_id, flag in sorted(before - now)]
    if lifted:
        flag = household_flags.c
        this = flag.household_id == sa.bindparam("home"), flag.flag == sa.bindparam("lifted")
        tx.execute(sa.delete(household_flags).where(*this), lifted)


def tell_flags(
    tx: Transaction,
    home: sa.Row[Any],
    before: Collection[str],
    now: Collection[str],
    changed_on: date,
    rules: Sequence[str] = (),
) -> None:
    """Tell followers which flags a household has now. rules: that derived it; none: a source said so."""
    tx.record(
        messages.HouseholdFlagsChanged.model_validate(
            {
                "region": home.region,
                "household_id": home.id,
                "flags": sorted(now),
                "begun": [{"flag": flag} for flag in sorted(set(now) - set(before))],
                "ended": [{"flag": flag} for flag in sorted(set(before) - set(now))],
                "changed_on": changed_on,
                "rules": rules,
            }
        )
    )
