"""Whatever the order of news, rates, runs and looks: lines and debts are what the rules say as known now."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

import pytest

from chassis.rpc import Refused
from contracts import subsidy as messages
from services.subsidy import tables
from services.subsidy.difference_tables import debt_entries, debts, differences
from services.subsidy.handlers import plan, recompute
from tests.services.subsidy.monthly import DISTRICT, grant, live, nursing, pay_month
from tests.services.subsidy.steps import events
from tests.services.subsidy.test_recompute import account, new_rate, paid_back, recomputed
from tests.support import registry_events
from tests.support.platform import Harness
from tests.support.registry_events import identifier

ACTS = 18
PERSONS = (1, 2, 3)
MONTHS = range(2, 9)
LAST = 9


@dataclass
class Life:
    """What the test itself knows of a person. grades: by month. last: the last month that is paid."""

    grades: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(2, LAST + 1), 2))
    last: int = LAST
    held_from: int | None = None
    alive: bool = True


@dataclass
class Office:
    """Does things at random, and keeps in mind what they come to."""

    subsidy: Harness
    random: Random
    lives: dict[int, Life] = field(default_factory=lambda: {number: Life() for number in PERSONS})
    rates: dict[int, dict[int, int]] = field(
        default_factory=lambda: {grade: dict.fromkeys(range(2, LAST + 1), 290) for grade in (1, 2)}
    )

    def tell(self, kind: str, number: int, month: int, **fields: Any) -> None:
        event = getattr(registry_events, kind)(
            number, region=DISTRICT, acted_on=date(2026, month, 10), **fields
        )
        self.subsidy.feed("registry", [event])

    def someone(self) -> tuple[int, Life, int]:
        number = self.random.choice([each for each in PERSONS if self.lives[each].alive])
        return number, self.lives[number], self.random.choice(MONTHS)

    def regrade(self) -> None:
        number, life, month = self.someone()
        grade = self.random.choice((1, 2))
        self.tell("changed", number, month, grade=grade, previous_category="physical", previous_grade=2)
        life.held_from = None
        life.grades |= dict.fromkeys(range(month, LAST + 1), grade)

    def freeze(self) -> None:
        number, life, month = self.someone()
        self.tell("frozen", number, month, reason="not_moved")
        life.held_from = life.held_from or month + 1

    def thaw(self) -> None:
        number, life, month = self.someone()
        grade = life.grades[LAST]
        self.tell("thawed", number, month, grade=grade)
        life.held_from = None
        # It tells the grade too, since its own day.
        life.grades |= dict.fromkeys(range(month, LAST + 1), grade)

    def bury(self) -> None:
        number, life, month = self.someone()
        self.tell("cancelled", number, month, reason="death")
        life.last = min(month, life.last, (life.held_from or LAST + 1) - 1)
        life.alive = False

    def rate(self) -> None:
        grade, month = self.random.choice((1, 2)), self.random.choice(MONTHS)
        yuan = self.random.choice((100, 290, 333))
        new_rate(self.subsidy, f"nursing.rate.grade_{grade}.44", f"{yuan}.00", f"2026-0{month}-01")
        later = [since for since in self.told.get(grade, ()) if since > month]
        self.rates[grade] |= dict.fromkeys(range(month, min([*later, LAST + 1])), yuan)
        self.told.setdefault(grade, set()).add(month)

    told: dict[int, set[int]] = field(default_factory=dict)

    def pay(self) -> None:
        pay_month(self.subsidy, "nursing", f"2026-0{self.random.choice(MONTHS)}")

    def look(self) -> None:
        recomputed(self.subsidy, "nursing")

    def repay(self) -> None:
        row = self.random.choice(sorted(self.subsidy.rows(debts), key=lambda each: each.debt_id))
        paid_back(self.subsidy, row.debt_id, "30.00", f"ZW-{self.random.random()}")

    def due(self, person_id: str, period: str) -> int:
        """What the month amounts to as known now, in fen."""
        life, month = self.lives[int(person_id, 16)], int(period[-2:])
        return self.rates[life.grades[month]][month] * 100 if month <= life.last else 0


@pytest.mark.system("SUB-02")
@pytest.mark.parametrize("seed", range(4))
def test_lines_and_debts_are_what_the_rules_say_as_known_now(
    subsidy: Harness, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(plan, "AWARDS_PER_STEP", 2)
    monkeypatch.setattr(recompute, "LINES_PER_STEP", 2)
    office = Office(subsidy, Random(seed))  # noqa: S311 - to repeat a failure
    for number in PERSONS:
        live(subsidy, number)
    assert set(grant(subsidy, *(nursing(number) for number in PERSONS))) == {"created"}
    office.pay()
    kinds = [office.regrade, office.freeze, office.thaw, office.bury, office.rate, office.repay]
    kinds += [office.pay, office.look] * 3

    for _ in range(ACTS):
        # What is not possible at that moment is refused, and changes nothing.
        with suppress(Refused, IndexError):
            office.random.choice(kinds)()

    for number, life in office.lives.items():
        if life.held_from and life.alive:
            office.tell("thawed", number, LAST, grade=life.grades[LAST])
            life.held_from = None
    office.look()
    with suppress(Refused):  # nobody is left
        pay_month(subsidy, "nursing", f"2026-0{LAST}")
    found = len(subsidy.rows(differences))
    office.look()
    assert len(subsidy.rows(differences)) == found
    _check_lines(office)
    _check_books(office)


def _check_lines(office: Office) -> None:
    """Of each month paid to each person: lines, less debts, is what is due."""
    subsidy = office.subsidy
    kept: dict[tuple[str, int], int] = {}
    for entry in subsidy.rows(debt_entries):
        if entry.kind == "offset":
            kept[entry.run_id, entry.line] = kept.get((entry.run_id, entry.line), 0) + entry.amount_fen
    had: dict[tuple[str, str], int] = {}
    for line in subsidy.rows(tables.run_lines):
        key = line.person_id, line.period.partition("+")[0]
        had[key] = had.get(key, 0) + line.amount_fen + kept.get((line.run_id, line.seq), 0)
    for each in subsidy.rows(differences):
        if each.kind == "over_payment":
            had[each.person_id, each.line_period.partition("+")[0]] -= each.amount_fen
    assert had == {key: office.due(*key) for key in had}
    assert {person_id for person_id, _ in had} <= {identifier(number) for number in PERSONS}


def _check_books(office: Office) -> None:
    subsidy = office.subsidy
    lines, owed = subsidy.rows(tables.run_lines), subsidy.rows(debts)
    paid = sum(row.amount_fen for row in subsidy.rows(tables.payments))
    assert paid == sum(row.amount_fen for row in lines)
    assert len(events(subsidy, messages.PaymentMade)) == len(lines)
    assert balance(subsidy, "debt:nursing") == sum(row.amount_fen - row.settled_fen for row in owed)
    assert balance(subsidy, "expense:nursing") == sum(
        office.due(person_id, period)
        for person_id, period in {(row.person_id, row.period.partition("+")[0]) for row in lines}
    )
    told = subsidy.call("reconcile", {"period": "2026"}, subsidy.auditor(region=DISTRICT))
    assert told["first_difference"] is None


def balance(subsidy: Harness, name: str) -> int:
    """Debit less credit, in fen."""
    debit, credit = (int(each.replace(".", "")) for each in account(subsidy, name))
    return debit - credit
