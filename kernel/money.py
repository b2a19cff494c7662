"""Amounts of renminbi as whole fen (1 yuan = 100 fen), so that no amount is ever a binary fraction."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, Literal

from kernel.errors import Invalid

Rounding = Literal["half_up", "down", "up"]

# 15 digits of yuan stay inside a 64-bit integer of fen.
_YUAN = re.compile(r"(-?)([0-9]{1,15})(?:\.([0-9]{1,2}))?")


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in fen; may be negative (a reversal, a debt).

    Raises TypeError when built from anything but an int: a float or a bool here is a programming error.
    """

    fen: int

    ZERO: ClassVar["Money"]

    def __post_init__(self) -> None:
        if isinstance(self.fen, bool) or not isinstance(self.fen, int):
            raise TypeError(f"Money takes whole fen as int, not {type(self.fen).__name__}")

    @classmethod
    def yuan(cls, amount: str | int) -> "Money":
        """Read yuan from a decimal string ("133500.00", "-0.5") or a whole number.

        At most 15 digits before and 2 after the point; no plus sign, exponent, separator or whitespace.
        Raises Invalid("money.malformed"), also for a float.
        """
        if isinstance(amount, int) and not isinstance(amount, bool):
            return cls(amount * 100)
        match = _YUAN.fullmatch(amount) if isinstance(amount, str) else None
        if match is None:
            raise Invalid(
                "money.malformed",
                "The amount is not a plain decimal of yuan; write it as a string with at most two decimals, "
                'for example "133500.00".',
            )
        sign, whole, decimals = match.groups(default="")
        fen = int(whole) * 100 + int(decimals.ljust(2, "0"))
        return cls(-fen if sign else fen)

    @classmethod
    def sum_of(cls, amounts: Iterable["Money"]) -> "Money":
        """The total of the amounts; zero for none."""
        return cls(sum(amount.fen for amount in amounts))

    def __str__(self) -> str:
        """Yuan as an exact decimal string with two decimals; Money.yuan reads it back."""
        sign = "-" if self.fen < 0 else ""
        return f"{sign}{abs(self.fen) // 100}.{abs(self.fen) % 100:02d}"

    def __add__(self, other: "Money") -> "Money":
        return Money(self.fen + other.fen) if isinstance(other, Money) else NotImplemented

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.fen - other.fen) if isinstance(other, Money) else NotImplemented

    def __neg__(self) -> "Money":
        return Money(-self.fen)

    def __mul__(self, count: int) -> "Money":
        if isinstance(count, bool) or not isinstance(count, int):
            return NotImplemented
        return Money(self.fen * count)

    __rmul__ = __mul__

    def times(self, factor: Fraction | Decimal | int, rounding: Rounding = "half_up") -> "Money":
        """The amount multiplied by an exact factor and rounded once, to a whole fen.

        rounding: "half_up" (half a fen goes away from zero), "down" (towards zero) or "up" (away from zero).
        Raises TypeError for a float or bool factor, ValueError for an unknown rounding, and ValueError or
        OverflowError for a Decimal that is not a finite number.
        """
        if isinstance(factor, bool) or not isinstance(factor, Fraction | Decimal | int):
            raise TypeError(f"the factor must be an exact number, not {type(factor).__name__}")
        exact = self.fen * Fraction(factor)
        whole, rest = divmod(abs(exact), 1)
        match rounding:
            case "half_up":
                fen = whole + (rest >= Fraction(1, 2))
            case "down":
                fen = whole
            case "up":
                fen = whole + (rest > 0)
            case _:
                raise ValueError(f"unknown rounding {rounding!r}")
        return Money(-fen if exact < 0 else fen)

    def split(self, weights: Sequence[int]) -> list["Money"]:
        """Share the amount in proportion to the weights, one part per weight; the parts sum to the amount.

        Every part is first rounded towards zero, then the fen left over are handed out one each, from the
        first non-zero weight on. A weight of zero gets nothing. The split of a reversal mirrors the split it
        reverses. Raises Invalid("money.weights") when a weight is negative or none is positive, TypeError for
        a weight that is not an int.
        """
        if any(isinstance(weight, bool) or not isinstance(weight, int) for weight in weights):
            raise TypeError("weights must be int")
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise Invalid(
                "money.weights",
                "The amount cannot be shared: no weight may be negative and at least one must be above zero.",
            )
        whole = abs(self.fen)
        parts = [whole * weight // total for weight in weights]
        left = whole - sum(parts)
        for index, weight in enumerate(weights):
            if left and weight:
                parts[index] += 1
                left -= 1
        return [Money(-part if self.fen < 0 else part) for part in parts]


Money.ZERO = Money(0)
