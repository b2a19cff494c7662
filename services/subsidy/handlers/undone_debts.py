"""What giving up a payment does to debts: what it kept back is owed again, what it paid too much is not."""

from collections.abc import Mapping, Sequence
from datetime import date

from chassis import clock
from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.money import Money
from services.subsidy import ledger_repository, repository, undone_repository
from services.subsidy.domain import ledger
from services.subsidy.domain.differences import period_of
from services.subsidy.domain.frozen_list import Line
from services.subsidy.domain.run import Run
from services.subsidy.undone_repository import Standing, Undone


def undo(tx: Transaction, run: Run, lines: Mapping[int, Line], days: Mapping[int, date]) -> None:
    """Put debts as if lines of a run had never been. lines, days: by place, what is given up and when."""
    heads = repository.heads(tx, {line.person_id for line in lines.values()})
    debts = undone_repository.standing(tx, run.scheme, heads)
    if not debts:
        return
    whole = {place: line.amount for place, line in lines.items()}
    undone = []
    for debt_id, place, amount in undone_repository.kept_back(tx, run.id, lines):
        whole[place] += amount
        undone.append(_entry(debts[debt_id], place, -amount))
    for place, line in lines.items():
        period = period_of(line.period)
        for debt in debts.values():
            part = min(whole[place], debt.left)
            if part > Money.ZERO and (heads[debt.person_id], debt.period) == (heads[line.person_id], period):
                whole[place] -= part
                undone.append(_entry(debt, place, part))
    _book(tx, run, undone, days)


def reopen(tx: Transaction, run: Run) -> None:
    """What the lines of a run that was never approved kept back is owed again; nothing of it was booked."""
    kept = undone_repository.kept_by(tx, run.id)
    day = clock.office_day(tx.now)
    undone = [_entry(debt, place, -amount) for debt, place, amount in kept]
    undone_repository.add(tx, run.id, undone, {each.line: day for each in undone})
    for each in undone:
        tx.record(_settled(run, each, day))


def _entry(debt: Standing, place: int, settled: Money) -> Undone:
    """The debt is smaller by what is settled, or greater by what is no longer."""
    debt.left -= settled
    if settled > Money.ZERO:
        return Undone(debt, place, "not_paid", settled, debt.left)
    return Undone(debt, place, "reopened", -settled, debt.left)


def _book(tx: Transaction, run: Run, undone: Sequence[Undone], days: Mapping[int, date]) -> None:
    booked = []
    for each, entry_id in zip(undone, undone_repository.add(tx, run.id, undone, days), strict=True):
        debt, day = each.debt, days[each.line]
        book = ledger.over_payment if each.kind == "reopened" else ledger.not_paid
        booked.append((entry_id, debt.region, day, book(run.scheme, each.amount)))
        tx.record(_settled(run, each, day))
    ledger_repository.post(tx, run.id, booked)


def _settled(run: Run, undone: Undone, day: date) -> messages.DebtSettled:
    debt = undone.debt
    return messages.DebtSettled(
        region=debt.region,
        debt_id=debt.id,
        person_id=debt.person_id,
        scheme=run.scheme,
        kind=undone.kind,
        amount=str(undone.amount),
        left=str(undone.left),
        settled_on=day,
    )
