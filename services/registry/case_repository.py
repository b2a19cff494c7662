"""Cases and their steps in the database: what handlers read before they decide, and the columns they write.

A room of its own because repository.py reads who people are, and this what they asked for.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.rows import rows_among
from chassis.sealing import Sealed
from chassis.transaction import Transaction
from services.registry.case_tables import (
    ACT_TEXT,
    CONTENT,
    PETITIONER,
    case_acts,
    cases,
    handling_units,
    overdue_clocks,
)
from services.registry.domain.case import Case
from services.registry.repository import Known


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a case's reference stands for. person_id, repeat_of: identifiers, None for none."""

    channel: str
    matter: str
    region: str
    received_on: date
    person_id: str | None
    persons: int
    reached: str
    skipped_level: bool
    repeat_of: str | None
    petitioner: str | None = field(repr=False)
    content: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Step:
    """What a step's reference stands for."""

    case_id: str
    action: str
    acted_on: date
    reason: str | None
    unit_id: str | None
    officer: str | None
    extended_by: int | None
    outcome: str | None
    satisfied: bool | None
    text: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Filed:
    """A case as its next step sees it. steps: how many it took so far."""

    id: str
    region: str
    channel: str
    matter: str
    received_on: date
    steps: int
    case: Case


def units_by_ref(tx: Transaction, refs: Collection[str]) -> dict[str, str]:
    """The identifiers of units of the caller's regions, by the office's reference."""
    query = sa.select(handling_units.c.ref, handling_units.c.id).where(tx.scope(handling_units.c.region))
    return {row.ref: row.id for row in rows_among(tx, query, handling_units.c.ref, refs)}


def ids_by_ref(tx: Transaction, table: sa.Table, refs: Collection[str]) -> dict[str, str]:
    """The identifiers in a table, of any region, by the office's reference."""
    return {row.ref: row.id for row in rows_among(tx, sa.select(table.c.ref, table.c.id), table.c.ref, refs)}


def receipts_by_ref(tx: Transaction, refs: Collection[str]) -> dict[str, Known[Receipt]]:
    """Cases of any region by the office's reference, as they were received."""
    return {
        row.ref: Known(
            row.id,
            Receipt(
                row.channel,
                row.matter,
                row.region,
                row.received_on,
                row.person_id,
                row.persons,
                row.reached,
                row.skipped_level,
                row.repeat_of,
                opened(tx, PETITIONER, row.id, row.petitioner),
                opened(tx, CONTENT, row.id, row.content),
            ),
        )
        for row in rows_among(tx, sa.select(cases), cases.c.ref, refs)
    }


def lock_cases(tx: Transaction, refs: Collection[str]) -> dict[str, Filed]:
    """Cases of any region by reference, locked until the transaction ends, so that their steps queue up."""
    # In the order of their keys, or two commands could wait for each other.
    query = sa.select(cases).order_by(cases.c.id).with_for_update()
    return {row.ref: _filed(row) for row in rows_among(tx, query, cases.c.ref, refs)}


def _filed(row: sa.Row[Any]) -> Filed:
    case = Case(
        state=row.state,
        last_act_on=row.last_act_on,
        notice_due_on=row.notice_due_on,
        answer_due_on=row.answer_due_on,
        extended=row.extended,
        unit_id=row.unit_id,
        officer=row.officer,
        outcome=row.outcome,
        satisfied=row.satisfied,
    )
    return Filed(row.id, row.region, row.channel, row.matter, row.received_on, row.steps, case)


def case_columns(case: Case) -> dict[str, Any]:
    """The columns that a step may change."""
    return {
        "state": case.state,
        "last_act_on": case.last_act_on,
        "notice_due_on": case.notice_due_on,
        "answer_due_on": case.answer_due_on,
        "due_on": case.running[1] if case.running else None,
        "extended": case.extended,
        "unit_id": case.unit_id,
        "officer": case.officer,
        "outcome": case.outcome,
        "satisfied": case.satisfied,
    }


def steps_by_ref(tx: Transaction, refs: Collection[str]) -> dict[str, Known[Step]]:
    """Recorded steps of any region by the office's reference."""
    return {
        row.ref: Known(
            row.id,
            Step(
                row.case_id,
                row.action,
                row.acted_on,
                row.reason,
                row.unit_id,
                row.officer,
                row.extended_by,
                row.outcome,
                row.satisfied,
                opened(tx, ACT_TEXT, row.id, row.text),
            ),
        )
        for row in rows_among(tx, sa.select(case_acts), case_acts.c.ref, refs)
    }


def told_overdue(tx: Transaction, case_ids: Collection[str]) -> set[tuple[str, str]]:
    """The clocks of these cases of which it was told that they ran out: case and clock."""
    found = rows_among(tx, sa.select(overdue_clocks), overdue_clocks.c.case_id, case_ids)
    return {(row.case_id, row.clock) for row in found}


def sealed(tx: Transaction, column: Sealed, row_id: str, plain: str | None) -> str | None:
    """The stored form of a text that may be absent."""
    return None if plain is None else column.seal(tx.vault, row_id, plain)


def opened(tx: Transaction, column: Sealed, row_id: str, stored: str | None) -> str | None:
    """The plain form of a text that may be absent."""
    return None if stored is None else column.open(tx.vault, row_id, stored)
