"""Everybody does what is left to do; then nobody was missed."""

from tests.services.subsidy.cycle.base import PEOPLE
from tests.services.subsidy.cycle.books import Books
from tests.services.subsidy.cycle.money import Money
from tests.support.registry_events import identifier

ROUNDS = 8
"""More than it takes: what comes back is sent again, and back-pay is found meanwhile."""


def finish(cycle: Money) -> None:
    """Pay all that is due by now; raises AssertionError when somebody was paid anything else."""
    for life in cycle.law.lives.values():
        if life.frozen and not life.gone and life.head is None:
            cycle.thawed(life, cycle.day(life, 0))
    for _ in range(ROUNDS):
        before = cycle.books()
        _round(cycle)
        after = cycle.books()
        if (after.run_lines, after.payments) == (before.run_lines, before.payments):
            break
    found = len(cycle.books().differences)
    cycle.recompute()
    now = cycle.books()
    assert len(now.differences) == found
    cycle.check(now)
    nobody_was_missed(cycle, now)


def _round(cycle: Money) -> None:
    """Accounts for those who have none that takes money; who died is given up; the rest is paid."""
    now = cycle.books()
    have = {row.person_id for row in now.pay_accounts}
    waits = {row.person_id for row in now.held_payments if row.reason == "account_closed"}
    for number in PEOPLE:
        if identifier(number) not in have or identifier(number) in waits:
            cycle.account(number - 1)
    cycle.office.wait(4)
    cycle.look()
    for row in now.held_payments:
        if row.state == "open" and row.reason == "holder_deceased":
            cycle.changed(row.id, back=False)
    cycle.recompute()
    for back in range(cycle.office.today.month - 1):
        cycle.plan(back, 0)
    cycle.pay_what_is_planned()


def nobody_was_missed(cycle: Money, now: Books) -> None:
    """Every line is paid once, or given up; whatever is due has a line."""
    assert {row.state for row in now.runs} <= {"paid", "rejected"}
    for place, line in now.lines.items():
        assert now.standing[place] == (line.stands and place not in now.given_up), place
    listed = {(row.person_id, row.period) for row in now.standing_lines}
    for row in now.differences:
        assert row.kind == "over_payment" or (row.person_id, row.line_period) in listed
    months = {(cycle.head(int(person_id, 16)), period) for person_id, period in listed}
    for number in cycle.law.lives:
        for month in range(2, cycle.office.today.month + 1):
            due = cycle.law.due(number, month)
            assert due is not None
            assert 0 in due or (cycle.head(number), f"2026-{month:02d}") in months, (number, month)
