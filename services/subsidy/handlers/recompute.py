"""Computing again what periods should have paid: retroactive rates, ends known late, other facts."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa

from chassis import clock
from chassis.jobs import Job
from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.errors import Invalid
from kernel.money import Money
from kernel.periods import Period
from kernel.regions import RegionCode
from services.subsidy import change_repository, difference_repository, ledger_repository, repository
from services.subsidy.difference_repository import Range
from services.subsidy.domain import ledger
from services.subsidy.domain.amounts import Basis, price
from services.subsidy.domain.award import Award, Trace
from services.subsidy.domain.differences import Difference, explained, kind_of, line_period
from services.subsidy.domain.schemes import Scheme

JOB = "subsidy.recompute"
LINES_PER_STEP = 500


def recompute_awards(tx: Transaction, message: messages.RecomputeAwards) -> messages.Recomputation:
    """Start looking for differences.

    Raises Forbidden("access.region"), Invalid("subsidy.wrong_period") and what the rules raise for an unknown
    scheme.
    """
    tx.within(message.region)
    start = Period.parse(message.last).start
    scheme = Scheme.of(tx.rules.at(start).within(RegionCode(message.region)), message.scheme)
    first, last = scheme.period(message.first), scheme.period(message.last)
    if last.start < first.start:
        raise Invalid("subsidy.wrong_period", "The last period lies before the first.", field="last")
    payload = {"scheme": scheme.code, "first": first.text, "last": last.text, "region": message.region}
    return messages.Recomputation(job_id=tx.start_job(JOB, key=tx.new_id(), payload=payload))


def recompute_step(tx: Transaction, job: Job) -> bool:
    """Compare the next lines, and write down what differs. Only approved runs are looked at: in the others
    nothing is decided yet.
    """
    within = Range(**job.payload)
    after = (job.cursor.get("run_id", ""), job.cursor.get("line", 0))
    lines = difference_repository.approved_lines(tx, within, after, LINES_PER_STEP)
    if not lines:
        return True
    found = _differences(tx, within, lines)
    write_down(tx, found, clock.office_day(tx.now))
    job.cursor.update(run_id=lines[-1].run_id, line=lines[-1].seq)
    job.cursor["found"] = job.cursor.get("found", 0) + len(found)
    job.done += len(lines)
    return False


def write_down(tx: Transaction, found: Sequence[Difference], day: date, *, by_other: bool = False) -> None:
    """Keep differences, open and book the debts among them, and tell of them. by_other: whether somebody else
    had what was paid.
    """
    difference_repository.add(tx, found, day, by_other=by_other)
    recovered = [each for each in found if each.kind == "over_payment"]
    ledger_repository.post(
        tx,
        None,
        ((each.id, each.region, day, ledger.over_payment(each.scheme, each.amount)) for each in recovered),
    )
    for each in found:
        tx.record(
            messages.DifferenceFound(
                region=each.region,
                difference_id=each.id,
                award_id=each.award_id,
                person_id=each.person_id,
                scheme=each.scheme,
                variant=each.variant,
                period=each.period,
                kind=each.kind,
                amount=str(each.amount),
                found_on=day,
            )
        )


class _Known:
    """What is known by now of the people of some lines. Two records of one person count as one."""

    def __init__(self, tx: Transaction, within: Range, people: set[str]) -> None:
        self._tx = tx
        self._scheme = within.scheme
        self._heads = repository.heads(tx, people)
        self._awards: dict[str, list[Award]] = {}
        for award in change_repository.lock_awards(tx, within.scheme, self._heads):
            self._awards.setdefault(self._heads[award.person_id], []).append(award)
        self._had: dict[tuple[str, str], int] = {}
        self._by_record = difference_repository.had(tx, within, self._heads)
        for (person_id, period), fen in self._by_record.items():
            key = self._heads[person_id], period
            self._had[key] = self._had.get(key, 0) + fen
        self._before = difference_repository.found_before(tx, within, self._heads)
        ids = {award.id for awards in self._awards.values() for award in awards}
        self._ends = change_repository.ends(tx, ids)
        self._rules_on = cache(tx.rules.at)
        self._priced = cache(self._price)

    def key(self, line: sa.Row[Any]) -> tuple[str, str]:
        """The person and the period."""
        return self._heads[line.person_id], line.period

    def difference(self, line: sa.Row[Any]) -> Difference | None:
        """What differs in the period of the line; nothing while it waits for the end of a freeze.

        A payment that was given up is left as decided. What the person had paid back of it before, or was
        kept back for it, they get again.
        """
        awards = self._awards[self.key(line)[0]]
        holding = [each for each in awards if each.holds_in(line.period, line.period)]
        if any(each.holds_back(line.period) for each in holding):
            return None
        paid_by = next(each for each in awards if each.id == line.award_id)
        due, reasons = Money.ZERO, self._ends.get(paid_by.id, [])
        if holding:
            # By whichever line it is looked at: of two records that were paid, the one granted first.
            paid = [each for each in holding if (each.person_id, line.period) in self._by_record]
            paid_by = (paid or holding)[0]
            basis = Basis(paid_by.cost, paid_by.days)
            due, reasons = self._priced(paid_by.region, paid_by.variant, basis, line.period)
        had = Money(self._had.get(self.key(line), 0))
        if line.given_up:
            due = max(had, Money.ZERO)
        if (kind := kind_of(due, had)) is None:
            return None
        return Difference(
            id=self._tx.new_id(),
            award_id=paid_by.id,
            person_id=line.person_id,
            scheme=self._scheme,
            variant=paid_by.variant,
            line_period=line_period(line.period, self._before.get((line.person_id, line.period), 0) + 1),
            region=paid_by.region,
            kind=kind,
            amount=due - had if had < due else had - due,
            due=due,
            decision=explained(reasons, due, had),
        )

    def _price(self, region: str, variant: str, basis: Basis, period: str) -> tuple[Money, Trace]:
        rules = self._rules_on(Period.parse(period).start).within(RegionCode(region))
        return price(Scheme.of(rules, self._scheme), variant, basis)


def _differences(tx: Transaction, within: Range, lines: Sequence[sa.Row[Any]]) -> list[Difference]:
    known = _Known(tx, within, {line.person_id for line in lines})
    # Of two lines of one person for one period the first one that stands shows what both differ by.
    first: dict[tuple[str, str], sa.Row[Any]] = {}
    for line in sorted(lines, key=lambda line: bool(line.given_up)):
        first.setdefault(known.key(line), line)
    found = (known.difference(line) for line in first.values())
    return [each for each in found if each is not None]
