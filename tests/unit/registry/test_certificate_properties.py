"""What holds for a certificate whatever acts are tried on it, in whatever order."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kernel.disability import Category
from kernel.errors import Refusal
from services.registry.domain.certificate import decide
from services.registry.domain.certificate_state import Act, Certificate, Terms
from services.registry.domain.span import years_later

TERMS = st.builds(
    Terms,
    validity_years=st.integers(2, 20),
    renewal_window_years=st.integers(0, 2),
    block_years=st.integers(0, 3),
    cross_province=st.booleans(),
)
DAYS = st.dates(date(2008, 1, 1), date(2060, 1, 1))
ACTS = st.builds(
    Act,
    action=st.sampled_from(["new", "renewal", "change", "cross_province", "cancel"]),
    acted_on=DAYS,
    category=st.sampled_from([Category.VISUAL, Category.MENTAL]),
    grade=st.sampled_from([1, 2]),
    standard=st.just("GB/T 26341-2010"),
    reason=st.sampled_from([None, "death", "withdrawn"]),
)


@st.composite
def life(draw):
    """Acts of which many fit: begun by a new certificate, one after the other, the assessment as it was."""
    acts = draw(st.lists(ACTS, min_size=1, max_size=12))
    if not draw(st.booleans()):
        return acts
    orderly = [replace(acts[0], action="new", reason=None)]
    for act in acts[1:]:
        last = orderly[-1]
        day = last.acted_on + timedelta(days=draw(st.integers(0, 3000)))
        assessed = act if act.action == "change" else last
        reason = "death" if act.action == "cancel" else None
        orderly.append(
            replace(act, acted_on=day, category=assessed.category, grade=assessed.grade, reason=reason)
        )
    return orderly


def lived(acts: list[Act], terms: Terms) -> list[tuple[Certificate | None, Act, Certificate]]:
    held: Certificate | None = None
    steps: list[tuple[Certificate | None, Act, Certificate]] = []
    for act in acts:
        try:
            after = decide(held, act, terms)
        except Refusal:
            continue
        steps.append((held, act, after))
        held = after
    return steps


@given(life(), TERMS)
def test_every_kept_act_leaves_a_sound_certificate(acts, terms):
    for before, act, after in lived(acts, terms):
        assert after.issued_on <= after.last_act_on == act.acted_on
        assert after.expires_on == years_later(after.issued_on, terms.validity_years)
        assert (after.category, after.grade) == (act.category, act.grade)
        assert (
            (after.cancelled_on == act.acted_on) if act.action == "cancel" else (after.cancelled_on is None)
        )
        assert (before is None or before.cancelled_on is not None) == (act.action == "new")
        if before:
            assert before.last_act_on <= act.acted_on


@given(life(), TERMS)
def test_only_a_change_moves_a_holder_between_categories_and_grades(acts, terms):
    for before, act, after in lived(acts, terms):
        if before and act.action != "new":
            moved = (before.category, before.grade) != (after.category, after.grade)
            assert moved == (act.action == "change")


@given(life(), TERMS)
def test_expiry_never_moves_back_while_a_certificate_is_held(acts, terms):
    for before, act, after in lived(acts, terms):
        if before and act.action != "new":
            assert after.expires_on >= before.expires_on


@given(life(), TERMS)
def test_no_certificate_is_issued_within_the_block(acts, terms):
    for before, act, _ in lived(acts, terms):
        if before and before.cancelled_on:
            assert act.action == "new"
            assert act.acted_on >= years_later(before.cancelled_on, terms.block_years)


@given(DAYS, st.integers(-10, 30), DAYS)
def test_adding_years_keeps_the_order_of_days(day, years, other):
    earlier, later = sorted((day, other))
    assert years_later(earlier, years) <= years_later(later, years)
