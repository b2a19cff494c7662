"""Calendar periods that plans, reports and payments are kept by: day, month, quarter, half-year, year."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from kernel.errors import Invalid

Kind = Literal["day", "month", "quarter", "half", "year"]

FIRST_YEAR = 1900
LAST_YEAR = 2999

_MONTHS: dict[Kind, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_TEXT = re.compile(r"([0-9]{4})(?:H([12])|Q([1-4])|-([0-9]{2})(?:-([0-9]{2}))?)?")


def _malformed() -> Invalid:
    return Invalid(
        "period.malformed",
        f"The period does not exist; write it as 2024, 2024H1, 2024Q3, 2024-05 or 2024-05-31, "
        f"with a year from {FIRST_YEAR} to {LAST_YEAR}.",
    )


def _date(year: int, month: int, day: int = 1) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise _malformed() from None


def _first_of_month(start: date, months_later: int) -> date:
    years, month = divmod(start.month - 1 + months_later, 12)
    return date(start.year + years, month + 1, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """A whole calendar period of one kind, beginning on its first day; years 1900 to 2999.

    Raises Invalid("period.malformed") when start is not the first day of a period of that kind, or is out
    of range.
    """

    kind: Kind
    start: date

    def __post_init__(self) -> None:
        if isinstance(self.start, datetime) or not FIRST_YEAR <= self.start.year <= LAST_YEAR:
            raise _malformed()
        if self.kind == "day":
            return
        if self.start.day != 1 or (self.start.month - 1) % _MONTHS[self.kind] != 0:
            raise _malformed()

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read "2024", "2018H1", "2024Q3", "2024-05" or "2024-05-31".

        Raises Invalid("period.malformed").
        """
        match = _TEXT.fullmatch(text)
        if match is None:
            raise _malformed()
        year = int(match[1])
        half, quarter, month, day = (int(part) if part else None for part in match.groups()[1:])
        if half is not None:
            return cls.half(year, half)
        if quarter is not None:
            return cls.quarter(year, quarter)
        if month is None:
            return cls.year(year)
        return cls.month(year, month) if day is None else cls.day(_date(year, month, day))

    @classmethod
    def of(cls, day: date, kind: Kind) -> "Period":
        """The period of that kind which contains the day."""
        if kind == "day":
            return cls("day", date(day.year, day.month, day.day))
        length = _MONTHS[kind]
        return cls(kind, date(day.year, (day.month - 1) // length * length + 1, 1))

    @classmethod
    def day(cls, day: date) -> "Period":
        """One day."""
        return cls.of(day, "day")

    @classmethod
    def month(cls, year: int, month: int) -> "Period":
        """A month, 1 to 12. Raises Invalid("period.malformed")."""
        return cls("month", _date(year, month))

    @classmethod
    def quarter(cls, year: int, quarter: int) -> "Period":
        """A quarter, 1 to 4. Raises Invalid("period.malformed")."""
        return cls("quarter", _date(year, quarter * 3 - 2))

    @classmethod
    def half(cls, year: int, half: int) -> "Period":
        """A half-year, 1 or 2. Raises Invalid("period.malformed")."""
        return cls("half", _date(year, half * 6 - 5))

    @classmethod
    def year(cls, year: int) -> "Period":
        """A calendar year. Raises Invalid("period.malformed")."""
        return cls("year", _date(year, 1))

    @property
    def end(self) -> date:
        """The first day after the period (exclusive)."""
        if self.kind == "day":
            return self.start + timedelta(days=1)
        return _first_of_month(self.start, _MONTHS[self.kind])

    @property
    def last_day(self) -> date:
        """The last day that belongs to the period."""
        return self.end - timedelta(days=1)

    @property
    def text(self) -> str:
        """The form that Period.parse reads."""
        match self.kind:
            case "day":
                return self.start.isoformat()
            case "month":
                return f"{self.start.year}-{self.start.month:02d}"
            case "quarter":
                return f"{self.start.year}Q{self.start.month // 3 + 1}"
            case "half":
                return f"{self.start.year}H{self.start.month // 6 + 1}"
            case "year":
                return str(self.start.year)

    def __str__(self) -> str:
        return self.text

    def contains(self, day: date) -> bool:
        """Whether the day belongs to the period."""
        return self.start <= day < self.end

    def covers(self, other: "Period") -> bool:
        """True when every day of the other period is in this one."""
        return self.start <= other.start and other.end <= self.end

    def next(self) -> "Period":
        """The following period of the same kind. Raises Invalid("period.malformed") after the last year."""
        return Period(self.kind, self.end)

    def previous(self) -> "Period":
        """The period of the same kind before. Raises Invalid("period.malformed") before the first year."""
        return Period.of(self.start - timedelta(days=1), self.kind)

    def months(self) -> list["Period"]:
        """The months of the period in order. Raises Invalid("period.no_whole_month") for a day."""
        if self.kind == "day":
            raise Invalid(
                "period.no_whole_month",
                "A day has no whole months; ask for the months of a month, quarter, half-year or year.",
            )
        return [Period("month", _first_of_month(self.start, later)) for later in range(_MONTHS[self.kind])]
