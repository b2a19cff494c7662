"""Rows of batches, instructions, answers and what was held up.

A room of its own because run_repository.py is the list of a run, and this what became of it at the bank.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.transaction import Transaction
from kernel.errors import NotFound
from kernel.money import Money
from services.subsidy import run_repository
from services.subsidy.bank_tables import (
    bank_batches,
    held_payments,
    instructions,
    pay_accounts,
)
from services.subsidy.domain.bank_file import Batch
from services.subsidy.domain.bank_layout import Layout
from services.subsidy.domain.differences import period_of
from services.subsidy.domain.frozen_list import Line
from services.subsidy.domain.run import Run
from services.subsidy.tables import run_lines, run_shares

NO_ACCOUNT = "no_account"


@dataclass(frozen=True, slots=True)
class Owed:
    """A line that the bank is to be told of. period: that it pays for.

    account_id: None while none can be paid to. held_id: what was held up before, reissue_of: the instruction
    that was returned then.
    """

    line: int
    person_id: str
    region: str
    period: str
    amount: Money
    account_id: str | None
    held_id: str | None = None
    reissue_of: str | None = None


def _usable(person_id: sa.ColumnElement[str], day: date) -> sa.ColumnElement[str]:
    """The account that a person is paid to on the day: the last one that holds by then."""
    account = pay_accounts.c
    holding = sa.select(account.id).where(
        account.person_id == person_id, account.state == "approved", account.usable_from <= day
    )
    return holding.order_by(account.seq.desc()).limit(1).scalar_subquery()


def owed(tx: Transaction, run_id: str, day: date, after: int, limit: int) -> list[Owed]:
    """The lines that follow a place in the list, each with the account to pay to on the day."""
    line = run_lines.c
    page = (
        sa.select(
            line.seq,
            line.person_id,
            line.region,
            line.period,
            line.amount_fen,
            _usable(line.person_id, day).label("usable_id"),
        )
        .where(line.run_id == run_id, line.seq > after)
        .order_by(line.seq)
        .limit(limit)
    )
    return [
        Owed(
            row.seq,
            row.person_id,
            row.region,
            period_of(row.period),
            Money(row.amount_fen),
            row.usable_id,
        )
        for row in tx.execute(page).all()
    ]


def ready(
    tx: Transaction, run_id: str, day: date, after: str, limit: int, *, lock: bool = False
) -> list[Owed]:
    """What was held up and can be instructed on the day, in the order in which it was.

    lock: until the commit, so that nobody gives it up meanwhile.

    What waits for an account is ready with another one than the one that failed; what failed on the bank's
    side with any.
    """
    rules = tx.rules.at(day)
    waiting = sa.select(held_payments, _usable(held_payments.c.person_id, day).label("usable_id")).where(
        held_payments.c.run_id == run_id, held_payments.c.state == "open", held_payments.c.id > after
    )
    found = waiting.subquery()
    held = found.c
    another = sa.or_(held.account_id.is_(None), held.account_id != held.usable_id)
    mended = (*rules["payment.reasons.account"].texts, NO_ACCOUNT)
    may = sa.or_(
        held.reason.in_(rules["payment.reasons.bank"].texts), sa.and_(held.reason.in_(mended), another)
    )
    query = sa.select(found).where(held.usable_id.is_not(None), may).order_by(held.id).limit(limit)
    if lock:
        query = query.with_for_update()
    return [
        Owed(
            row.line,
            row.person_id,
            row.region,
            row.period,
            Money(row.amount_fen),
            row.usable_id,
            row.id,
            row.instruction_id,
        )
        for row in tx.execute(query)
    ]


def hold(tx: Transaction, run: Run, owed: Iterable[Owed], day: date) -> None:
    """Put lines on the work list that have no account to pay to."""
    rows = [
        held_row(tx, run, each, day) | {"reason": NO_ACCOUNT, "instruction_id": None, "account_id": None}
        for each in owed
    ]
    tx.insert(held_payments, rows)


def held_row(tx: Transaction, run: Run, owed: Owed, day: date) -> dict[str, Any]:
    """What a row of the work list says of any payment, whatever holds it up."""
    return {
        "id": tx.new_id(),
        "run_id": run.id,
        "line": owed.line,
        "person_id": owed.person_id,
        "scheme": run.scheme,
        "period": owed.period,
        "region": owed.region,
        "amount_fen": owed.amount.fen,
        "held_on": day,
        "state": "open",
    }


def _batch(row: sa.Row[Any]) -> Batch:
    return Batch(
        row.id,
        row.run_id,
        row.region,
        row.layout,
        row.pay_on,
        row.lines,
        Money(row.amount_fen),
        row.file_hash,
    )


def batch(tx: Transaction, batch_id: str, *, lock: bool = False) -> Batch:
    """The batch, if it lies in the caller's regions. Raises NotFound("subsidy.unknown_batch")."""
    query = sa.select(bank_batches).where(bank_batches.c.id == batch_id, tx.scope(bank_batches.c.region))
    row = tx.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound("subsidy.unknown_batch", "There is no such batch in the caller's regions.")
    return _batch(row)


