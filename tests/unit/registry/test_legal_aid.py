"""Legal aid: decided within the days of the rule of the day, then given."""

from datetime import date
from pathlib import Path

import pytest

from kernel.errors import NotFound, Refusal
from kernel.rulebook import RuleBook
from kernel.workdays import Workdays
from services.registry.domain.legal_aid import Act, Action, Matter, decide, requested

RULES = RuleBook.load(Path(__file__).parents[3] / "services" / "registry" / "rules")
WORKDAYS = Workdays.of(RULES)
DAY = date(2024, 4, 1)
VIEW = RULES.at(DAY)


def asked(day: date = DAY, kind: str = "civil") -> Matter:
    return requested(day, kind, RULES.at(day), WORKDAYS)


def act(action: Action, day: date = DAY) -> Act:
    return Act(action, day, "won", 12) if action == "give" else Act(action, day)


def after(*actions: Action) -> Matter:
    matter = asked()
    for action in actions:
        matter = decide(matter, act(action), VIEW)
    return matter


def refusal(matter: Matter, step: Act) -> tuple[str, object]:
    with pytest.raises(Refusal) as refused:
        decide(matter, step, VIEW)
    return refused.value.code, refused.value.facts["field"]


@pytest.mark.parametrize(
    ("day", "due_on"),
    [
        (date(2012, 6, 29), date(2012, 7, 10)),  # assumed
        (date(2012, 7, 2), date(2012, 7, 11)),
        (date(2021, 12, 31), date(2022, 1, 12)),  # 7 working days over the New Year
        (date(2022, 1, 1), date(2022, 1, 8)),  # 7 days
    ],
)
def test_the_decision_is_due_as_the_rule_of_the_day_of_the_request_says(day: date, due_on: date):
    assert asked(day).decision_due_on == due_on


def test_a_request_before_the_first_rule_or_of_an_unknown_kind_is_refused():
    with pytest.raises(NotFound, match=r"rule\.not_in_force"):
        asked(date(2003, 12, 31))
    with pytest.raises(Refusal, match=r"registry\.unknown_legal_aid_kind"):
        asked(kind="weather")


@pytest.mark.parametrize(
    ("actions", "allowed"),
    [
        ((), {"grant", "refuse"}),
        (("grant",), {"give"}),
        (("refuse",), set()),
        (("grant", "give"), set()),
    ],
)
@pytest.mark.parametrize("action", ["grant", "refuse", "give"])
def test_no_state_is_skipped(actions: tuple[Action, ...], allowed: set[str], action: Action):
    if action in allowed:
        decide(after(*actions), act(action), VIEW)
    else:
        assert refusal(after(*actions), act(action)) == ("registry.legal_aid_state", "action")


def test_help_has_its_outcome_and_hours_and_no_other_step_has():
    assert refusal(after("grant"), Act("give", DAY, "won")) == ("registry.legal_aid_act_fields", "hours")
    assert refusal(after("grant"), Act("give", DAY, None, 3)) == ("registry.legal_aid_act_fields", "outcome")
    assert refusal(after(), Act("grant", DAY, "won")) == ("registry.legal_aid_act_fields", "outcome")
    given = after("grant", "give")
    assert (given.outcome, given.hours) == ("won", 12)
