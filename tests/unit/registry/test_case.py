"""Steps of a case: their order, their fields, and the last days of its clocks on both sides of each rule."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import NotFound, Refusal
from kernel.rulebook import RuleBook
from kernel.workdays import Workdays
from services.registry.domain.case import Act, Action, Case, Terms, check_matter, decide, received
from services.registry.domain.span import Span

RULES = RuleBook.load(Path(__file__).parents[3] / "services" / "registry" / "rules")
WORKDAYS = Workdays.of(RULES)
DAY = date(2024, 3, 1)
FIELDS: dict[Action, dict[str, Any]] = {
    "accept": {},
    "decline": {"reason": "not_in_charge"},
    "assign": {"unit_id": "u"},
    "extend": {"reason": "complex", "extended_by": 30},
    "answer": {"outcome": "settled"},
    "rate": {"satisfied": False},
}


def terms(day: date = DAY, channel: str = "visit") -> Terms:
    return Terms.of(RULES.at(day), channel)


def act(action: Action, day: date = DAY, **changes: Any) -> Act:
    return Act(action, day, **FIELDS[action] | changes)


def after(*actions: Action | Act, channel: str = "visit") -> Case:
    """The case that these steps lead to, all on the day of receipt unless they say another."""
    case = received(DAY, terms(channel=channel), WORKDAYS)
    for each in actions:
        step = each if isinstance(each, Act) else act(each)
        case = decide(case, step, terms(step.acted_on, channel), WORKDAYS)
    return case


def refusal(case: Case, step: Act) -> tuple[str, object]:
    with pytest.raises(Refusal) as refused:
        decide(case, step, terms(step.acted_on), WORKDAYS)
    return refused.value.code, refused.value.facts["field"]


def test_a_petition_is_told_of_in_15_days_and_answered_in_60_after_its_acceptance():
    case = after()
    assert case.running == ("notice", date(2024, 3, 16))
    accepted = decide(case, act("accept", date(2024, 3, 10)), terms(), WORKDAYS)
    assert accepted.running == ("answer", date(2024, 3, 10) + timedelta(days=60))
    assert after("accept", "assign", "answer").running is None
    assert after("decline").running is None


def test_a_call_has_the_working_days_of_the_hotline():
    # 1 March 2024 is a Friday; 4 April is Tomb-Sweeping Day, and Sunday the 7th is worked in exchange.
    case = after(channel="hotline_12345")
    assert case.running == ("notice", date(2024, 3, 4))
    accepted = decide(case, act("accept", date(2024, 4, 3)), terms(channel="hotline_12345"), WORKDAYS)
    assert accepted.running == ("answer", date(2024, 4, 11))


@pytest.mark.parametrize("day", [date(2005, 4, 30), date(2005, 5, 1), date(2022, 4, 30), date(2022, 5, 1)])
def test_the_clocks_of_petitions_are_the_same_on_both_sides_of_each_new_rule(day: date):
    told = terms(day)
    assert (told.notice, told.answer, told.extension) == (
        Span(15, "days"),
        Span(60, "days"),
        Span(30, "days"),
    )


def test_no_clock_is_known_before_the_first_rule():
    with pytest.raises(NotFound, match=r"rule\.not_in_force"):
        terms(date(1999, 12, 31))


@pytest.mark.parametrize(
    ("day", "clock"), [(date(2024, 3, 16), None), (date(2024, 3, 17), "notice"), (date(2025, 1, 1), "notice")]
)
def test_a_clock_is_missed_from_the_day_after_its_last_day(day: date, clock: str | None):
    assert after().missed(day) == clock


LAST = DAY + timedelta(days=60)


def test_the_time_is_extended_once_up_to_its_last_day_and_by_no_more_than_30_days():
    accepted = after("accept")
    assert decide(accepted, act("extend", LAST), terms(), WORKDAYS).answer_due_on == LAST + timedelta(days=30)
    late = act("extend", LAST + timedelta(days=1))
    assert refusal(accepted, late) == ("registry.deadline_passed", "acted_on")
    assert refusal(accepted, act("extend", extended_by=31)) == ("registry.extension_too_long", "extended_by")
    assert refusal(after("accept", "extend"), act("extend")) == ("registry.extended_already", "action")


ALLOWED: dict[str, set[Action]] = {
    "received": {"accept", "decline", "assign"},
    "accepted": {"assign", "extend", "answer"},
    "declined": set(),
    "answered": {"rate"},
}
REACHED: dict[str, Case] = {
    "received": after("assign"),
    "accepted": after("assign", "accept"),
    "declined": after("decline"),
    "answered": after("assign", "accept", "answer"),
}


@pytest.mark.parametrize("action", FIELDS)
@pytest.mark.parametrize("state", ALLOWED)
def test_no_state_is_skipped(state: str, action: Action):
    case = REACHED[state]
    assert case.state == state
    if action in ALLOWED[state]:
        decide(case, act(action), terms(), WORKDAYS)
    else:
        assert refusal(case, act(action)) == ("registry.case_state", "action")


def test_nobody_answers_a_case_that_no_unit_has():
    assert refusal(after("accept"), act("answer")) == ("registry.case_not_assigned", "action")


def test_an_answer_is_rated_once():
    assert refusal(after("accept", "assign", "answer", "rate"), act("rate")) == (
        "registry.rated_already",
        "action",
    )


def test_a_hand_over_changes_unit_and_officer_and_stops_no_clock():
    first = after("accept", act("assign", unit_id="a", officer="li"))
    second = decide(first, act("assign", unit_id="b"), terms(), WORKDAYS)
    assert (second.unit_id, second.officer, second.running) == ("b", None, first.running)


def test_steps_come_in_the_order_of_their_days():
    case = after(act("accept", date(2024, 3, 5)))
    assert refusal(case, act("assign", date(2024, 3, 4))) == ("registry.act_out_of_order", "acted_on")


@pytest.mark.parametrize("action", FIELDS)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("reason", "complex"),
        ("unit_id", "u"),
        ("officer", "li"),
        ("extended_by", 3),
        ("outcome", "settled"),
        ("satisfied", True),
    ],
)
def test_each_action_has_its_own_fields_and_no_others(action: Action, name: str, value: object):
    if (action, name) == ("assign", "officer"):
        decide(after(), act("assign", officer="li"), terms(), WORKDAYS)
        return
    changes: dict[str, Any] = {name: None if name in FIELDS[action] else value}
    field = "unit_ref" if name == "unit_id" else name
    assert refusal(after(), act(action, **changes)) == ("registry.case_act_fields", field)


def test_each_action_has_its_own_reasons():
    declined, extended = act("decline", reason="complex"), act("extend", reason="concluded")
    assert refusal(after(), declined) == ("registry.case_act_fields", "reason")
    assert refusal(after("accept"), extended) == ("registry.case_act_fields", "reason")


def test_a_matter_is_one_that_the_rules_list():
    check_matter(RULES.at(DAY), "subsidy")
    with pytest.raises(Refusal, match=r"registry\.unknown_matter"):
        check_matter(RULES.at(DAY), "weather")


def test_a_period_past_the_calendar_or_in_another_unit_is_refused():
    with pytest.raises(Refusal, match=r"registry\.date_out_of_range"):
        Span(1, "days").last_day(date.max, WORKDAYS)
    with pytest.raises(ValueError, match="years"):
        Span(1, "years")


@given(
    st.lists(st.tuples(st.sampled_from(list(FIELDS)), st.integers(0, 100)), max_size=12),
    st.sampled_from(["visit", "hotline_12345"]),
)
def test_whatever_is_tried_a_case_has_at_most_one_clock_and_ends_only_answered_or_declined(
    tried: list[tuple[Action, int]], channel: str
):
    case = received(DAY, terms(channel=channel), WORKDAYS)
    for action, days in tried:
        day = DAY + timedelta(days=days)
        before = case
        try:
            case = decide(case, act(action, day), terms(day, channel), WORKDAYS)
        except Refusal:
            assert case is before
        assert (case.running is None) == (case.state in {"answered", "declined"})
        assert case.last_act_on >= before.last_act_on
        assert (case.outcome is None) == (case.state != "answered")
