"""The rules of the organisation network: states that cannot be skipped, money and hours that must fit."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import NotFound, Refusal
from kernel.ladder import Act, Ladder, Standing
from kernel.rulebook import RuleBook
from services.registry.domain import archive, organisation, pair, project, staff_training, term, volunteer
from services.registry.domain.appointment import appointed, of_one_holder
from services.registry.domain.correction import Earlier, check_correction

RULES = RuleBook.load(Path(__file__).parents[3] / "services" / "registry" / "rules")
DAY = date(2024, 4, 1)
VIEW = RULES.at(DAY)
LADDERS: Mapping[str, tuple[Ladder[Any], Standing]] = {
    "organisation": (organisation.STEPS, Standing("established", DAY)),
    "delegate": (term.DELEGATE_STEPS, Standing("named", DAY)),
    "attendance": (staff_training.ATTENDANCE_STEPS, Standing("attended", DAY)),
    "volunteer": (volunteer.STEPS, Standing("registered", DAY)),
}


@pytest.mark.parametrize("name", LADDERS)
def test_a_step_from_another_state_or_back_in_time_is_refused(name: str):
    ladder, begun = LADDERS[name]
    for action, (step, _) in ladder.steps.items():
        strange = Standing("nowhere", DAY)
        with pytest.raises(Refusal, match=rf"{ladder.noun}_state"):
            ladder.decide(strange, Act(action, DAY), VIEW)
        early = Standing(step.states[0], DAY)
        with pytest.raises(Refusal, match=r"registry\.act_out_of_order"):
            ladder.decide(early, Act(action, date(2024, 3, 31)), VIEW)
    assert begun.state in ladder.open


@pytest.mark.parametrize(
    ("start", "due_on"),
    [(date(2018, 5, 21), date(2023, 5, 21)), (date(2020, 2, 29), date(2025, 2, 28))],
)
def test_a_term_is_due_five_years_after_it_took_office(start: date, due_on: date):
    begun = term.Term("elected", date(2018, 1, 1))
    assert term.decide(begun, Act("take_office", start), RULES.at(start)).due_on == due_on


@pytest.mark.parametrize(("year", "due_on"), [(2023, date(2024, 6, 30)), (1988, date(1989, 6, 30))])
def test_an_archive_is_due_half_a_year_after_its_year(year: int, due_on: date):
    assert archive.opened("work", year, date(year, 12, 1), RULES.at(date(year, 12, 1))).due_on == due_on


def test_nothing_is_known_before_the_first_day_of_the_rules():
    before, first = date(1987, 12, 31), date(1988, 1, 1)
    assert appointed("chair", "federation", first, first, RULES.at(first)).state == "in_office"
    with pytest.raises(NotFound, match=r"rule\.not_in_force"):
        appointed("chair", "federation", before, before, RULES.at(before))


@pytest.mark.parametrize("kind", ["blind", "deaf", "physical", "intellectual", "mental"])
def test_the_special_associations_share_their_posts_and_have_no_commissioners(kind: str):
    assert appointed("chair", f"{kind}_association", DAY, DAY, VIEW).state == "in_office"
    with pytest.raises(Refusal, match=r"registry\.unknown_word"):
        appointed("commissioner", f"{kind}_association", DAY, DAY, VIEW)
    assert (of_one_holder("chair", VIEW), of_one_holder("vice_chair", VIEW)) == (True, False)


def test_a_pair_counts_its_visits_and_cannot_be_lifted_without_one():
    begun = pair.paired("cadre", DAY, "h", None, VIEW)
    with pytest.raises(Refusal, match=r"registry\.pair_state"):
        pair.decide(begun, pair.Act("lift", DAY), VIEW)
    visited = pair.decide(pair.decide(begun, pair.Act("visit", DAY), VIEW), pair.Act("visit", DAY), VIEW)
    assert (visited.state, visited.visits) == ("helping", 2)
    lifted = pair.decide(visited, pair.Act("lift", DAY), VIEW)
    with pytest.raises(Refusal, match=r"registry\.pair_state"):
        pair.decide(lifted, pair.Act("end", DAY, "other"), VIEW)


@pytest.mark.parametrize(
    ("hours", "since", "until", "refused"),
    [
        (24, date(2024, 2, 29), date(2024, 2, 29), False),
        (25, date(2024, 2, 29), date(2024, 2, 29), True),
        (48, date(2024, 2, 28), date(2024, 2, 29), False),
        (8784, date(2024, 1, 1), date(2024, 12, 31), False),
        (8784, date(2023, 1, 1), date(2023, 12, 31), True),
    ],
)
def test_days_have_twenty_four_hours_each(hours: int, since: date, until: date, refused: bool):
    joined = date(2020, 1, 1)
    if not refused:
        volunteer.check_hours(since, until, hours, joined, None)
        return
    with pytest.raises(Refusal, match=r"registry\.hours_exceed_days"):
        volunteer.check_hours(since, until, hours, joined, None)


@given(amount=st.integers(1, 1000), back=st.integers(1, 2000))
def test_no_correction_takes_back_more_than_there_was(amount: int, back: int):
    earlier = Earlier("o", amount, DAY, takes_back=False)
    if back <= amount:
        check_correction(earlier, "o", back, DAY, "amount")
        return
    with pytest.raises(Refusal, match=r"registry\.correction_too_large"):
        check_correction(earlier, "o", back, DAY, "amount")


MONEY = ("approve", "adjust", "pay", "take_back")
ACTIONS = st.sampled_from([*MONEY, "tender", "start", "finish_structure", "accept", "abandon"])


@given(st.lists(st.tuples(ACTIONS, st.integers(0, 500)), max_size=40))
def test_whatever_is_tried_a_project_passes_each_milestone_and_is_never_overpaid(
    tries: list[tuple[str, int]],
):
    here = project.proposed("home", DAY, VIEW)
    passed = [here.state]
    for action, fen in tries:
        try:
            here = project.decide(here, project.Act(action, DAY, fen if action in MONEY else None), VIEW)
        except Refusal:
            continue
        assert 0 <= here.paid_fen <= here.approved_fen
        if here.state != passed[-1]:
            passed.append(here.state)
    way = [*project.OPEN, "accepted"]
    reached = [state for state in passed if state != "abandoned"]
    assert reached == way[: len(reached)]
