"""The life of a certificate: each rule on both sides of its line."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from kernel.disability import Category
from kernel.errors import NotFound, Refusal
from kernel.rulebook import RuleBook
from services.registry.domain.certificate import decide
from services.registry.domain.certificate_state import Act, Action, Certificate, Terms
from services.registry.domain.span import years_later

RULES = RuleBook.load(Path(__file__).parents[3] / "services" / "registry" / "rules")
TERMS = Terms.of(RULES.at(date(2024, 6, 1)))
STANDARD = "GB/T 26341-2010"


def act(action: Action, acted_on: date, grade: int = 2, reason: str | None = None) -> Act:
    return Act(action, acted_on, Category.PHYSICAL, grade, STANDARD, reason)


def issued(day: date) -> Certificate:
    return decide(None, act("new", day), TERMS)


def code_of(held: Certificate | None, asked: Act, terms: Terms = TERMS) -> str:
    with pytest.raises(Refusal) as refusal:
        decide(held, asked, terms)
    assert refusal.value.facts["field"]
    return refusal.value.code


@pytest.mark.parametrize(
    ("issued_on", "expires_on"),
    [
        (date(2014, 3, 15), date(2024, 3, 15)),
        (date(2012, 2, 29), date(2022, 2, 28)),
        (date(2014, 2, 28), date(2024, 2, 28)),
        (date(2014, 3, 1), date(2024, 3, 1)),
        (date(2014, 12, 31), date(2024, 12, 31)),
    ],
)
def test_a_certificate_is_valid_until_the_same_day_ten_years_later(issued_on, expires_on):
    certificate = issued(issued_on)
    assert (certificate.issued_on, certificate.expires_on) == (issued_on, expires_on)


def test_the_29th_of_february_falls_on_the_28th_where_there_is_none():
    assert years_later(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert years_later(date(2024, 2, 29), -4) == date(2020, 2, 29)
    with pytest.raises(Refusal):
        years_later(date(9990, 1, 1), 10)


def test_a_holder_cannot_be_issued_a_second_certificate():
    assert (
        code_of(issued(date(2014, 3, 15)), act("new", date(2020, 1, 1)))
        == "registry.certificate_already_held"
    )


@pytest.mark.parametrize("action", ["renewal", "change", "cross_province"])
def test_only_a_new_certificate_can_follow_on_none(action):
    assert code_of(None, act(action, date(2024, 1, 1))) == "registry.no_valid_certificate"


def test_a_cancellation_follows_on_a_valid_certificate_only():
    cancellation = act("cancel", date(2024, 1, 1), reason="death")
    assert code_of(None, cancellation) == "registry.no_valid_certificate"
    cancelled = decide(issued(date(2020, 1, 1)), cancellation, TERMS)
    assert cancelled.cancelled_on == date(2024, 1, 1)
    assert code_of(cancelled, cancellation) == "registry.no_valid_certificate"


def test_the_renewal_window_opens_one_year_before_expiry():
    held = issued(date(2014, 3, 15))
    assert code_of(held, act("renewal", date(2023, 3, 14))) == "registry.renewal_too_early"
    renewed = decide(held, act("renewal", date(2023, 3, 15)), TERMS)
    assert (renewed.issued_on, renewed.expires_on) == (date(2023, 3, 15), date(2033, 3, 15))


def test_a_certificate_may_be_renewed_late():
    renewed = decide(issued(date(2010, 1, 1)), act("renewal", date(2024, 5, 6)), TERMS)
    assert renewed.expires_on == date(2034, 5, 6)


def test_a_renewal_keeps_category_and_grade():
    held = issued(date(2014, 3, 15))
    assert code_of(held, act("renewal", date(2024, 1, 1), grade=1)) == "registry.category_or_grade_differs"
    other = replace(act("renewal", date(2024, 1, 1)), category=Category.VISUAL)
    assert code_of(held, other) == "registry.category_or_grade_differs"


def test_a_change_alters_category_or_grade_and_begins_a_new_validity():
    held = issued(date(2014, 3, 15))
    assert code_of(held, act("change", date(2016, 1, 1))) == "registry.nothing_changed"
    changed = decide(held, act("change", date(2016, 1, 1), grade=1), TERMS)
    assert (changed.grade, changed.issued_on, changed.expires_on) == (1, date(2016, 1, 1), date(2026, 1, 1))
    other = replace(act("change", date(2016, 1, 1)), category=Category.MULTIPLE)
    assert decide(held, other, TERMS).category is Category.MULTIPLE


def test_service_across_provinces_leaves_the_certificate_as_it_is():
    held = issued(date(2015, 3, 15))
    served = decide(held, act("cross_province", date(2024, 5, 1)), TERMS)
    assert served == replace(held, last_act_on=date(2024, 5, 1))
    different = act("cross_province", date(2024, 5, 1), grade=4)
    assert code_of(held, different) == "registry.category_or_grade_differs"


def test_service_across_provinces_ends_with_the_last_day_of_validity():
    held = issued(date(2014, 3, 15))
    assert decide(held, act("cross_province", date(2024, 3, 15)), TERMS).last_act_on == date(2024, 3, 15)
    assert code_of(held, act("cross_province", date(2024, 3, 16))) == "registry.certificate_expired"


def test_service_across_provinces_begins_on_28_june_2021():
    held = issued(date(2014, 3, 15))
    day = date(2021, 6, 28)
    assert decide(held, act("cross_province", day), Terms.of(RULES.at(day))).last_act_on == day
    eve = day - timedelta(days=1)
    refused = code_of(held, act("cross_province", eve), Terms.of(RULES.at(eve)))
    assert refused == "registry.cross_province_not_offered"


def test_after_a_cancellation_one_year_passes_before_a_new_certificate():
    cancelled = decide(
        issued(date(2014, 3, 15)), act("cancel", date(2022, 5, 5), reason="standard_not_met"), TERMS
    )
    assert code_of(cancelled, act("new", date(2023, 5, 4))) == "registry.blocked_after_cancellation"
    again = decide(cancelled, act("new", date(2023, 5, 5), grade=3), TERMS)
    assert (again.cancelled_on, again.grade, again.expires_on) == (None, 3, date(2033, 5, 5))


def test_a_cancellation_gives_its_reason_and_nothing_else_has_one():
    held = issued(date(2014, 3, 15))
    assert code_of(held, act("cancel", date(2022, 1, 1))) == "registry.cancellation_reason"
    assert code_of(held, act("renewal", date(2023, 4, 1), reason="death")) == "registry.cancellation_reason"


def test_an_act_cannot_precede_the_last_one_but_may_share_its_day():
    held = issued(date(2014, 3, 15))
    assert code_of(held, act("change", date(2014, 3, 14), grade=1)) == "registry.act_out_of_order"
    assert decide(held, act("change", date(2014, 3, 15), grade=1), TERMS).grade == 1


@pytest.mark.parametrize("day", [date(2008, 1, 1), date(2017, 12, 31), date(2018, 1, 1), date(2024, 6, 1)])
def test_validity_window_and_block_are_ten_one_and_one_years_on_every_day(day):
    terms = Terms.of(RULES.at(day))
    assert (terms.validity_years, terms.renewal_window_years, terms.block_years) == (10, 1, 1)


def test_values_before_2018_are_marked_as_assumed():
    for key in ("validity_years", "renewal_window_years", "block_years"):
        before, since = RULES.history(f"certificate.{key}")
        assert (before.certainty, since.certainty) == ("assumed", "found")
        assert since.valid_from == date(2018, 1, 1)
        assert "残联发〔2017〕34号" in since.document


def test_no_certificate_can_be_dated_before_the_first_rule():
    with pytest.raises(NotFound) as refusal:
        Terms.of(RULES.at(date(2007, 12, 31)))
    assert refusal.value.code == "rule.not_in_force"
