"""Working days: the announced holidays, the days worked in exchange, and the end of what is known."""

from datetime import date
from pathlib import Path

import pytest

from kernel.errors import NotFound
from kernel.rulebook import RuleBook
from kernel.workdays import FIRST_YEAR, LAST_YEAR, Workdays

ANNOUNCED = Workdays({}, {})


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2024, 2, 9), True),  # the day before the Spring Festival of 2024
        (date(2024, 2, 12), False),  # a Monday of the festival
        (date(2024, 2, 18), True),  # a Sunday, worked in exchange
        (date(2024, 2, 24), False),  # an ordinary Saturday
        (date(2024, 10, 7), False),
        (date(2024, 10, 8), True),
    ],
)
def test_a_day_is_worked_as_the_state_council_announced(day: date, worked: bool):
    assert ANNOUNCED.worked(day) is worked


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2024, 3, 4), 1, date(2024, 3, 5)),
        (date(2024, 3, 8), 1, date(2024, 3, 11)),  # a Friday
        (date(2024, 9, 30), 5, date(2024, 10, 12)),  # over the National Day; 12 October is a worked Saturday
        (date(2024, 2, 8), 7, date(2024, 2, 23)),  # over the Spring Festival with a worked Sunday
    ],
)
def test_a_period_of_working_days_begins_the_day_after_and_skips_what_is_not_worked(
    start: date, count: int, end: date
):
    assert ANNOUNCED.after(start, count) == end


@pytest.mark.parametrize("year", [FIRST_YEAR - 1, LAST_YEAR + 1])
def test_a_year_whose_holidays_are_not_known_is_refused(year: int):
    with pytest.raises(NotFound) as refused:
        ANNOUNCED.worked(date(year, 6, 1))
    assert (refused.value.code, refused.value.facts) == ("workdays.unknown_year", {"year": year})


def test_a_period_that_runs_past_what_is_known_is_refused():
    assert ANNOUNCED.after(date(LAST_YEAR, 12, 1), 5).year == LAST_YEAR
    with pytest.raises(NotFound, match=r"workdays\.unknown_year"):
        ANNOUNCED.after(date(LAST_YEAR, 12, 30), 5)


def test_rules_give_a_year_as_a_whole(tmp_path: Path):
    coming = LAST_YEAR + 1
    saturday = next(day for day in (date(coming, 1, n) for n in range(1, 8)) if day.weekday() == 5)
    off = [date(coming, 1, n) for n in range(11, 18) if date(coming, 1, n).weekday() < 5][:2]
    (tmp_path / "calendar.yaml").write_text(
        f"""
rules:
  calendar.days_off:
    description: days off
    unit: texts
    values:
      - {{from: {coming}-01-01, value: ["{off[0]}", "{off[1]}"], reference: {{document: a notice}}}}
      - {{from: 2024-01-01, value: [], reference: {{document: a correction}}}}
  calendar.make_up_days:
    description: worked weekends
    unit: texts
    values:
      - {{from: {coming}-01-01, value: ["{saturday}"], reference: {{document: a notice}}}}
""",
        encoding="utf-8",
    )
    told = Workdays.of(RuleBook.load(tmp_path))
    assert [told.worked(day) for day in (*off, saturday)] == [False, False, True]
    assert told.worked(date(2024, 10, 1))  # a Tuesday: the correction knows no holiday in that year
    assert not told.worked(date(2024, 2, 18))  # nor a worked Sunday
    assert not told.worked(date(2023, 10, 2))  # other years are the library's
    with pytest.raises(NotFound):
        told.worked(date(coming + 1, 1, 1))


def test_the_working_days_of_a_period_are_counted():
    workdays = Workdays({}, {})
    # From Thursday 12 to Monday 23 February 2026 the Spring Festival leaves Friday 13 and Saturday 14.
    assert workdays.between(date(2026, 2, 12), date(2026, 2, 23)) == 2
    assert workdays.between(date(2026, 2, 12), date(2026, 2, 12)) == 0
    assert workdays.between(date(2026, 2, 13), date(2026, 2, 12)) == 0
