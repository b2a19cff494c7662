"""What must hold of the subsidy's tables and events at any moment, counted here from the rows alone."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from chassis import schema
from contracts import subsidy as messages
from contracts.message import Event
from services.subsidy import bank_tables, difference_tables, person_tables, tables
from services.subsidy import verification_tables as checks
from services.subsidy.fund_tables import fund_allotments
from tests.support.bank import Bank, fen
from tests.support.platform import Harness

Row = sa.Row[Any]
Place = tuple[str, int]
"""Run and line."""

TABLES = (
    *(fund_allotments, tables.awards, tables.award_stops, tables.award_changes, person_tables.persons),
    *(
        person_tables.households,
        tables.runs,
        tables.run_lines,
        tables.run_shares,
        tables.payments,
        tables.ledger,
    ),
    *(bank_tables.pay_accounts, bank_tables.bank_batches, bank_tables.held_payments),
    *(bank_tables.instructions, bank_tables.bank_receipts, bank_tables.bank_answers),
    *(bank_tables.payment_changes, difference_tables.differences, difference_tables.debts),
    *(
        difference_tables.debt_entries,
        difference_tables.debt_acts,
        checks.payment_samples,
        checks.payment_checks,
    ),
    *(schema.parked_event, schema.job),
)
DECIDED = ("approved", "instructing", "instructed", "paid")
SETTLED_BY = {"paid_back": "returned", "written_off": "written_off"}
CAP = 2
"""At most one part in two of a payment is kept back."""


@dataclass
class Books:
    """All rows of one moment, by table."""

    rows: dict[str, list[Row]]
    events: list[Event]

    @classmethod
    def read(cls, subsidy: Harness) -> "Books":
        with subsidy.runtime.database.read() as connection:
            found = {table.name: list(connection.execute(sa.select(table))) for table in TABLES}
        return cls(found, subsidy.events())

    def __getattr__(self, name: str) -> list[Row]:
        try:
            return self.rows[name]
        except KeyError:
            raise AttributeError(name) from None

    @cached_property
    def lines(self) -> dict[Place, Row]:
        return {(row.run_id, row.seq): row for row in self.run_lines}

    @cached_property
    def standing_lines(self) -> list[Row]:
        """Those of lists that nobody rejected."""
        return [line for line in self.run_lines if line.stands]

    @cached_property
    def kept(self) -> Counter[Place]:
        """Fen that lines keep back for debts."""
        sums: Counter[Place] = Counter()
        for row in self.debt_entries:
            if row.kind == "offset":
                sums[row.run_id, row.line] += row.amount_fen
        return sums

    @cached_property
    def never_paid(self) -> Counter[str]:
        """Fen of debts that were never paid after all, for the line was given up."""
        sums: Counter[str] = Counter()
        for row in self.debt_entries:
            if row.kind == "not_paid":
                sums[row.debt_id] += row.amount_fen
        return sums

    @cached_property
    def given_up(self) -> set[Place]:
        return {(row.run_id, row.line) for row in self.changed("give_up")}

    @cached_property
    def decided(self) -> set[str]:
        """Runs that a second person approved."""
        return {row.run_id for row in self.runs if row.state in DECIDED}

    def changed(self, kind: str) -> list[Row]:
        return [row for row in self.payment_changes if row.state == "approved" and row.kind == kind]

    @cached_property
    def shares(self) -> dict[Place, dict[str, int]]:
        """Fen of each line by source."""
        parts: dict[Place, dict[str, int]] = {place: {} for place in self.lines}
        for row in self.run_shares:
            parts[row.run_id, row.seq][row.source] = row.amount_fen
        return parts

    @cached_property
    def standing(self) -> Counter[Place]:
        """How many payments of each line the bank made and did not take back."""
        count = Counter((row.run_id, row.seq) for row in self.payments)
        count.subtract((row.run_id, row.line) for row in self.changed("take_back"))
        return count

    def had(self) -> dict[tuple[str, str], int]:
        """Fen of each month that each person had or is to have: lines that were not given up, with what was
        kept back, and differences found, but for debts of what was never paid.
        """
        sums: dict[tuple[str, str], int] = defaultdict(int)
        for place, line in self.lines.items():
            if "+" not in line.period and place[0] in self.decided and place not in self.given_up:
                sums[line.person_id, line.period] += line.amount_fen + self.kept[place]
        for row in self.differences:
            fen = (
                row.amount_fen
                if row.kind == "back_pay"
                else self.never_paid[row.difference_id] - row.amount_fen
            )
            sums[row.person_id, row.line_period.partition("+")[0]] += fen
        return sums


# The invariants ----------------------------------------------------------------------------------


def everybody_is_listed_and_paid_once(books: Books) -> None:
    listed = Counter((row.person_id, row.period) for row in books.standing_lines)
    assert not [key for key, count in listed.items() if count > 1]
    for place, count in books.standing.items():
        assert count in {0, 1}, place
        assert place not in books.given_up or count == 0, "a payment given up was made"


def parts_sum(books: Books) -> None:
    for place, line in books.lines.items():
        assert sum(books.shares[place].values()) == line.amount_fen > 0
    for run in books.runs:
        mine = [line for (run_id, _), line in books.lines.items() if run_id == run.run_id]
        assert sorted(line.seq for line in mine) == list(range(1, run.lines + 1))
        assert sum(line.amount_fen for line in mine) == run.amount_fen
        given_up = sum(1 for place in books.given_up if place[0] == run.run_id)
        standing = sum(count for place, count in books.standing.items() if place[0] == run.run_id)
        assert (run.paid_lines, run.given_up_lines) == (standing, given_up)
        done = run.paid_lines + run.given_up_lines == run.lines
        assert (run.state == "paid") == done or run.state not in {"instructed", "paid"}
        assert run.approved_by != run.planned_by


def lists_are_as_they_were_frozen(books: Books) -> None:
    def digest(*parts: Any) -> str:
        return sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()

    for run in books.runs:
        told = digest(run.run_id, run.scheme, run.period, run.region, run.pay_on.isoformat())
        for seq in range(1, run.lines + 1):
            line = books.lines[run.run_id, seq]
            parts = sorted(books.shares[run.run_id, seq].items())
            number = [line.period] if line.period != run.period else []
            told = digest(
                told, seq, line.award_id, line.person_id, line.variant, line.amount_fen, parts, *number
            )
        assert run.list_hash in {None, told}


def allotments_are_drawn_by_the_lines_that_stand(books: Books) -> None:
    drawn = sum(
        books.shares[place].get("superior", 0)
        for place, line in books.lines.items()
        if line.stands and place not in books.given_up
    )
    assert drawn == sum(row.drawn_fen for row in books.fund_allotments)
    assert all(0 <= row.drawn_fen <= row.amount_fen for row in books.fund_allotments)


def debts_shrink_by_their_entries_and_by_no_more_than_the_cap(books: Books) -> None:
    settled = Counter[str]()
    for row in books.debt_entries:
        settled[row.debt_id] += -row.amount_fen if row.kind == "reopened" else row.amount_fen
    for debt in books.debts:
        assert settled[debt.debt_id] == debt.settled_fen <= debt.amount_fen
    for place, kept in books.kept.items():
        assert kept <= (books.lines[place].amount_fen + kept) // CAP
    found = {(row.difference_id, row.amount_fen) for row in books.differences if row.kind == "over_payment"}
    assert found == {(row.debt_id, row.amount_fen) for row in books.debts}


def the_ledger_is_what_was_decided(books: Books) -> None:
    """Every balance, from lists, bank files, answers, payments and differences."""
    is_now: Counter[str] = Counter()
    for row in books.ledger:
        is_now[row.debit_account] += row.amount_fen
        is_now[row.credit_account] -= row.amount_fen
    assert {name: fen for name, fen in is_now.items() if fen} == _balances(books)


def _balances(now: Books) -> dict[str, int]:
    due: Counter[str] = Counter()
    for row in now.fund_allotments:
        due[f"funds:{row.source}:nursing"] += row.amount_fen
        due[f"allotted:{row.source}:nursing"] -= row.amount_fen
    for place, debit, credit in _moves(now):
        for source, part in now.shares[place].items():
            for side, sign in ((debit, 1), (credit, -1)):
                due[f"{side}:nursing" if side == "expense" else f"{side}:{source}:nursing"] += sign * part
    for row in now.debts:
        due["debt:nursing"] += row.amount_fen
        due["expense:nursing"] -= row.amount_fen
    for row in now.debt_entries:
        # What a list keeps back is booked with its approval.
        if row.run_id is None or row.run_id in now.decided:
            fen = -row.amount_fen if row.kind == "reopened" else row.amount_fen
            due["debt:nursing"] -= fen
            due[f"{SETTLED_BY.get(row.kind, 'expense')}:nursing"] += fen
    return {name: fen for name, fen in due.items() if fen}


def _moves(now: Books) -> Iterator[tuple[Place, str, str]]:
    """From which account to which the shares of lines went: debited, credited."""
    yield from ((place, "expense", "payable") for place in now.lines if place[0] in now.decided)
    sealed = {row.id for row in now.bank_batches if row.file_hash}
    told = {row.id: (row.run_id, row.line) for row in now.instructions}
    yield from ((told[row.id], "payable", "transit") for row in now.instructions if row.batch_id in sealed)
    for row in now.bank_answers:
        yield told[row.instruction_id], "transit", "funds" if row.paid else "payable"
    for row in now.changed("take_back"):
        yield (row.run_id, row.line), "funds", "payable"
    for row in now.changed("give_up"):
        yield (row.run_id, row.line), "payable", "expense"


def the_bank_is_told_once_and_has_paid_what_it_answered(books: Books, bank: Bank) -> None:
    answered = {row.instruction_id: row.paid for row in books.bank_answers}
    waiting = Counter((row.run_id, row.line) for row in books.instructions if row.id not in answered)
    assert all(count == 1 for count in waiting.values()), "two instructions of a line wait for an answer"
    for row in books.instructions:
        line = books.lines[row.run_id, row.line]
        assert (row.amount_fen, row.person_id) == (line.amount_fen, line.person_id)
        assert answered.get(row.id) in {None, row.id in bank.paid}
        assert row.id in answered or (row.run_id, row.line) not in books.given_up
    assert set(bank.paid) <= {row.id for row in books.instructions}
    paid = sum(bank.paid[key] for key, is_paid in answered.items() if is_paid)
    assert paid == sum(row.amount_fen for row in books.payments)
    receipts = {row.id: (row.paid_lines, row.returned_lines) for row in books.bank_receipts}
    count: dict[str, list[int]] = {key: [0, 0] for key in receipts}
    for row in books.bank_answers:
        count[row.receipt_id][0 if row.paid else 1] += 1
    assert {key: tuple(each) for key, each in count.items()} == receipts


def every_change_is_told_once(books: Books) -> None:
    told: dict[type[Event], list[tuple[Any, ...]]] = defaultdict(list)
    for event in books.events:
        told[type(event)].append(_facts(event))
    for kind, expected in _expected(books).items():
        assert sorted(told[kind]) == sorted(expected), kind.TYPE


def _facts(event: Event) -> tuple[Any, ...]:
    amount = getattr(event, "amount", None)
    return (event.subject, *([] if amount is None else [fen(amount)]))


def _expected(books: Books) -> dict[type[Event], Iterable[tuple[Any, ...]]]:
    amounts = {row.id: row.amount_fen for row in books.instructions}
    people = {row.id: row.person_id for row in books.instructions}
    lines = books.lines

    def of_line(rows: Iterable[Row]) -> list[tuple[Any, ...]]:
        places = [(row.run_id, row.line) for row in rows]
        return [(lines[place].person_id, lines[place].amount_fen) for place in places]

    def changes(action: str) -> list[tuple[Any, ...]]:
        return [(row.award_id,) for row in books.award_changes if row.action == action]

    returned = {row.id for row in books.held_payments if row.instruction_id}
    followed = {row.change_id for row in books.award_changes}
    return {
        messages.AwardGranted: [(row.person_id,) for row in books.awards if row.ref not in followed],
        messages.FundAllotted: [(row.allotment_id, row.amount_fen) for row in books.fund_allotments],
        messages.AwardStopped: changes("stop"),
        messages.AwardHeld: changes("hold"),
        messages.AwardReleased: changes("release"),
        messages.AwardRegraded: changes("regrade"),
        messages.AwardResumed: changes("resume"),
        messages.DisbursementApproved: [
            (row.run_id, row.amount_fen) for row in books.runs if row.run_id in books.decided
        ],
        messages.DisbursementRejected: [
            (row.run_id, row.amount_fen) for row in books.runs if row.state == "rejected"
        ],
        messages.PaymentInstructed: of_line(row for row in books.instructions if row.held_id not in returned),
        messages.PaymentReissued: of_line(row for row in books.instructions if row.held_id in returned),
        messages.PaymentReturned: [
            (people[row.instruction_id], amounts[row.instruction_id])
            for row in books.bank_answers
            if not row.paid
        ],
        messages.PaymentMade: [(row.person_id, row.amount_fen) for row in books.payments],
        messages.PaymentGivenUp: of_line(books.changed("give_up")),
        messages.PaymentTakenBack: of_line(books.changed("take_back")),
        messages.DifferenceFound: [(row.person_id, row.amount_fen) for row in books.differences],
        messages.DebtSettled: [(row.debt_id, row.amount_fen) for row in books.debt_entries],
    }


def nothing_failed(books: Books) -> None:
    assert books.parked_event == []
    assert [row.error for row in books.job if row.state == "failed"] == []


INVARIANTS: tuple[Callable[[Books], None], ...] = (
    nothing_failed,
    everybody_is_listed_and_paid_once,
    parts_sum,
    lists_are_as_they_were_frozen,
    allotments_are_drawn_by_the_lines_that_stand,
    debts_shrink_by_their_entries_and_by_no_more_than_the_cap,
    the_ledger_is_what_was_decided,
    every_change_is_told_once,
)
