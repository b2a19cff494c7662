"""Lengths of time that a rule gives, and the last day of a period of that length."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from kernel.errors import Invalid
from kernel.rule_values import RuleValue
from kernel.workdays import Workdays

_UNITS = frozenset({"days", "working_days"})


@dataclass(frozen=True, slots=True)
class Span:
    """So many days or working days, as the rule's unit says. Raises ValueError for another unit."""

    count: int
    unit: str

    def __post_init__(self) -> None:
        if self.unit not in _UNITS:
            raise ValueError(f"a span is in days or working days, not in {self.unit}")

    @classmethod
    def of(cls, value: RuleValue) -> Self:
        """As long as the rule says."""
        return cls(value.integer, value.unit)

    def last_day(self, start: date, workdays: Workdays) -> date:
        """The last day of a period that begins the day after `start` (民法典 Art. 201).

        A period in days may end on a day off: it is not moved, so that nobody waits longer.
        Raises NotFound("workdays.unknown_year"), Invalid("registry.date_out_of_range") beyond the calendar.
        """
        try:
            if self.unit == "working_days":
                return workdays.after(start, self.count)
            return start + timedelta(days=self.count)
        except OverflowError:
            raise _out_of_range() from None


def months_later(start: date, months: int) -> date:
    """The last day of a period of months: the same day of the month, or its last one (民法典 Art. 202).

    Negative months count back. Raises Invalid("registry.date_out_of_range") beyond the calendar.
    """
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    if not date.min.year <= year <= date.max.year:
        raise _out_of_range()
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def years_later(day: date, years: int) -> date:
    """The same day of the year that many years later, or earlier; 28 February where there is no 29th.

    It is the last day of a period of that many years counted from `day` (民法典 Art. 201, 202).
    Raises Invalid("registry.date_out_of_range") beyond the calendar.
    """
    return months_later(day, 12 * years)


def day_after(day: date) -> date:
    """The next day. Raises Invalid("registry.date_out_of_range") beyond the calendar."""
    if day == date.max:
        raise _out_of_range()
    return day + timedelta(days=1)


def _out_of_range() -> Invalid:
    return Invalid("registry.date_out_of_range", "The year of the date cannot be right.", field="acted_on")
