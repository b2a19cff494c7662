"""What the machine's rules have in common: the office, the law beside it, and what holds at any moment."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from chassis.rpc import Refused
from contracts import registry
from services.subsidy.handlers import changes
from tests.services.subsidy.cycle import books
from tests.services.subsidy.cycle.books import Books
from tests.services.subsidy.cycle.law import Law, Life
from tests.services.subsidy.cycle.office import Office
from tests.services.subsidy.test_recompute import new_rate
from tests.support import registry_events
from tests.support.bank import fen, yuan
from tests.support.platform import Harness
from tests.support.registry_events import identifier

STREETS = ("440106001000", "440106002000")
PEOPLE = (1, 2, 3, 4)
few = st.integers(0, 5)
ago = st.integers(0, 75)
"""Days."""


class Base(RuleBasedStateMachine):
    """opener: opens the service on an empty database, again and again. seen: lines compared with the law."""

    def __init__(self, opener: Callable[[], Harness]) -> None:
        super().__init__()
        self.office = Office(opener)
        self.law = Law()
        self.seen: set[books.Place] = set()
        self.refs = 0

    def ref(self) -> str:
        self.refs += 1
        return f"N-{self.refs}"

    def books(self) -> Books:
        return Books.read(self.office.subsidy)

    def day(self, life: Life, days_ago: int) -> date:
        """When news of somebody happened: some days ago, but not before the last ones."""
        day = max(life.day, self.office.today - timedelta(days=days_ago))
        life.day = day
        return day

    def someone(self, which: int, fits: Callable[[Life], bool] = lambda _: True) -> Life | None:
        """Somebody who lives here and stands for themselves."""
        found = [
            life for life in self.law.lives.values() if not life.gone and life.head is None and fits(life)
        ]
        return found[which % len(found)] if found else None

    def tell(self, kind: str, life: Life, day: date, **fields: Any) -> None:
        facts = {"grade": life.grade, "expires_on": life.expires, "acted_on": day, "region": STREETS[0]}
        self.office.tell(getattr(registry_events, kind)(life.number, **facts | fields))

    def thawed(self, life: Life, day: date) -> None:
        self.tell("thawed", life, day)
        with self.law.told(life.number, day):
            self.law.thaw(life.number)

    def flag(self, life: Life, day: date, *flags: Any) -> None:
        self.office.tell(
            registry.HouseholdFlagsChanged(
                region=STREETS[0], household_id=identifier(life.number), flags=list(flags), changed_on=day
            )
        )

    def look(self) -> None:
        """What a service does every day."""
        self.office.start_daily(changes.JOB)
        self.office.work_to_the_end()
        self.law.look(self.office.today)

    def send(self, method: str, fields: dict[str, Any], caller: str) -> dict[str, Any] | None:
        """A command that may be refused for what is the case."""
        try:
            return self.office.call(method, fields, caller)
        except Refused:
            return None

    def new_rate(self, grade: int, month: int, amount: int) -> None:
        """A notice that comes now, and holds since a month."""
        key = f"nursing.rate.grade_{grade}.44"
        new_rate(self.office.subsidy, key, yuan(amount), f"2026-{month:02d}-01")
        self.law.rates.setdefault(grade, {})[month] = amount

    @invariant()
    def the_books_are_right(self) -> None:
        self.check(self.books())

    def check(self, now: Books) -> None:
        for each in books.INVARIANTS:
            each(now)
        books.the_bank_is_told_once_and_has_paid_what_it_answered(now, self.office.bank)
        told = self.office.ask("reconcile", {"period": "2026"})
        assert told["first_difference"] is None
        for run_id in (None, *(row.run_id for row in now.runs[-1:])):
            totals = self.office.ask("trial_balance", {"run_id": run_id} if run_id else {})["accounts"]
            debit, credit = (sum(fen(row[side]) for row in totals) for side in ("debit", "credit"))
            assert debit == credit
        self._check_new_lines(now)

    def _check_new_lines(self, now: Books) -> None:
        """A line is what the law says on the day on which it is listed, and the only one of the month."""
        found = {(row.person_id, row.line_period): row.amount_fen for row in now.differences}
        listed = {(line.person_id, line.period) for line in now.standing_lines}
        for place in sorted(set(now.lines) - self.seen):
            self.seen.add(place)
            line = now.lines[place]
            whole, number = line.amount_fen + now.kept[place], int(line.person_id, 16)
            if "+" in line.period:
                assert whole == found[line.person_id, line.period]
                continue
            due = self.law.due(number, int(line.period[-2:]))
            assert due is not None
            assert whole in due - {0}, (number, line.period, whole, due)
            kin = [life.number for life in self.law.kin(number) if life.number != number]
            assert not [other for other in kin if (identifier(other), line.period) in listed]

    def head(self, number: int) -> int:
        """Who stands for the record."""
        return self.law.lives[number].head or number
