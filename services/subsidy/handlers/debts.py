"""Steps of debts: instalments agreed, and money paid back or written off, on which two persons decide."""

from datetime import date
from typing import Any, Literal

import sqlalchemy as sa

from chassis import clock
from chassis.bulk import Bulk
from chassis.transaction import Transaction
from contracts import subsidy as messages
from contracts.message import BulkReply
from kernel.errors import Conflict, Forbidden, Invalid, NotFound
from kernel.money import Money
from services.subsidy import difference_repository, ledger_repository
from services.subsidy.difference_tables import debt_acts, debt_entries, debts
from services.subsidy.domain import ledger
from services.subsidy.domain.ledger import Transfer
from services.subsidy.domain.record import check_past, check_same

Row = dict[str, Any]
_BOOKED = {"paid_back": ledger.paid_back, "written_off": ledger.written_off}
_DECIDED: dict[str, Literal["paid_back", "written_off"]] = {
    "pay_back": "paid_back",
    "ask_write_off": "written_off",
}
"""What becomes of a debt by a step that somebody else has approved."""


def record_debt_acts(tx: Transaction, message: messages.RecordDebtActs) -> BulkReply:
    """Record steps in the order given; the office's reference is the key."""
    bulk = Bulk(message)
    items = list(bulk.items())
    owed = _debts(tx, {item.debt_id for item in items})
    known = _acts(tx, debt_acts.c.ref, {item.ref for item in items})
    today = clock.office_day(tx.now)
    new: list[Row] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.DebtActItem = entry.item
            if item.debt_id not in owed:
                raise _unknown("debt_id")
            told = item.model_dump(exclude={"amount"}) | {"amount_fen": Money.yuan(item.amount).fen}
            if (before := known.get(item.ref)) is not None:
                check_same("step", {name: before[name] for name in told}, told)
                entry.unchanged(before["act_id"])
                continue
            check_past(item.happened_on, today, "happened_on")
            if told["amount_fen"] <= 0:
                raise Invalid("subsidy.amount_not_positive", "The amount must be above zero.", field="amount")
            row = told | {"act_id": tx.new_id(), "recorded_by": tx.caller.subject, "recorded_at": tx.now}
            known[item.ref] = row
            new.append(row)
            entry.created(row["act_id"])
    tx.insert(debt_acts, new)
    agreed = {row["debt_id"]: row["amount_fen"] for row in new if row["act"] == "agree"}
    if agreed:
        statement = sa.update(debts).where(debts.c.debt_id == sa.bindparam("id"))
        rows = [{"id": debt_id, "fen": fen} for debt_id, fen in agreed.items()]
        tx.execute(statement.values(instalment_fen=sa.bindparam("fen")), rows)
    return bulk.reply()


def decide_debt_acts(tx: Transaction, message: messages.DecideDebtActs) -> BulkReply:
    """Decide on repayments and write-offs, not by who told; key: the decision's reference.

    Money paid back is booked on the day on which it came, a write-off on that of the decision.
    """
    bulk = Bulk(message)
    items = list(bulk.items())
    asked = _acts(tx, debt_acts.c.ref, {item.act_ref for item in items}, lock=True)
    made = _acts(tx, debt_acts.c.decision_ref, {item.ref for item in items})
    owed = _debts(tx, {row["debt_id"] for row in (*asked.values(), *made.values())})
    book, today = _Book(tx), clock.office_day(tx.now)
    decided: list[Row] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.DebtActDecisionItem = entry.item
            row = asked.get(item.act_ref)
            if row is None or row["debt_id"] not in owed or row["act"] not in _DECIDED:
                raise _unknown("act_ref")
            if (before := made.get(item.ref)) is not None:
                told = (item.act_ref, item.decision, item.decided_on)
                check_same("decision", told, (before["ref"], before["decision"], before["decided_on"]))
                entry.unchanged(before["act_id"])
                continue
            check_past(item.decided_on, today, "decided_on")
            _check_decidable(row, tx.caller.subject)
            if item.decision == "approved":
                kind = _DECIDED[row["act"]]
                day = row["happened_on"] if kind == "paid_back" else item.decided_on
                book.settle(owed[row["debt_id"]], kind, row["amount_fen"], day, row["ref"])
            row |= _decision(tx, item)
            made[item.ref] = row
            decided.append(row)
            entry.created(row["act_id"])
    _save_decisions(tx, decided)
    book.save()
    return bulk.reply()


