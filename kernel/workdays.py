"""Working days in China: weekends, holidays, and the weekend days that are worked in exchange for them.

The State Council announces each year's days in November of the year before. They come from the library
chinesecalendar; a year that it does not have yet, or has wrongly, is given by two dated rules that hold from
its first of January and replace the library's year as a whole:

    calendar.days_off:      Mondays to Fridays that are not worked, each as 2027-01-01
    calendar.make_up_days:  Saturdays and Sundays that are worked
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

import chinese_calendar

from kernel.errors import NotFound
from kernel.rulebook import RuleBook

DAYS_OFF, MAKE_UP_DAYS = "calendar.days_off", "calendar.make_up_days"
FIRST_YEAR = min(chinese_calendar.holidays).year
LAST_YEAR = max(chinese_calendar.holidays).year

_SATURDAY = 5
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Workdays:
    """The working days of all years that are known. days_off, make_up: by year, in place of the library's."""

    days_off: Mapping[int, frozenset[date]]
    make_up: Mapping[int, frozenset[date]]

    @classmethod
    def of(cls, rules: RuleBook) -> Self:
        """With the years that the rules give. Raises ValueError for a rule whose text is not a date."""
        return cls(_by_year(rules, DAYS_OFF), _by_year(rules, MAKE_UP_DAYS))

    def worked(self, day: date) -> bool:
        """Whether it is a working day. Raises NotFound("workdays.unknown_year")."""
        weekday = day.weekday() < _SATURDAY
        if day.year in self.days_off:
            return day not in self.days_off[day.year] if weekday else day in self.make_up.get(day.year, ())
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise NotFound(
                "workdays.unknown_year",
                f"The holidays of {day.year} are not known here; enter them as rules {DAYS_OFF} and "
                f"{MAKE_UP_DAYS}.",
                year=day.year,
            )
        return bool(chinese_calendar.is_workday(day))

    def after(self, start: date, count: int) -> date:
        """The last day of a period of so many working days, at least 1; its first day is after `start`.

        Raises NotFound("workdays.unknown_year").
        """
        day = start
        for _ in range(count):
            day += _DAY
            while not self.worked(day):
                day += _DAY
        return day

    def between(self, start: date, last: date) -> int:
        """How many working days a period has whose first day is after `start`; 0 when it is over by then.

        Raises NotFound("workdays.unknown_year").
        """
        return sum(self.worked(start + _DAY * number) for number in range(1, (last - start).days + 1))


def _by_year(rules: RuleBook, key: str) -> dict[int, frozenset[date]]:
    history = rules.history(key) if key in rules.keys() else ()  # noqa: SIM118 - RuleBook is no mapping
    return {
        value.valid_from.year: frozenset(map(date.fromisoformat, value.texts))
        for value in history
        if value.value is not None
    }
