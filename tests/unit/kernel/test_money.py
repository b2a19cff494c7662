"""Money is whole fen: exact, rounded once, and shared without losing any."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Invalid
from kernel.money import Money, Rounding

amounts = st.integers(-(10**17) + 1, 10**17 - 1).map(Money)
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any)


@pytest.mark.parametrize(
    ("text", "fen"),
    [("133500.00", 13350000), ("0.5", 50), ("-0.05", -5), ("7", 700), ("-0", 0), (12, 1200), (-3, -300)],
)
def test_yuan_are_read_exactly(text: str | int, fen: int) -> None:
    assert Money.yuan(text).fen == fen


@pytest.mark.parametrize(
    "amount",
    [
        "",
        " 1",
        "1 ",
        "+1",
        "1e3",
        "1.005",
        ".5",
        "5.",
        "1,000",
        "--1",
        "１",
        "NaN",
        "1\n",
        "1" * 16,
        1.0,
        True,
        None,
        Decimal(1),
    ],
)
def test_anything_but_a_plain_decimal_is_refused(amount: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        Money.yuan(amount)
    assert refusal.value.code == "money.malformed"


@pytest.mark.parametrize("fen", [1.0, True, "1", Decimal(1), None])
def test_fen_must_be_an_int(fen: Any) -> None:
    with pytest.raises(TypeError):
        Money(fen)


@given(amounts)
def test_the_text_of_an_amount_reads_back(amount: Money) -> None:
    assert Money.yuan(str(amount)) == amount


@given(amounts, amounts)
def test_arithmetic_is_that_of_fen(a: Money, b: Money) -> None:
    assert (a + b).fen == a.fen + b.fen
    assert a - b == a + (-b)
    assert a * 3 == 3 * a == Money.sum_of([a, a, a])
    assert (a < b) == (a.fen < b.fen)


def test_the_sum_of_nothing_is_zero() -> None:
    assert Money.sum_of([]) == Money.ZERO == Money(0)


@pytest.mark.parametrize("other", [1, 1.0, "1"])
def test_money_only_adds_to_and_compares_with_money(other: Any) -> None:
    with pytest.raises(TypeError):
        Money(1) + other
    with pytest.raises(TypeError):
        Money(1) - other
    with pytest.raises(TypeError):
        assert Money(1) < other


@pytest.mark.parametrize("count", [1.5, True, Decimal(1), Money(1)])
def test_money_is_multiplied_by_a_count_only(count: Any) -> None:
    with pytest.raises(TypeError):
        Money(1) * count


@pytest.mark.parametrize(
    ("fen", "factor", "rounding", "expected"),
    [
        (1, Fraction(1, 2), "half_up", 1),
        (-1, Fraction(1, 2), "half_up", -1),
        (1, Fraction(1, 3), "half_up", 0),
        (1, Fraction(99, 100), "down", 0),
        (-1, Fraction(99, 100), "down", 0),
        (1, Fraction(1, 100), "up", 1),
        (1, Fraction(-1, 100), "up", -1),
        (300000, Decimal("0.017"), "half_up", 5100),
        (250, 4, "half_up", 1000),
    ],
)
def test_a_product_is_rounded_once(
    fen: int, factor: Fraction | Decimal | int, rounding: Rounding, expected: int
) -> None:
    assert Money(fen).times(factor, rounding) == Money(expected)


@given(amounts, st.fractions(-1000, 1000, max_denominator=10**6))
def test_half_up_is_never_more_than_half_a_fen_away(amount: Money, factor: Fraction) -> None:
    assert abs(amount.times(factor).fen - amount.fen * factor) <= Fraction(1, 2)


@pytest.mark.parametrize("factor", [0.5, True, "1"])
def test_a_factor_must_be_exact(factor: Any) -> None:
    with pytest.raises(TypeError):
        Money(1).times(factor)


def test_a_factor_must_be_finite_and_the_rounding_known() -> None:
    with pytest.raises(ValueError, match="NaN"):
        Money(1).times(Decimal("NaN"))
    with pytest.raises(OverflowError):
        Money(1).times(Decimal("Infinity"))
    rounding: Any = "half_even"
    with pytest.raises(ValueError, match="unknown rounding"):
        Money(1).times(1, rounding)


@given(amounts, weights)
def test_the_parts_of_a_split_sum_to_the_whole(amount: Money, shares: list[int]) -> None:
    parts = amount.split(shares)

    assert len(parts) == len(shares)
    assert Money.sum_of(parts) == amount
    for part, share in zip(parts, shares, strict=True):
        assert abs(part.fen - Fraction(amount.fen * share, sum(shares))) < 1
        if share == 0:
            assert part == Money.ZERO


@given(amounts, weights)
def test_the_split_of_a_reversal_mirrors_the_split(amount: Money, shares: list[int]) -> None:
    assert (-amount).split(shares) == [-part for part in amount.split(shares)]


def test_left_over_fen_go_to_the_first_weights_that_are_not_zero() -> None:
    assert [part.fen for part in Money(11).split([0, 1, 1, 0, 1])] == [0, 4, 4, 0, 3]
    assert [part.fen for part in Money(-11).split([0, 1, 1, 0, 1])] == [0, -4, -4, 0, -3]


@pytest.mark.parametrize("shares", [[], [0], [0, 0], [2, -1], [-1]])
def test_an_amount_is_not_split_by_weights_that_give_no_share(shares: list[int]) -> None:
    with pytest.raises(Invalid) as refusal:
        Money(1).split(shares)
    assert refusal.value.code == "money.weights"


@pytest.mark.parametrize("weight", [1.0, True])
def test_weights_must_be_ints(weight: Any) -> None:
    with pytest.raises(TypeError):
        Money(1).split([weight])
