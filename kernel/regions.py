"""Administrative division codes (GB/T 2260, GB/T 10114, statistical division codes) and their dated table."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kernel.errors import Conflict, Invalid, NotFound

Level = Literal["province", "city", "county", "township", "village"]

LEVELS: tuple[Level, ...] = ("province", "city", "county", "township", "village")

_DIGITS: dict[Level, int] = {"province": 2, "city": 4, "county": 6, "township": 9, "village": 12}
_CODE = re.compile(r"(?!00)[0-9]{12}")


@dataclass(frozen=True, slots=True, order=True)
class RegionCode:
    """A division code of 12 digits: province 2, city 2, county 2, township 3, village 3; zeros below that.

    The level follows from the trailing zeros. Inner zeros are real: a city without counties (东莞 441900)
    has townships such as 441900003000, whose parent is the city itself.
    Raises Invalid("region.malformed").
    """

    value: str

    def __post_init__(self) -> None:
        if _CODE.fullmatch(self.value) is None:
            raise Invalid(
                "region.malformed",
                "The division code must be 2, 4, 6, 9 or 12 half-width digits and begin with a province.",
            )

    @classmethod
    def parse(cls, text: str) -> "RegionCode":
        """Read a code of 2, 4, 6, 9 or 12 digits; shorter ones are filled up with zeros."""
        code = text.strip()
        return cls(code.ljust(12, "0") if len(code) in _DIGITS.values() else "")

    @property
    def level(self) -> Level:
        """The lowest level that the code names; the zeros after it name none."""
        return next(level for level in LEVELS if not self.value[_DIGITS[level] :].strip("0"))

    @property
    def prefix(self) -> str:
        """The significant digits: 2, 4, 6, 9 or 12 of them by level."""
        return self.value[: _DIGITS[self.level]]

    @property
    def parent(self) -> "RegionCode | None":
        """The division one level up; None for a province."""
        index = LEVELS.index(self.level)
        return self.at_level(LEVELS[index - 1]) if index else None

    def within(self, other: "RegionCode") -> bool:
        """True when this division lies in the other one or is the same."""
        return self.value.startswith(other.prefix)

    def at_level(self, level: Level) -> "RegionCode":
        """The division of that level this one lies in, itself if it is of that level.

        Where a level does not exist (a county of 东莞) the result is the next higher one that does.
        Raises Invalid("region.level") when this division is above the level asked for.
        """
        if LEVELS.index(level) > LEVELS.index(self.level):
            raise Invalid(
                "region.level",
                f"Division {self.value} is a {self.level} and lies in no single {level}.",
                region=self.value,
                level=level,
            )
        return RegionCode(self.value[: _DIGITS[level]].ljust(12, "0"))

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A division as it was called during one span of time.

    valid_to: first day on which the row no longer holds; None while it does.
    successors: the codes that took the division over when it ended; empty for a mere change of name.
    Raises Invalid("region.empty_span") when the row ends before it begins.
    """

    code: RegionCode
    name: str
    valid_from: date
    valid_to: date | None = None
    successors: tuple[RegionCode, ...] = ()

    def __post_init__(self) -> None:
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise Invalid(
                "region.empty_span",
                f"Division {self.code} has a row that ends before it begins; correct its dates.",
                region=self.code.value,
            )

    def holds_on(self, day: date) -> bool:
        """Whether the row is in force on that day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class RegionTable:
    """Divisions through time. A citizen number or an old file keeps a code long after the county was merged.

    Raises Invalid("region.overlapping_rows") when two rows of one code hold on the same day.
    """

    def __init__(self, rows: Iterable[RegionRow]) -> None:
        self._rows: dict[RegionCode, list[RegionRow]] = {}
        for row in sorted(rows, key=lambda row: (row.code, row.valid_from)):
            earlier = self._rows.setdefault(row.code, [])
            if earlier and earlier[-1].holds_on(row.valid_from):
                raise Invalid(
                    "region.overlapping_rows",
                    f"Division {row.code} has two rows for {row.valid_from}; end the earlier one that day.",
                    region=row.code.value,
                )
            earlier.append(row)

    def on(self, day: date) -> list[RegionRow]:
        """All divisions of that day in the order of their codes."""
        return [row for rows in self._rows.values() for row in rows if row.holds_on(day)]

    def current(self, code: RegionCode, day: date) -> RegionRow:
        """The division which on that day is, or has taken the place of, the one with this code.

        Raises NotFound("region.unknown") for a code that is in no row, NotFound("region.not_in_force") when
        the division did not exist yet or ended without a successor, Conflict("region.divided") when it was
        divided among several, Conflict("region.successor_cycle") when the rows lead back to a code passed.
        """
        passed: set[RegionCode] = set()
        while code not in passed:
            passed.add(code)
            row = self._latest(code, day)
            if row.holds_on(day):
                return row
            if len(row.successors) > 1:
                raise Conflict(
                    "region.divided",
                    f"Division {code} was divided among {len(row.successors)} others; choose one of them.",
                    region=code.value,
                )
            if not row.successors:
                raise self._not_in_force(code, day)
            code = row.successors[0]
        raise Conflict(
            "region.successor_cycle",
            f"The successors of division {code} lead back to it; correct the table of divisions.",
            region=code.value,
        )

    def _latest(self, code: RegionCode, day: date) -> RegionRow:
        rows = self._rows.get(code)
        if rows is None:
            raise NotFound(
                "region.unknown", f"Division {code} is not in the table of divisions.", region=code.value
            )
        begun = [row for row in rows if row.valid_from <= day]
        if not begun:
            raise self._not_in_force(code, day)
        return begun[-1]

    @staticmethod
    def _not_in_force(code: RegionCode, day: date) -> NotFound:
        return NotFound(
            "region.not_in_force",
            f"Division {code} does not exist on {day} and no successor is known.",
            region=code.value,
            day=day.isoformat(),
        )
