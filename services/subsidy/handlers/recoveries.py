"""Recoveries after checks: proposed by one, decided by another; what is approved is a debt."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from chassis import clock
from chassis.bulk import Bulk
from chassis.transaction import Transaction
from contracts import subsidy as messages
from contracts.message import BulkReply
from kernel.errors import Conflict, NotFound
from kernel.money import Money
from services.subsidy import change_repository, difference_repository, repository
from services.subsidy.difference_repository import Range
from services.subsidy.domain.differences import Difference, line_period, period_of
from services.subsidy.domain.payment_change import check_decision
from services.subsidy.domain.record import check_past, check_same
from services.subsidy.domain.verification import check_recoverable
from services.subsidy.domain.wording import step
from services.subsidy.handlers.recompute import write_down
from services.subsidy.tables import run_lines
from services.subsidy.verification_tables import payment_checks, recoveries

Row = dict[str, Any]


def propose_recoveries(tx: Transaction, message: messages.ProposeRecoveries) -> BulkReply:
    """Propose recoveries; the office's reference is the key. Nothing is booked before another decides."""
    bulk = Bulk(message)
    items = list(bulk.items())
    checks = _checks(tx, {item.check_id for item in items})
    known = _recoveries(tx, recoveries.c.ref, {item.ref for item in items})
    taken = {
        row["check_id"]
        for row in _recoveries(tx, recoveries.c.check_id, set(checks)).values()
        if row["state"] != "rejected"
    }
    new: list[Row] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.RecoveryItem = entry.item
            if (check := checks.get(item.check_id)) is None:
                raise _unknown("check_id")
            told = item.model_dump(exclude={"amount"}) | {"amount_fen": Money.yuan(item.amount).fen}
            if (before := known.get(item.ref)) is not None:
                check_same("recovery", {name: before[name] for name in told}, told)
                entry.unchanged(before["recovery_id"])
                continue
            check_recoverable(check["state"], Money(check["amount_fen"]), Money.yuan(item.amount))
            if item.check_id in taken:
                raise Conflict(
                    "subsidy.recovery_proposed",
                    "A recovery after this check is proposed already.",
                    field="check_id",
                )
            row = told | {"recovery_id": tx.new_id(), "region": check["region"], "state": "requested"}
            row |= {"proposed_by": tx.caller.subject, "recorded_at": tx.now}
            known[item.ref] = row
            taken.add(item.check_id)
            new.append(row)
            entry.created(row["recovery_id"])
    tx.insert(recoveries, new)
    return bulk.reply()


def decide_recoveries(tx: Transaction, message: messages.DecideRecoveries) -> BulkReply:
    """Decide; the office's reference of the decision is the key. What is approved is a debt, and booked."""
    bulk = Bulk(message)
    items = list(bulk.items())
    asked = _recoveries(tx, recoveries.c.ref, {item.recovery_ref for item in items}, lock=True)
    made = _recoveries(tx, recoveries.c.decision_ref, {item.ref for item in items})
    checks = _checks(tx, {row["check_id"] for row in asked.values()})
    today = clock.office_day(tx.now)
    decided: list[Row] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.RecoveryDecisionItem = entry.item
            row = asked.get(item.recovery_ref)
            if row is None or row["check_id"] not in checks:
                raise _unknown("recovery_ref")
            told = (item.recovery_ref, item.decision, item.decided_on)
            if (before := made.get(item.ref)) is not None:
                check_same("decision", (before["ref"], before["state"], before["decided_on"]), told)
                entry.unchanged(before["recovery_id"])
                continue
            check_past(item.decided_on, today, "decided_on")
            check_decision(row["state"], row["proposed_by"], tx.caller.subject, "recovery_ref")
            if item.decision == "approved":
                _open_debt(tx, row, checks[row["check_id"]], item)
            row |= {
                "state": item.decision,
                "decision_ref": item.ref,
                "decided_on": item.decided_on,
                "decided_by": tx.caller.subject,
            }
            made[item.ref] = row
            decided.append(row)
            entry.created(row["recovery_id"])
    names = ("state", "decision_ref", "decided_on", "decided_by")
    rows = [{"id": row["recovery_id"], **{name: row[name] for name in names}} for row in decided]
    if rows:
        tx.execute(sa.update(recoveries).where(recoveries.c.recovery_id == sa.bindparam("id")), rows)
    return bulk.reply()


def _open_debt(tx: Transaction, row: Row, check: Row, item: messages.RecoveryDecisionItem) -> None:
    write_down(tx, [_difference(tx, row, check, item)], item.decided_on, by_other=True)
    tx.record(
        messages.RecoveryApproved(
            region=check["region"],
            check_id=check["check_id"],
            debt_id=row["recovery_id"],
            run_id=check["run_id"],
            person_id=check["person_id"],
            scheme=check["scheme"],
            amount=str(Money(row["amount_fen"])),
            approved_on=item.decided_on,
        )
    )


def _difference(tx: Transaction, row: Row, check: Row, item: messages.RecoveryDecisionItem) -> Difference:
    """What the person did not have of the period. Raises Conflict("subsidy.more_than_paid")."""
    amount = Money(row["amount_fen"])
    check_recoverable(check["state"], Money(check["amount_fen"]), amount)
    person_id, scheme, period = check["person_id"], check["scheme"], period_of(check["line_period"])
    change_repository.lock_awards(tx, scheme, repository.heads(tx, {person_id}))
    within = Range(scheme, period, period, check["region"])
    had = Money(difference_repository.had(tx, within, {person_id}).get((person_id, period), 0))
    if had < amount:
        raise Conflict(
            "subsidy.more_than_paid",
            f"Only {had} yuan of that period are not recovered yet; propose another amount.",
            field="recovery_ref",
        )
    number = difference_repository.found_before(tx, within, {person_id}).get((person_id, period), 0) + 1
    rule = tx.rules.at(item.decided_on)["verification.to_recover"]
    told = step(rule, f"抽查发现{amount}元未发到本人，向他人追回{amount}元，本人应得部分另行补发。")
    return Difference(
        id=row["recovery_id"],
        award_id=check["award_id"],
        person_id=person_id,
        scheme=scheme,
        variant=check["variant"],
        line_period=line_period(period, number),
        region=check["region"],
        kind="over_payment",
        amount=amount,
        due=had - amount,
        decision=[told],
    )


def _checks(tx: Transaction, ids: set[str]) -> dict[str, Row]:
    """The checks in the caller's regions with the lines that they are of, locked until the commit."""
    check, line = payment_checks.c, run_lines.c
    query = (
        sa.select(payment_checks, line.award_id, line.variant, line.period.label("line_period"))
        .join(run_lines, sa.and_(line.run_id == check.run_id, line.seq == check.line))
        .where(check.check_id.in_(ids), tx.scope(check.region))
        # In the order of their keys, or two transactions could wait for each other.
        .order_by(check.check_id)
        .with_for_update(of=payment_checks)
    )
    return {row["check_id"]: dict(row) for row in tx.execute(query).mappings()}


def _recoveries(
    tx: Transaction, key: sa.ColumnElement[str], values: set[str], *, lock: bool = False
) -> dict[str, Row]:
    query = sa.select(recoveries).where(key.in_(values)).order_by(recoveries.c.recovery_id)
    rows: Iterator[Any] = iter(tx.execute(query.with_for_update() if lock else query).mappings())
    return {row[key.name]: dict(row) for row in rows}


def _unknown(field: str) -> NotFound:
    return NotFound(
        "subsidy.unknown_check", "There is no such check or recovery in the caller's regions.", field=field
    )
