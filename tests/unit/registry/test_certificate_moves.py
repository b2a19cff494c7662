"""Freeze, loss, reassessment and moves of a certificate: each rule on both sides of its line."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from kernel.errors import Refusal
from services.registry.domain.certificate import decide
from services.registry.domain.certificate_state import Act, Action, Certificate
from tests.unit.registry.test_certificate import TERMS, act, code_of, issued

LEFT = date(2024, 1, 10)


def done(held: Certificate, action: Action, day: date = date(2024, 2, 1), **changes) -> Certificate:
    return decide(held, replace(act(action, day), **changes), TERMS)


def frozen(reason: str) -> Certificate:
    held = done(issued(date(2020, 1, 1)), "leave", LEFT)
    return done(held, "freeze", date(2024, 7, 11), reason=reason)


@pytest.mark.parametrize("action", ["reissue", "replacement"])
def test_a_card_made_again_keeps_the_days_of_the_one_before(action):
    held = issued(date(2014, 3, 15))
    assert done(held, action) == replace(held, last_act_on=date(2024, 2, 1))
    assert code_of(held, act(action, date(2024, 3, 16))) == "registry.certificate_expired"
    assert decide(held, act(action, date(2024, 3, 15)), TERMS).expires_on == date(2024, 3, 15)


def test_a_reassessment_that_confirms_the_grade_dates_the_rating_anew_and_nothing_else():
    held = replace(issued(date(2010, 1, 1)), standard="old")
    again = done(held, "reassess", assessed_on=date(2024, 1, 20))
    assert (again.standard, again.rated_on) == ("GB/T 26341-2010", date(2024, 1, 20))
    assert (again.issued_on, again.expires_on) == (held.issued_on, held.expires_on)
    assert code_of(held, act("reassess", LEFT, grade=1)) == "registry.category_or_grade_differs"


def test_a_renewal_without_a_new_assessment_keeps_the_standard_and_its_day():
    held = replace(issued(date(2010, 1, 1)), standard="old")
    kept = done(held, "renewal", date(2020, 1, 1))
    assert (kept.standard, kept.rated_on, kept.issued_on) == ("old", date(2010, 1, 1), date(2020, 1, 1))
    rated = done(held, "renewal", date(2020, 1, 1), assessed_on=date(2019, 12, 20))
    assert (rated.standard, rated.rated_on) == ("GB/T 26341-2010", date(2019, 12, 20))


def test_a_certificate_frozen_because_it_did_not_follow_the_hukou_moves_or_ends():
    held = frozen("not_moved")
    assert held.status == "frozen"
    day = date(2024, 8, 1)
    for action in ("thaw", "renewal", "change", "reissue", "cross_province", "leave", "freeze"):
        reason = "under_review" if action == "freeze" else None
        refused = act(action, day, grade=1 if action == "change" else 2, reason=reason)
        assert code_of(held, refused) == "registry.certificate_frozen"
    moved = done(held, "move", day, region="341524103206")
    assert (moved.status, moved.left_on) == ("valid", None)
    assert done(held, "move_out", day).status == "moved"
    assert done(held, "cancel", day, reason="not_moved").status == "cancelled"


def test_a_certificate_under_review_waits_for_the_review():
    held = frozen("under_review")
    day = date(2024, 8, 1)
    assert code_of(held, act("move_out", day)) == "registry.certificate_frozen"
    assert done(held, "thaw", day).status == "valid"
    assert done(held, "reassess", day).status == "valid"
    assert done(held, "change", day, grade=3).status == "valid"
    assert code_of(issued(date(2020, 1, 1)), act("thaw", day)) == "registry.certificate_not_frozen"


def test_a_hukou_leaves_once_and_renewal_or_change_do_not_stop_its_clock():
    held = done(issued(date(2014, 3, 15)), "leave", LEFT)
    assert code_of(held, act("leave", LEFT + timedelta(days=1))) == "registry.left_already"
    assert done(held, "renewal").left_on == LEFT
    assert done(held, "change", grade=1).left_on == LEFT
    assert done(held, "cancel", reason="death").left_on is None


def test_a_certificate_that_went_elsewhere_may_come_back_but_is_not_issued_anew():
    gone = done(issued(date(2020, 1, 1)), "move_out")
    day = date(2025, 1, 1)
    assert code_of(gone, act("renewal", day)) == "registry.no_valid_certificate"
    assert code_of(gone, act("new", day)) == "registry.certificate_already_held"
    back = done(gone, "move_in", day, issued_on=date(2020, 1, 1))
    assert (back.status, back.issued_on, back.expires_on) == ("valid", date(2020, 1, 1), date(2030, 1, 1))
    assert code_of(back, moving_in(day, date(2020, 1, 1))) == "registry.certificate_already_held"


def moving_in(day: date, issued_on: date) -> Act:
    return replace(act("move_in", day), issued_on=issued_on)


def test_a_certificate_moves_in_until_its_last_day():
    first = date(2014, 3, 15)
    assert decide(None, moving_in(date(2024, 3, 15), first), TERMS).last_act_on == date(2024, 3, 15)
    assert code_of(None, moving_in(date(2024, 3, 16), first)) == "registry.certificate_expired"


@pytest.mark.parametrize(
    ("action", "changes", "field"),
    [
        ("move", {}, "region"),
        ("move_in", {}, "issued_on"),
        ("renewal", {"region": "341524103206"}, "region"),
        ("renewal", {"issued_on": date(2020, 1, 1)}, "issued_on"),
        ("reissue", {"assessed_on": date(2020, 1, 1)}, "assessed_on"),
        ("change", {"assessed_on": date(2024, 2, 2)}, "assessed_on"),
        ("move_in", {"issued_on": date(2024, 2, 2)}, "issued_on"),
        ("cancel", {"reason": "under_review"}, "reason"),
        ("freeze", {"reason": "death"}, "reason"),
    ],
)
def test_each_act_has_the_fields_of_its_own(action, changes, field):
    with pytest.raises(Refusal) as refusal:
        decide(issued(date(2020, 1, 1)), replace(act(action, date(2024, 2, 1)), **changes), TERMS)
    assert (refusal.value.code, refusal.value.facts["field"]) == ("registry.certificate_act_fields", field)


def test_a_freeze_gives_its_reason():
    assert code_of(issued(date(2020, 1, 1)), act("freeze", LEFT)) == "registry.cancellation_reason"
