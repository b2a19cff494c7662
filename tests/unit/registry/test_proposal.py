"""Proposals: met, replied to in time, rated once."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import NotFound, Refusal
from kernel.rulebook import RuleBook
from services.registry.domain.proposal import Act, Action, Proposal, assigned, decide
from services.registry.domain.span import months_later

RULES = RuleBook.load(Path(__file__).parents[3] / "services" / "registry" / "rules")
DAY = date(2018, 3, 30)
VIEW = RULES.at(DAY)
FIELDS: dict[Action, dict[str, Any]] = {
    "consult": {},
    "extend": {},
    "reply": {"reply_class": "A"},
    "rate": {"satisfied": True},
}


def act(action: Action, day: date = DAY, **changes: Any) -> Act:
    return Act(action, day, **FIELDS[action] | changes)


def after(*actions: Action, role: str = "sole", kind: str = "consultative_proposal") -> Proposal:
    proposal = assigned(DAY, kind, role, VIEW)
    for action in actions:
        proposal = decide(proposal, act(action), VIEW)
    return proposal


def refusal(proposal: Proposal, step: Act) -> tuple[str, object]:
    with pytest.raises(Refusal) as refused:
        decide(proposal, step, VIEW)
    return refused.value.code, refused.value.facts["field"]


@pytest.mark.parametrize("kind", ["congress_suggestion", "consultative_proposal"])
def test_a_reply_is_due_three_months_after_the_assignment(kind: str):
    assert after(kind=kind).reply_due_on == date(2018, 6, 30)
    with pytest.raises(NotFound, match=r"rule\.not_in_force"):
        assigned(date(1999, 12, 31), kind, "sole", RULES.at(date(1999, 12, 31)))


def test_the_time_is_extended_once_before_it_is_over_to_six_months():
    last = date(2018, 6, 30)
    assert decide(after(), act("extend", last), VIEW).reply_due_on == date(2018, 9, 30)
    assert refusal(after(), act("extend", last + timedelta(days=1))) == (
        "registry.deadline_passed",
        "acted_on",
    )
    assert refusal(after("extend"), act("extend")) == ("registry.extended_already", "action")


@pytest.mark.parametrize("role", ["sole", "lead"])
def test_who_answers_speaks_with_the_proposer_before_the_reply(role: str):
    assert refusal(after(role=role), act("reply")) == ("registry.proposer_not_consulted", "action")
    assert after("consult", "reply", role=role).state == "replied"


def test_who_assists_another_office_need_not_meet_the_proposer():
    assert after("reply", role="assisting").state == "replied"


@pytest.mark.parametrize(
    ("actions", "refused"),
    [
        ((), {"rate"}),
        (("consult",), {"rate"}),
        (("consult", "reply"), {"consult", "extend", "reply"}),
    ],
)
def test_no_state_is_skipped(actions: tuple[Action, ...], refused: set[Action]):
    for action in refused:
        assert refusal(after(*actions), act(action)) == ("registry.proposal_state", "action")


def test_a_reply_is_rated_once_and_each_step_has_its_own_fields():
    assert refusal(after("consult", "reply", "rate"), act("rate")) == ("registry.rated_already", "action")
    fields = "registry.proposal_act_fields"
    assert refusal(after("consult"), act("reply", reply_class=None)) == (fields, "reply_class")
    assert refusal(after("consult", "reply"), act("rate", satisfied=None)) == (fields, "satisfied")
    assert refusal(after(), act("consult", satisfied=True)) == (fields, "satisfied")


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        (date(2024, 11, 30), 3, date(2025, 2, 28)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2024, 1, 31), 12, date(2025, 1, 31)),
    ],
)
def test_a_month_without_the_day_ends_a_period_on_its_last_one(start: date, months: int, last: date):
    assert months_later(start, months) == last


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 60))
def test_months_later_is_in_the_month_that_many_later(start: date, months: int):
    last = months_later(start, months)
    assert (last.year * 12 + last.month) - (start.year * 12 + start.month) == months
    assert last.day <= start.day


def test_a_period_past_the_calendar_is_refused():
    with pytest.raises(Refusal, match=r"registry\.date_out_of_range"):
        months_later(date(9999, 11, 1), 3)
