"""A dispute that a screening round found, and what may become of it."""

from datetime import date
from pathlib import Path

import pytest

from kernel.errors import NotFound, Refusal
from kernel.rulebook import RuleBook
from services.registry.domain.dispute import Act, Action, Dispute, decide, found

RULES = RuleBook.load(Path(__file__).parents[3] / "services" / "registry" / "rules")
DAY = date(2024, 2, 8)
VIEW = RULES.at(DAY)


def act(action: Action, day: date = DAY) -> Act:
    return Act(action, day, "c" if action == "escalate" else None)


def after(*actions: Action) -> Dispute:
    dispute = found(DAY, DAY, "family", VIEW)
    for action in actions:
        dispute = decide(dispute, act(action), VIEW)
    return dispute


def refusal(dispute: Dispute, step: Act) -> tuple[str, object]:
    with pytest.raises(Refusal) as refused:
        decide(dispute, step, VIEW)
    return refused.value.code, refused.value.facts["field"]


@pytest.mark.parametrize(
    ("actions", "allowed"),
    [
        ((), {"mediate", "escalate"}),
        (("mediate",), {"mediate", "settle", "escalate"}),
        (("mediate", "settle"), set()),
        (("escalate",), set()),
    ],
)
@pytest.mark.parametrize("action", ["mediate", "settle", "escalate"])
def test_a_dispute_is_mediated_before_it_is_settled_and_an_ended_one_stays_ended(
    actions: tuple[Action, ...], allowed: set[str], action: Action
):
    if action in allowed:
        decide(after(*actions), act(action), VIEW)
    else:
        assert refusal(after(*actions), act(action)) == ("registry.dispute_state", "action")


def test_the_petition_is_named_when_it_became_one_and_only_then():
    assert refusal(after(), Act("escalate", DAY)) == ("registry.dispute_act_fields", "case_ref")
    assert refusal(after(), Act("mediate", DAY, "c")) == ("registry.dispute_act_fields", "case_ref")


def test_steps_come_in_the_order_of_their_days():
    assert refusal(after(), act("mediate", date(2024, 2, 7))) == ("registry.act_out_of_order", "acted_on")


def test_a_dispute_is_found_on_or_after_the_first_day_of_its_round_and_of_a_known_kind():
    assert found(DAY, DAY, "land", VIEW).state == "found"
    with pytest.raises(Refusal, match=r"registry\.found_before_round"):
        found(DAY, date(2024, 2, 9), "land", VIEW)
    with pytest.raises(Refusal, match=r"registry\.unknown_dispute_kind"):
        found(DAY, DAY, "weather", VIEW)
    with pytest.raises(NotFound, match=r"rule\.not_in_force"):
        found(DAY, DAY, "land", RULES.at(date(1999, 12, 31)))