def _decision(tx: Transaction, item: messages.DebtActDecisionItem) -> Row:
    return {
        "decision": item.decision,
        "decision_ref": item.ref,
        "decided_on": item.decided_on,
        "decided_by": tx.caller.subject,
    }


def _save_decisions(tx: Transaction, decided: list[Row]) -> None:
    names = ("decision", "decision_ref", "decided_on", "decided_by")
    rows = [{"id": row["act_id"], **{name: row[name] for name in names}} for row in decided]
    if rows:
        tx.execute(sa.update(debt_acts).where(debt_acts.c.act_id == sa.bindparam("id")), rows)


class _Book:
    """Debts that shrink in this transaction: their entries, bookings and events."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._entries: list[Row] = []
        self._booked: list[tuple[str, str, date, list[Transfer]]] = []

    def settle(
        self, debt: Row, kind: Literal["paid_back", "written_off"], fen: int, day: date, ref: str
    ) -> None:
        left = debt["amount_fen"] - debt["settled_fen"]
        if fen > left:
            raise Conflict(
                "subsidy.more_than_owed",
                f"Only {Money(left)} yuan of the debt is open; correct the amount.",
                field="amount",
            )
        debt["settled_fen"] += fen
        entry_id = self._tx.new_id()
        self._entries.append(
            {
                "entry_id": entry_id,
                "ref": ref,
                "debt_id": debt["debt_id"],
                "kind": kind,
                "amount_fen": fen,
                "run_id": None,
                "line": None,
                "happened_on": day,
                "recorded_by": self._tx.caller.subject,
                "recorded_at": self._tx.now,
            }
        )
        self._booked.append((entry_id, debt["region"], day, _BOOKED[kind](debt["scheme"], Money(fen))))
        self._tx.record(
            messages.DebtSettled(
                region=debt["region"],
                debt_id=debt["debt_id"],
                person_id=debt["person_id"],
                scheme=debt["scheme"],
                kind=kind,
                amount=str(Money(fen)),
                left=str(Money(left - fen)),
                settled_on=day,
            )
        )

    def save(self) -> None:
        self._tx.insert(debt_entries, self._entries)
        difference_repository.settle(
            self._tx, [(each["debt_id"], Money(each["amount_fen"])) for each in self._entries]
        )
        ledger_repository.post(self._tx, None, self._booked)


def _check_decidable(row: Row, checker: str) -> None:
    if row["decision"] is not None:
        raise Conflict("subsidy.decided_already", f"The step was {row['decision']} before.", field="act_ref")
    if row["recorded_by"] == checker:
        raise Forbidden(
            "subsidy.maker_is_checker",
            "Who told of a repayment or a write-off cannot decide on it; ask a second person.",
        )


def _unknown(field: str) -> NotFound:
    return NotFound(
        "subsidy.unknown_debt",
        "There is no such debt or request, or not in the caller's regions.",
        field=field,
    )


def _debts(tx: Transaction, ids: set[str]) -> dict[str, Row]:
    query = sa.select(debts).where(debts.c.debt_id.in_(ids), tx.scope(debts.c.region))
    # In the order of their keys, or two transactions could wait for each other.
    rows = tx.execute(query.order_by(debts.c.debt_id).with_for_update()).mappings()
    return {row["debt_id"]: dict(row) for row in rows}


def _acts(
    tx: Transaction, key: sa.ColumnElement[str], refs: set[str], *, lock: bool = False
) -> dict[str, Row]:
    """Steps by the value of a column; lock: until the commit, before any debt is."""
    query = sa.select(debt_acts).where(key.in_(refs)).order_by(debt_acts.c.act_id)
    rows = tx.execute(query.with_for_update() if lock else query).mappings()
    return {row[key.name]: dict(row) for row in rows}
