"""What came of asking for the payments of a sample."""

from typing import Any

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.transaction import Transaction
from contracts import subsidy as messages
from contracts.message import BulkReply
from kernel.errors import NotFound
from kernel.money import Money
from services.subsidy.domain.record import check_same
from services.subsidy.domain.verification import Act, Check, follow_up
from services.subsidy.tables import runs
from services.subsidy.verification_tables import payment_check_acts, payment_checks

Row = dict[str, Any]


def record_payment_checks(tx: Transaction, message: messages.RecordPaymentChecks) -> BulkReply:
    """Record steps of checks; the office's reference is the key. Several of one are decided in order."""
    bulk = Bulk(message)
    rows = _locked(tx, {item.check_id for item in bulk.items()})
    told = sa.select(payment_check_acts).where(
        payment_check_acts.c.ref.in_({item.ref for item in bulk.items()})
    )
    known = {row["ref"]: dict(row) for row in tx.execute(told).mappings()}
    acts: list[Row] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.PaymentCheckItem = entry.item
            row = rows.get(item.check_id)
            if row is None:
                raise NotFound(
                    "subsidy.unknown_check",
                    "There is no such check in the caller's regions; list the checks again.",
                    field="check_id",
                )
            received = None if item.received is None else Money.yuan(item.received)
            act = Act(item.action, item.acted_on, item.means, received, item.document)
            written = _written(item.check_id, act)
            if same := known.get(item.ref):
                check_same("step", {name: same[name] for name in written}, written)
                entry.unchanged(same["act_id"])
                continue
            after = follow_up(_check(row), act, tx.caller.subject, tx.rules.at(act.acted_on))
            known[item.ref] = _move(tx, row, item.ref, written, after)
            acts.append(known[item.ref])
            entry.created(known[item.ref]["act_id"])
    _save(tx, [rows[check_id] for check_id in sorted({act["check_id"] for act in acts})], acts)
    return bulk.reply()


def _locked(tx: Transaction, ids: set[str]) -> dict[str, Row]:
    """The checks in the caller's regions, each with who planned and approved its run."""
    check = payment_checks.c
    query = (
        sa.select(payment_checks, runs.c.planned_by, runs.c.approved_by)
        .join(runs, runs.c.run_id == check.run_id)
        .where(check.check_id.in_(ids), tx.scope(check.region))
        # In the order of their keys, or two transactions could wait for each other.
        .order_by(check.check_id)
        .with_for_update(of=payment_checks)
    )
    return {row["check_id"]: dict(row) for row in tx.execute(query).mappings()}


def _check(row: Row) -> Check:
    return Check(
        state=row["state"],
        paid=Money(row["amount_fen"]),
        handled_by=frozenset({row["planned_by"], row["approved_by"]}),
        last_act_on=row["last_act_on"],
        finding=row["finding"],
        received=None if row["received_fen"] is None else Money(row["received_fen"]),
    )


def _written(check_id: str, act: Act) -> Row:
    return {
        "check_id": check_id,
        "action": act.action,
        "acted_on": act.acted_on,
        "means": act.means,
        "received_fen": None if act.received is None else act.received.fen,
        "document": act.document,
    }


def _move(tx: Transaction, row: Row, ref: str, written: Row, after: Check) -> Row:
    """Take the check to where it stands now, and tell of it; returns the row of the step."""
    row |= {"state": after.state, "finding": after.finding, "last_act_on": after.last_act_on}
    row["received_fen"] = None if after.received is None else after.received.fen
    tx.record(
        messages.PaymentChecked(
            region=row["region"],
            check_id=row["check_id"],
            run_id=row["run_id"],
            person_id=row["person_id"],
            scheme=row["scheme"],
            period=row["period"],
            action=written["action"],
            state=after.state,
            acted_on=after.last_act_on,
        )
    )
    return {
        "act_id": tx.new_id(),
        "ref": ref,
        **written,
        "state_after": after.state,
        "recorded_by": tx.caller.subject,
        "recorded_at": tx.now,
    }


def _save(tx: Transaction, moved: list[Row], acts: list[Row]) -> None:
    """Write each check once, however many steps it took, and all steps."""
    if moved:
        columns = ("state", "finding", "received_fen", "last_act_on")
        rows = [{"key": row["check_id"], **{name: row[name] for name in columns}} for row in moved]
        tx.execute(sa.update(payment_checks).where(payment_checks.c.check_id == sa.bindparam("key")), rows)
    tx.insert(payment_check_acts, acts)
