"""What can be asked of accounts, batches, and what was held up.

A room of its own because queries.py tells of runs and books.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from chassis import clock, stream
from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.masking import BankAccount
from kernel.money import Money
from services.subsidy import bank_repository, payment_change_repository, repository, run_repository
from services.subsidy.bank_tables import (
    NUMBER,
    bank_batches,
    held_payments,
    pay_accounts,
    payment_changes,
)
from services.subsidy.domain.differences import period_of
from services.subsidy.person_tables import persons
from services.subsidy.tables import run_lines


def list_pay_accounts(tx: Transaction, message: messages.ListPayAccounts) -> messages.PayAccountPage:
    """A page of accounts of persons of the caller's regions, masked."""
    account, other = pay_accounts.c, pay_accounts.alias().c
    same = sa.and_(other.number_index == account.number_index, other.person_id != account.person_id)
    sharing = sa.select(sa.func.count(sa.distinct(other.person_id))).where(same).scalar_subquery()
    homes = sa.select(persons.c.person_id).where(tx.scope(persons.c.region))
    query = sa.select(pay_accounts, sharing.label("shared_with")).where(account.person_id.in_(homes))
    if message.person_id is not None:
        query = query.where(account.person_id == message.person_id)
    if message.states:
        query = query.where(account.state.in_(message.states))
    rows, after = _page(tx, query, pay_accounts, message.after, message.limit)
    shown = [
        messages.PayAccountView(
            account_id=row["id"],
            number=BankAccount(NUMBER.open(tx.vault, row["id"], row["number"])).masked,
            **{
                name: row[name]
                for name in (
                    *("ref", "person_id", "state", "usable_from"),
                    *("shared_with", "requested_by", "decided_by"),
                )
            },
        )
        for row in rows
    ]
    return messages.PayAccountPage(accounts=shown, after=after)


def list_account_reads(tx: Transaction, message: messages.ListAccountReads) -> messages.AccountReads:
    """Who read the accounts of a person in plain, by whichever record of theirs; the latest first.

    Raises NotFound("subsidy.unknown_person"), also for one out of scope.
    """
    person = persons.c
    home = sa.select(person.person_id).where(person.person_id == message.person_id, tx.scope(person.region))
    if tx.execute(home).one_or_none() is None:
        raise repository.unknown_person()
    merged = sa.select(person.person_id).where(person.merged_into == message.person_id)
    subjects = sa.union_all(sa.select(sa.literal(message.person_id)), merged)
    rows, after = tx.access_log(subjects, message.after, message.limit)
    reads = [
        messages.AccountRead(
            at=stream.aware(row.at), actor=row.actor, purpose=row.purpose, fields=row.fields.split(",")
        )
        for row in rows
    ]
    return messages.AccountReads(reads=reads, after=after)


def list_bank_batches(tx: Transaction, message: messages.ListBankBatches) -> messages.BankBatchPage:
    """A page of a run's batches. Raises NotFound("subsidy.unknown_run")."""
    run = run_repository.visible(tx, message.run_id)
    query = sa.select(bank_batches).where(bank_batches.c.run_id == run.id)
    rows, after = _page(tx, query, bank_batches, message.after, message.limit)
    shown = [
        messages.BankBatch(
            batch_id=row["id"],
            amount=str(Money(row["amount_fen"])),
            **{name: row[name] for name in ("run_id", "seq", "pay_on", "lines", "answered", "file_hash")},
        )
        for row in rows
    ]
    return messages.BankBatchPage(batches=shown, after=after)


def list_held_payments(tx: Transaction, message: messages.ListHeldPayments) -> messages.HeldPaymentPage:
    """A page of payments held up in the caller's regions, each with what is to be done."""
    held = held_payments.c
    query = sa.select(held_payments).where(tx.scope(held.region))
    if message.run_id is not None:
        query = query.where(held.run_id == message.run_id)
    if message.states:
        query = query.where(held.state.in_(message.states))
    rows, after = _page(tx, query, held_payments, message.after, message.limit)
    rules = tx.rules.at(clock.office_day(tx.now))
    remedies = dict.fromkeys(rules["payment.reasons.bank"].texts, "bank")
    remedies |= dict.fromkeys(
        (*rules["payment.reasons.account"].texts, bank_repository.NO_ACCOUNT), "account"
    )
    shown = [
        messages.HeldPayment(
            held_id=row["id"],
            amount=str(Money(row["amount_fen"])),
            remedy=remedies.get(row["reason"], "stop"),
            **{
                name: row[name]
                for name in (
                    *("run_id", "person_id", "region", "scheme", "period"),
                    *("reason", "instruction_id", "held_on", "state"),
                )
            },
        )
        for row in rows
    ]
    return messages.HeldPaymentPage(held=shown, after=after)


def list_payment_changes(tx: Transaction, message: messages.ListPaymentChanges) -> messages.PaymentChangePage:
    """A page of what was asked for in the caller's regions."""
    change, line = payment_changes.c, run_lines.c
    query = (
        sa.select(payment_changes, line.person_id, line.scheme, line.period, line.amount_fen)
        .join(run_lines, sa.and_(line.run_id == change.run_id, line.seq == change.line))
        .where(tx.scope(change.region))
    )
    if message.states:
        query = query.where(change.state.in_(message.states))
    rows, after = _page(tx, query, payment_changes, message.after, message.limit)
    shown = [
        messages.PaymentChangeView(
            payment_change_id=row["id"],
            target_id=payment_change_repository.target_of(row),
            amount=str(Money(row["amount_fen"])),
            period=period_of(row["period"]),
            **{
                name: row[name]
                for name in (
                    *("ref", "kind", "run_id", "person_id", "region", "scheme", "reason"),
                    *("document", "booked_on", "state", "requested_by", "decided_by"),
                )
            },
        )
        for row in rows
    ]
    return messages.PaymentChangePage(changes=shown, after=after)


def _page(
    tx: Transaction, query: sa.Select[Any], table: sa.Table, after: str | None, limit: int
) -> tuple[Sequence[sa.RowMapping], str | None]:
    """The rows of a page in the order of their identifiers, and where the next one begins."""
    if after is not None:
        query = query.where(table.c.id > after)
    rows = tx.execute(query.order_by(table.c.id).limit(limit + 1)).mappings().all()
    return rows[:limit], rows[limit - 1]["id"] if len(rows) > limit else None
