"""Payments that are given up, and payments that came back: asked for by one, decided by another, booked."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from chassis import clock
from chassis.bulk import Bulk
from chassis.transaction import Transaction
from contracts import subsidy as messages
from contracts.message import BulkReply
from kernel.errors import Conflict, Invalid, NotFound
from services.subsidy import (
    bank_repository,
    ledger_repository,
    replies,
    repository,
    run_repository,
)
from services.subsidy import payment_change_repository as changes
from services.subsidy.bank_repository import Owed
from services.subsidy.bank_tables import held_payments, payment_changes
from services.subsidy.domain import ledger
from services.subsidy.domain.differences import period_of
from services.subsidy.domain.frozen_list import Line
from services.subsidy.domain.payment_change import Asked, check_decision
from services.subsidy.domain.record import check_same
from services.subsidy.domain.run import Run
from services.subsidy.handlers import bank_files, funds, undone_debts

Row = dict[str, Any]
Lines = Mapping[tuple[str, int], tuple[Run, Line]]


def request_payment_changes(tx: Transaction, message: messages.RequestPaymentChanges) -> BulkReply:
    """Ask; the office's reference is the key. Nothing is booked before somebody else has decided."""
    bulk = Bulk(message)
    items = list(bulk.items())
    known = changes.changes(tx, payment_changes.c.ref, {item.ref for item in items})
    targets = changes.held(tx, {item.target_id for item in items if item.kind == "give_up"})
    targets |= changes.instructed(tx, {item.target_id for item in items if item.kind == "take_back"})
    taken = changes.asked(tx, targets)
    today = clock.office_day(tx.now)
    new: list[Row] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.PaymentChangeItem = entry.item
            asked = Asked(**item.model_dump(exclude={"ref"}))
            if (target := targets.get(item.target_id)) is None:
                raise _unknown("target_id")
            if (before := known.get(item.ref)) is not None:
                asked.check_same(_kept(before))
                entry.unchanged(before["id"])
                continue
            _check_open(item.kind, target)
            if item.target_id in taken:
                raise Conflict("subsidy.change_asked", "This was asked for already.", field="target_id")
            _check_reason(tx, item)
            asked.check_day(target["since"], today)
            row = _row(tx, item, target)
            known[item.ref] = row
            taken.add(item.target_id)
            new.append(row)
            entry.created(row["id"])
    tx.insert(payment_changes, new)
    return bulk.reply()


def decide_payment_changes(tx: Transaction, message: messages.DecidePaymentChanges) -> BulkReply:
    """Decide; the office's reference of the decision is the key. What is approved is booked."""
    bulk = Bulk(message)
    items = list(bulk.items())
    asked = changes.changes(tx, payment_changes.c.ref, {item.request_ref for item in items}, lock=True)
    made = changes.changes(tx, payment_changes.c.decision_ref, {item.ref for item in items})
    targets = changes.held(tx, {row["held_id"] for row in asked.values() if row["held_id"]}, lock=True)
    targets |= changes.instructed(
        tx, {row["instruction_id"] for row in asked.values() if row["instruction_id"]}
    )
    decided: list[Row] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.PaymentChangeDecisionItem = entry.item
            row = asked.get(item.request_ref)
            if row is None or changes.target_of(row) not in targets:
                raise _unknown("request_ref")
            if (before := made.get(item.ref)) is not None:
                check_same("decision", (before["ref"], before["state"]), (item.request_ref, item.decision))
                entry.unchanged(before["id"])
                continue
            _decide(tx, row, item, targets[changes.target_of(row)])
            made[item.ref] = row
            decided.append(row)
            entry.created(row["id"])
    changes.save(tx, decided)
    _book(tx, [row for row in decided if row["state"] == "approved"], targets)
    return bulk.reply()


def _check_reason(tx: Transaction, item: messages.PaymentChangeItem) -> None:
    known = bank_files.reasons()
    if item.kind == "give_up":
        known = set(tx.rules.at(clock.office_day(tx.now))["payment.reasons.given_up"].texts)
    if item.reason not in known:
        raise Invalid(
            "subsidy.unknown_reason",
            f"No such reason is known; choose one of {', '.join(sorted(known))}.",
            field="reason",
        )


def _decide(tx: Transaction, row: Row, item: messages.PaymentChangeDecisionItem, target: Row) -> None:
    check_decision(row["state"], row["requested_by"], tx.caller.subject)
    if item.decision == "approved":
        _check_open(row["kind"], target)
    row |= {
        "state": item.decision,
        "decision_ref": item.ref,
        "decided_by": tx.caller.subject,
        "decided_at": tx.now,
    }


