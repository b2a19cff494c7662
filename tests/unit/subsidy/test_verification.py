"""Anybody can draw a sample again, and nobody can choose it."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.rulebook import RuleBook
from services.subsidy.domain.verification import draw, size
from services.subsidy.service import SubsidyService

HASH = "ab" * 32
RULES = RuleBook.load(SubsidyService.directory() / "rules").at(date(2025, 1, 6))


def test_a_sample_is_the_same_for_ever() -> None:
    assert draw(HASH, "2025-0106", 40, 5) == [4, 6, 25, 31, 40]


def test_another_seed_or_another_list_gives_another_sample() -> None:
    drawn = draw(HASH, "2025-0106", 1000, 50)

    assert drawn != draw(HASH, "2025-0107", 1000, 50)
    assert drawn != draw("cd" * 32, "2025-0106", 1000, 50)


@given(st.integers(1, 300), st.data())
def test_a_smaller_sample_is_a_part_of_a_larger_one(lines: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(1, lines))
    drawn = draw(HASH, "seed", lines, number)

    assert len(drawn) == len(set(drawn)) == number
    assert (
        set(drawn)
        <= set(draw(HASH, "seed", lines, data.draw(st.integers(number, lines))))
        <= set(range(1, lines + 1))
    )


@pytest.mark.parametrize(("lines", "checks"), [(1, 1), (10, 10), (11, 10), (200, 10), (201, 11), (9999, 500)])
def test_a_share_is_drawn_and_at_least_ten(lines: int, checks: int) -> None:
    assert RULES["verification.share"].ratio == Fraction(1, 20)
    assert size(RULES, lines) == checks
