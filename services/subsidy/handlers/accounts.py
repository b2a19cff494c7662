"""Where persons are paid to: the first account, changes of it, and the decisions on them."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis import clock
from chassis.bulk import Bulk
from chassis.transaction import Transaction
from contracts import subsidy as messages
from contracts.message import BulkReply
from kernel.errors import NotFound
from kernel.masking import BankAccount
from services.subsidy import repository
from services.subsidy.bank_tables import HOLDER, NUMBER, pay_accounts
from services.subsidy.domain.account import Change, PayAccount, check_holder
from services.subsidy.domain.record import check_same

Row = dict[str, Any]


def record_pay_accounts(tx: Transaction, message: messages.RecordPayAccounts) -> BulkReply:
    """Record accounts; the office's reference is the key. A person's first one holds at once."""
    bulk = Bulk(message)
    items = list(bulk.items())
    people = repository.people(tx, {item.person_id for item in items})
    known = _accounts(tx, pay_accounts.c.ref, {item.ref for item in items})
    last = _last(tx, {item.person_id for item in items})
    new: list[Row] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.PayAccountItem = entry.item
            if item.person_id not in people:
                raise NotFound(
                    "subsidy.unknown_person",
                    "The person isn't known here, or lives outside the caller's regions; if the registry has "
                    "just registered the person, send the account again in a moment.",
                    field="person_id",
                )
            told = _told(item)
            if (row := known.get(item.ref)) is not None:
                check_same("account", _kept(tx, row), told)
                entry.unchanged(row["id"])
                continue
            last[item.person_id] = seq = last.get(item.person_id, 0) + 1
            row = _row(tx, item.ref, seq, told)
            known[item.ref] = row
            new.append(row)
            entry.created(row["id"])
    tx.insert(pay_accounts, new)
    return bulk.reply()


def decide_pay_accounts(tx: Transaction, message: messages.DecidePayAccounts) -> BulkReply:
    """Decide on changes; the office's reference of the decision is the key."""
    bulk = Bulk(message)
    items = list(bulk.items())
    asked = _accounts(tx, pay_accounts.c.ref, {item.account_ref for item in items}, lock=True)
    made = _accounts(tx, pay_accounts.c.decision_ref, {item.ref for item in items})
    people = repository.people(tx, {row["person_id"] for row in (*asked.values(), *made.values())})
    today = clock.office_day(tx.now)
    days = tx.rules.at(today)["payment.cooling_off_days"].integer
    decided: list[Row] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.PayAccountDecisionItem = entry.item
            row = asked.get(item.account_ref)
            if row is None or row["person_id"] not in people:
                raise NotFound(
                    "subsidy.unknown_account", "No such account was recorded here.", field="account_ref"
                )
            if (before := made.get(item.ref)) is not None:
                check_same("decision", (before["ref"], before["state"]), (item.account_ref, item.decision))
                entry.unchanged(before["id"])
                continue
            _decide(tx, row, item, today, days)
            made[item.ref] = row
            decided.append(row)
            entry.created(row["id"])
    _save(tx, decided)
    return bulk.reply()


def _decide(tx: Transaction, row: Row, item: messages.PayAccountDecisionItem, today: date, days: int) -> None:
    change = Change(row["requested_by"], row["state"], row["usable_from"])
    after = change.decided(item.decision, tx.caller.subject, today, days)
    row |= {
        "state": after.state,
        "usable_from": after.usable_from,
        "decision_ref": item.ref,
        "decided_by": tx.caller.subject,
        "decided_at": tx.now,
    }


def _told(item: messages.PayAccountItem) -> PayAccount:
    check_holder(item.holder)
    return PayAccount(item.person_id, item.holder, BankAccount.parse(item.number))


def _kept(tx: Transaction, row: Row) -> PayAccount:
    return PayAccount(
        row["person_id"],
        HOLDER.open(tx.vault, row["id"], row["holder"]),
        BankAccount(NUMBER.open(tx.vault, row["id"], row["number"])),
    )


def _row(tx: Transaction, ref: str, seq: int, told: PayAccount) -> Row:
    account_id = tx.new_id()
    return {
        "id": account_id,
        "ref": ref,
        "person_id": told.person_id,
        "seq": seq,
        "holder": HOLDER.seal(tx.vault, account_id, told.holder),
        "number": NUMBER.seal(tx.vault, account_id, told.number.value),
        "number_index": NUMBER.index(tx.vault, told.number.value),
        "state": "approved" if seq == 1 else "requested",
        "usable_from": clock.office_day(tx.now) if seq == 1 else None,
        "requested_by": tx.caller.subject,
        "recorded_at": tx.now,
    }


def _accounts(
    tx: Transaction, key: sa.ColumnElement[str], refs: set[str], *, lock: bool = False
) -> dict[str, Row]:
    query = sa.select(pay_accounts).where(key.in_(refs)).order_by(pay_accounts.c.id)
    rows = tx.execute(query.with_for_update() if lock else query).mappings()
    return {row[key.name]: dict(row) for row in rows}


def _last(tx: Transaction, person_ids: set[str]) -> dict[str, int]:
    account = pay_accounts.c
    query = sa.select(account.person_id, sa.func.max(account.seq).label("seq"))
    rows = tx.execute(query.where(account.person_id.in_(person_ids)).group_by(account.person_id))
    return {row.person_id: row.seq for row in rows}


def _save(tx: Transaction, decided: list[Row]) -> None:
    names = ("state", "usable_from", "decision_ref", "decided_by", "decided_at")
    rows = [{"account": row["id"], **{name: row[name] for name in names}} for row in decided]
    if rows:
        tx.execute(sa.update(pay_accounts).where(pay_accounts.c.id == sa.bindparam("account")), rows)
