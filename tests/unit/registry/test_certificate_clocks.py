"""The clocks of a certificate: the day before nothing happens, on the day it does, and never twice."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.registry.domain.certificate_clocks import ClockTerms, clocks, next_day, struck
from tests.unit.registry.test_certificate import RULES, issued

TERMS = ClockTerms.of(RULES.at(date(2024, 6, 1)))
HELD = issued(date(2014, 3, 15))
LEFT = replace(issued(date(2020, 1, 1)), left_on=date(2024, 1, 10))


@pytest.mark.parametrize(
    ("certificate", "clock", "day"),
    [
        (HELD, "renewal_open", date(2023, 3, 15)),
        (HELD, "expiring", date(2023, 9, 15)),
        (HELD, "expired", date(2024, 3, 16)),
        (LEFT, "freeze", date(2024, 7, 11)),
        (LEFT, "cancel", date(2025, 1, 11)),
        (replace(HELD, cancelled_on=date(2022, 5, 5)), "reapply", date(2023, 5, 5)),
    ],
)
def test_a_clock_strikes_on_its_day_and_not_the_day_before(certificate, clock, day):
    eve = day - timedelta(days=1)
    assert clock not in [name for name, _ in struck(certificate, TERMS, set(), eve)]
    assert (clock, day) in struck(certificate, TERMS, set(), day)
    assert (clock, day) not in struck(certificate, TERMS, {(clock, day)}, day)


def test_an_old_register_is_told_of_the_expiry_alone():
    assert struck(HELD, TERMS, set(), date(2030, 1, 1)) == [("expired", date(2024, 3, 16))]
    assert struck(HELD, TERMS, {("expired", date(2024, 3, 16))}, date(2030, 1, 1)) == []


def test_a_certificate_left_behind_for_a_year_is_first_frozen_then_cancelled():
    both = struck(LEFT, TERMS, set(), date(2025, 1, 11))
    assert both == [("freeze", date(2024, 7, 11)), ("cancel", date(2025, 1, 11))]


def test_one_that_is_frozen_already_is_not_frozen_again_but_cancelled():
    frozen = replace(LEFT, frozen_for="under_review")
    assert struck(frozen, TERMS, set(), date(2025, 1, 11)) == [("cancel", date(2025, 1, 11))]


def test_one_that_went_elsewhere_has_no_clocks():
    assert clocks(replace(HELD, moved_on=date(2022, 1, 1)), TERMS) == ()
    assert next_day(replace(HELD, moved_on=date(2022, 1, 1)), TERMS) is None


def test_the_next_day_to_look_at_is_the_first_not_looked_at():
    assert next_day(HELD, TERMS) == date(2023, 3, 15)
    assert next_day(HELD, TERMS, date(2023, 3, 15)) == date(2023, 9, 15)
    assert next_day(HELD, TERMS, date(2024, 3, 16)) is None


def test_a_half_year_ends_with_the_last_day_of_a_shorter_month():
    left = replace(LEFT, left_on=date(2023, 8, 31))
    assert ("freeze", date(2024, 3, 1)) in clocks(left, TERMS)


@pytest.mark.parametrize("day", [date(2008, 1, 1), date(2017, 12, 31), date(2018, 1, 1), date(2024, 6, 1)])
def test_the_clocks_run_the_same_on_every_day(day):
    assert ClockTerms.of(RULES.at(day)) == ClockTerms(1, 6, 6, 12, 1)


def test_only_what_the_regulation_says_is_not_assumed():
    for key, found in (
        ("move.freeze_months", True),
        ("move.cancel_months", True),
        ("reminder_months", False),
    ):
        assert (RULES.history(f"certificate.{key}")[-1].certainty == "found") is found