def last_batch(tx: Transaction, run_id: str) -> int:
    """The number of the run's last batch, 0 before the first."""
    query = sa.select(sa.func.max(bank_batches.c.seq)).where(bank_batches.c.run_id == run_id)
    return tx.execute(query).scalar() or 0


def unsealed(tx: Transaction, run_id: str) -> str | None:
    """The first batch of a run that has no file yet."""
    query = sa.select(bank_batches.c.id).where(
        bank_batches.c.run_id == run_id, bank_batches.c.file_hash.is_(None)
    )
    found: str | None = tx.execute(query.order_by(bank_batches.c.seq).limit(1)).scalar()
    return found


def open_batch(tx: Transaction, run: Run, layout: Layout, pay_on: date) -> Batch:
    """The batch that the next instructions go into: the last one if it has room, else a new one."""
    table = bank_batches.c
    query = sa.select(bank_batches).where(
        table.run_id == run.id, table.file_hash.is_(None), table.lines < layout.lines
    )
    row = tx.execute(query.order_by(table.seq.desc()).limit(1)).one_or_none()
    if row is not None:
        return _batch(row)
    new = Batch(tx.new_id(), run.id, run.region, layout.code, pay_on, 0, Money.ZERO, None)
    tx.execute(
        sa.insert(bank_batches).values(
            id=new.id,
            run_id=new.run_id,
            seq=last_batch(tx, run.id) + 1,
            region=new.region,
            layout=new.layout,
            pay_on=new.pay_on,
            lines=0,
            amount_fen=0,
            answered=0,
            recorded_at=tx.now,
        )
    )
    return new


def instruct(tx: Transaction, run: Run, batch: Batch, owed: Sequence[Owed]) -> dict[str, Owed]:
    """Append instructions to a batch; returns them by their identifiers."""
    told = {tx.new_id(): each for each in owed}
    rows = [
        {
            "id": instruction_id,
            "batch_id": batch.id,
            "seq": seq,
            "run_id": run.id,
            "line": each.line,
            "person_id": each.person_id,
            "region": each.region,
            "amount_fen": each.amount.fen,
            "account_id": each.account_id,
            "held_id": each.held_id,
        }
        for seq, (instruction_id, each) in enumerate(told.items(), start=batch.lines + 1)
    ]
    tx.insert(instructions, rows)
    amount = sum(each.amount.fen for each in owed)
    values = {
        "lines": bank_batches.c.lines + len(rows),
        "amount_fen": bank_batches.c.amount_fen + amount,
    }
    tx.execute(sa.update(bank_batches).where(bank_batches.c.id == batch.id).values(values))
    if held := [each.held_id for each in owed if each.held_id]:
        again = sa.update(held_payments).where(held_payments.c.id.in_(held))
        tx.execute(again.values(state="reissued"))
    return told


def orders(tx: Transaction, batch_id: str) -> list[sa.Row[Any]]:
    """The instructions of a batch in order, with their sealed accounts."""
    account, row = pay_accounts.c, instructions.c
    query = (
        sa.select(
            *(row.seq, row.id.label("instruction_id"), row.amount_fen, row.account_id),
            *(account.number, account.holder),
        )
        .join(pay_accounts, account.id == row.account_id)
        .where(row.batch_id == batch_id)
    )
    return list(tx.execute(query.order_by(row.seq)).all())


def holders(tx: Transaction, batch_id: str) -> Sequence[str]:
    """The persons whose accounts are in a batch."""
    account, row = pay_accounts.c, instructions.c
    query = sa.select(account.person_id).join(instructions, row.account_id == account.id).distinct()
    return tx.execute(query.where(row.batch_id == batch_id).order_by(account.person_id)).scalars().all()


def seal(tx: Transaction, batch_id: str, file_hash: str) -> None:
    """Note the hash of a batch's file; nothing is added to the batch any more."""
    tx.execute(sa.update(bank_batches).where(bank_batches.c.id == batch_id).values(file_hash=file_hash))


def batch_shares(tx: Transaction, batch_id: str) -> dict[str, Money]:
    """What each source bears of a batch."""
    share, row = run_shares.c, instructions.c
    query = (
        sa.select(share.source, sa.func.sum(share.amount_fen).label("fen"))
        .join(instructions, sa.and_(row.run_id == share.run_id, row.line == share.seq))
        .where(row.batch_id == batch_id)
        .group_by(share.source)
    )
    return {found.source: Money(int(found.fen)) for found in tx.execute(query.order_by(share.source))}


def batch_lines(tx: Transaction, batch_id: str) -> dict[int, tuple[Line, str]]:
    """The lines of the run that a batch pays, by their places in the run, each with its division."""
    row = instructions.c
    lines = sa.select(*run_repository.LINE).join(
        instructions, sa.and_(row.run_id == run_lines.c.run_id, row.line == run_lines.c.seq)
    )
    shares = sa.select(run_shares).join(
        instructions, sa.and_(row.run_id == run_shares.c.run_id, row.line == run_shares.c.seq)
    )
    mine = row.batch_id == batch_id
    found = run_repository.lines_of(tx.execute(lines.where(mine)), tx.execute(shares.where(mine)))
    return {line.seq: (line, region) for line, region in found}
