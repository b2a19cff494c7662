"""What holds for a certificate and its clocks whatever acts are tried on it, in whatever order."""

from datetime import date
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from kernel.disability import Category
from kernel.errors import Refusal
from services.registry.domain.certificate import decide
from services.registry.domain.certificate_clocks import ClockTerms, clocks, next_day, struck
from services.registry.domain.certificate_state import Act, Action, Certificate
from tests.unit.registry.test_certificate import TERMS

CLOCK_TERMS = st.builds(
    ClockTerms,
    renewal_window_years=st.integers(0, 3),
    reminder_months=st.integers(0, 24),
    freeze_months=st.integers(1, 12),
    cancel_months=st.integers(12, 24),
    block_years=st.integers(0, 3),
)
DAYS = st.dates(date(2008, 1, 1), date(2040, 1, 1))
FIELDS: dict[str, dict[str, Any]] = {
    "cancel": {"reason": "withdrawn"},
    "freeze": {"reason": "under_review"},
    "move": {"region": "341524103206"},
    "move_in": {"issued_on": date(2008, 1, 1)},
}


def acted(action: Action, day: date, grade: int) -> Act:
    return Act(action, day, Category.VISUAL, grade, "GB/T 26341-2010", **FIELDS.get(action, {}))


LIVES = st.lists(
    st.builds(acted, st.sampled_from(get_args(Action)), DAYS, st.sampled_from([1, 2])), max_size=25
)


def lived(acts: list[Act]) -> list[tuple[Certificate | None, Act, Certificate]]:
    held: Certificate | None = None
    steps: list[tuple[Certificate | None, Act, Certificate]] = []
    for act in [acted("new", date(2008, 1, 1), 1), *sorted(acts, key=lambda act: act.acted_on)]:
        try:
            after = decide(held, act, TERMS)
        except Refusal:
            continue
        steps.append((held, act, after))
        held = after
    return steps


@given(LIVES)
def test_a_certificate_is_one_thing_at_a_time(acts):
    for _, act, after in lived(acts):
        assert after.last_act_on == act.acted_on
        assert after.issued_on <= after.last_act_on
        assert after.rated_on <= after.last_act_on
        assert not (after.cancelled_on and (after.frozen_for or after.left_on or after.moved_on))
        assert not (after.moved_on and (after.frozen_for or after.left_on))


@given(LIVES)
def test_who_lost_a_certificate_gets_another_by_new_or_move_in_alone(acts):
    for before, act, after in lived(acts):
        if before is None or before.status in {"cancelled", "moved"}:
            assert act.action in {"new", "move_in"}
            assert after.status == "valid"
        if before and before.status == "moved":
            assert act.action == "move_in"


@given(LIVES)
def test_a_freeze_ends_by_the_acts_that_may_end_it(acts):
    for before, act, after in lived(acts):
        if before and before.frozen_for and not after.frozen_for:
            assert act.action in {"thaw", "change", "reassess", "move", "move_out", "cancel"}


@given(LIVES, CLOCK_TERMS, DAYS)
def test_what_struck_was_due_is_told_once_and_the_rest_is_still_to_come(acts, terms, day):
    for _, _, certificate in lived(acts):
        told = struck(certificate, terms, set(), day)
        assert set(told) <= {due for due in clocks(certificate, terms) if due[1] <= day}
        assert struck(certificate, terms, set(told), day) == []
        coming = next_day(certificate, terms, day)
        assert coming is None or coming > day
        assert [on for _, on in clocks(certificate, terms)] == sorted(
            on for _, on in clocks(certificate, terms)
        )
