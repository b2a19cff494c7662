"""Deciding on corrections: by another than who asked; what is approved is made in the same transaction."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.rows import rows_among
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from kernel.errors import NotFound
from services.registry.correction_tables import corrections
from services.registry.domain.decision import check_decision
from services.registry.domain.person_correction import Correction, check_unchanged
from services.registry.domain.record import check_same
from services.registry.handlers.derived_flags import derive_flags
from services.registry.handlers.lookup import check_new_home, mine
from services.registry.names import add_words, word_rows
from services.registry.person_values import Registered, correction_of, lock_registered
from services.registry.tables import persons

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a decision's reference stands for."""

    correction_ref: str
    decision: str
    decided_on: date


@dataclass
class Desk:
    """What is known when the command begins, kept up with each decision. asked, decided: rows of
    corrections by their own reference and by that of the decision. made: of each person, how many.
    moved: households that somebody entered or left, with the day of the decision.
    """

    asked: dict[str, Row]
    decided: dict[str, Row]
    people: dict[str, Registered]
    made: dict[str, int]
    touched: set[str] = field(default_factory=set)
    moved: dict[str | None, date] = field(default_factory=dict)
    words: list[Row] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


def decide_corrections(tx: Transaction, message: messages.DecideCorrections) -> BulkReply:
    """Decide on corrections; the office's reference of the decision is the key."""
    tx.no_scope("each record is checked against the region of its person")
    bulk = Bulk(message)
    desk = _desk(tx, list(bulk.items()))
    for entry in bulk:
        with entry.deciding():
            item: messages.CorrectionDecisionItem = entry.item
            row = desk.asked.get(item.correction_ref)
            if row is None or not mine(tx, desk.people[row["person_id"]].region):
                raise NotFound(
                    "registry.unknown_correction",
                    "No such correction was asked for in the caller's regions.",
                    field="correction_ref",
                )
            told = Decision(item.correction_ref, item.decision, item.decided_on)
            if same := desk.decided.get(item.ref):
                check_same("decision", Decision(same["ref"], same["state"], same["decided_on"]), told)
                entry.unchanged(same["id"])
                continue
            _decide(tx, desk, row, item)
            entry.created(row["id"])
    _save(tx, desk)
    return bulk.reply()


def _desk(tx: Transaction, items: list[messages.CorrectionDecisionItem]) -> Desk:
    locked = sa.select(corrections).order_by(corrections.c.id).with_for_update()
    asked = _rows(tx, locked, corrections.c.ref, {item.correction_ref for item in items})
    decided = _rows(tx, sa.select(corrections), corrections.c.decision_ref, {item.ref for item in items})
    person_ids = {row["person_id"] for row in asked}
    made = sa.select(corrections.c.person_id, sa.func.max(corrections.c.seq).label("seq"))
    counted = rows_among(tx, made.group_by(corrections.c.person_id), corrections.c.person_id, person_ids)
    return Desk(
        {row["ref"]: row for row in asked},
        {row["decision_ref"]: row for row in decided},
        lock_registered(tx, person_ids),
        {row.person_id: row.seq or 0 for row in counted},
    )


def _rows(tx: Transaction, query: sa.Select[Any], key: sa.ColumnElement[str], keys: set[str]) -> list[Row]:
    return [dict(row._mapping) for row in rows_among(tx, query, key, keys)]  # noqa: SLF001 - public in SQLAlchemy


def _decide(tx: Transaction, desk: Desk, row: Row, item: messages.CorrectionDecisionItem) -> None:
    asked = correction_of(tx, row)
    check_decision("correction", asked, item.decided_on, tx.caller.subject)
    seq = None
    if item.decision == "approved":
        _make(tx, desk, row, asked, item.decided_on)
        seq = desk.made[row["person_id"]] = desk.made[row["person_id"]] + 1
    row |= {
        "state": item.decision,
        "decision_ref": item.ref,
        "decided_on": item.decided_on,
        "decided_by": tx.caller.subject,
        "decided_at": tx.now,
        "seq": seq,
    }
    desk.decided[item.ref] = row
    desk.rows.append(row)


def _make(tx: Transaction, desk: Desk, row: Row, asked: Correction, decided_on: date) -> None:
    """Take the new value over and tell of it."""
    person = desk.people[row["person_id"]]
    check_unchanged(asked, person.value(tx, asked.field))
    if asked.field == "region":
        check_new_home(tx, str(asked.after), "correction_ref")
    if asked.field == "name":
        desk.words += word_rows(tx, person.id, str(asked.after))
    if asked.field == "household":
        desk.moved |= dict.fromkeys((person.household_id, asked.after), decided_on)
    person.correct(tx, asked.field, asked.after)
    desk.touched.add(person.id)
    tx.record(
        messages.PersonCorrected(
            region=person.region,
            person_id=person.id,
            field=row["field"],
            household_id=person.household_id,
            effective_on=asked.effective_on,
            corrected_on=decided_on,
        )
    )


def _save(tx: Transaction, desk: Desk) -> None:
    changed = [desk.people[person_id].columns() for person_id in sorted(desk.touched)]
    if changed:
        tx.execute(sa.update(persons).where(persons.c.id == sa.bindparam("person")), changed)
    add_words(tx, desk.words)
    names = ("state", "decision_ref", "decided_on", "decided_by", "decided_at", "seq")
    decided = [{"correction": row["id"], **{name: row[name] for name in names}} for row in desk.rows]
    if decided:
        tx.execute(sa.update(corrections).where(corrections.c.id == sa.bindparam("correction")), decided)
    derive_flags(tx, desk.moved, max(desk.moved.values(), default=date.min))