def _unknown(field: str) -> NotFound:
    return NotFound(
        "subsidy.unknown_payment", "There is no such payment in the caller's regions.", field=field
    )


def _check_open(kind: str, target: Row) -> None:
    if not target["open"]:
        told = "It is not held up any more" if kind == "give_up" else "The bank has not paid this instruction"
        raise Conflict("subsidy.payment_state", f"{told}; look at it again.", field="target_id")


def _kept(row: Row) -> Asked:
    told = {name: row[name] for name in ("kind", "reason", "document", "booked_on")}
    return Asked(target_id=changes.target_of(row), **told)


def _row(tx: Transaction, item: messages.PaymentChangeItem, target: Row) -> Row:
    return {
        "id": tx.new_id(),
        "held_id": item.target_id if item.kind == "give_up" else None,
        "instruction_id": item.target_id if item.kind == "take_back" else None,
        **{name: target[name] for name in ("run_id", "line", "region")},
        **item.model_dump(exclude={"target_id"}),
        "state": "requested",
        "requested_by": tx.caller.subject,
        "recorded_at": tx.now,
        "decision_ref": None,
        "decided_by": None,
        "decided_at": None,
    }


def _book(tx: Transaction, approved: Sequence[Row], targets: Mapping[str, Row]) -> None:
    """Book what was approved, always in the same order, so that no two wait for each other."""
    if not approved:
        return
    rows = sorted(approved, key=_place)
    given_up = [row for row in rows if row["kind"] == "give_up"]
    back = [row for row in rows if row["kind"] == "take_back"]
    lines = changes.lines(tx, {row["id"] for row in rows})
    changes.give_up(tx, {row["held_id"] for row in given_up})
    for _, group in groupby(given_up, lambda row: str(row["run_id"])):
        _undo(tx, list(group), lines)
    ledger_repository.post_of_runs(tx, [_entry(row, *lines[_place(row)]) for row in rows])
    tx.insert(held_payments, [_held(tx, row, targets, *lines[_place(row)]) for row in back])
    changes.count(tx, *(Counter(row["run_id"] for row in each) for each in (given_up, back)))
    run_repository.close_if_paid(tx, *{row["run_id"] for row in rows})
    homes = repository.homes(tx, {lines[_place(row)][1].award_id for row in rows})
    for row in rows:
        tx.record(_told(row, *lines[_place(row)], homes))


def _undo(tx: Transaction, given_up: Sequence[Row], lines: Lines) -> None:
    """Give back to allotments and debts what payments of one run took of them."""
    run, _ = lines[_place(given_up[0])]
    shares = [(row["region"], lines[_place(row)][1].shares) for row in given_up]
    funds.refund(tx, run, [(region, *part) for region, parts in shares for part in parts.items()])
    undone_debts.undo(
        tx,
        run,
        {row["line"]: lines[_place(row)][1] for row in given_up},
        {row["line"]: row["booked_on"] for row in given_up},
    )


def _place(row: Row) -> tuple[str, int]:
    return row["run_id"], row["line"]


def _entry(row: Row, run: Run, line: Line) -> tuple[str, str, str, Any, list[ledger.Transfer]]:
    book = ledger.given_up if row["kind"] == "give_up" else ledger.taken_back
    return run.id, row["id"], row["region"], row["booked_on"], book(run.scheme, line.shares)


def _held(tx: Transaction, row: Row, targets: Mapping[str, Row], run: Run, line: Line) -> Row:
    """What came back is on the work list, as if the bank had returned it."""
    owed = Owed(line.seq, line.person_id, row["region"], period_of(line.period), line.amount, None)
    back = bank_repository.held_row(tx, run, owed, row["booked_on"])
    told = {"reason": row["reason"], "instruction_id": row["instruction_id"]}
    return back | told | {"account_id": targets[row["instruction_id"]]["account_id"]}


def _told(
    row: Row, run: Run, line: Line, homes: Mapping[str, str | None]
) -> messages.PaymentGivenUp | messages.PaymentTakenBack:
    fields: dict[str, Any] = {
        "region": row["region"],
        "payment_change_id": row["id"],
        "run_id": run.id,
        "award_id": line.award_id,
        "person_id": line.person_id,
        "scheme": run.scheme,
        "variant": line.variant,
        "period": period_of(line.period),
        "amount": str(line.amount),
        "sources": replies.sources(line.shares),
        "household_id": homes[line.award_id],
        "reason": row["reason"],
    }
    if row["kind"] == "give_up":
        return messages.PaymentGivenUp(given_up_on=row["booked_on"], **fields)
    return messages.PaymentTakenBack(
        instruction_id=row["instruction_id"], taken_back_on=row["booked_on"], **fields
    )
