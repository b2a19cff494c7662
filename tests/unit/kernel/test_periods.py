"""Periods tile the calendar: every day is in exactly one period of each kind."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Invalid
from kernel.periods import Kind, Period

KINDS: tuple[Kind, ...] = ("day", "month", "quarter", "half", "year")

days = st.dates(date(1901, 1, 1), date(2998, 12, 31))
kinds = st.sampled_from(KINDS)


@pytest.mark.parametrize(
    ("text", "kind", "start", "end"),
    [
        ("2024", "year", date(2024, 1, 1), date(2025, 1, 1)),
        ("2018H1", "half", date(2018, 1, 1), date(2018, 7, 1)),
        ("2018H2", "half", date(2018, 7, 1), date(2019, 1, 1)),
        ("2024Q3", "quarter", date(2024, 7, 1), date(2024, 10, 1)),
        ("2024Q4", "quarter", date(2024, 10, 1), date(2025, 1, 1)),
        ("2024-02", "month", date(2024, 2, 1), date(2024, 3, 1)),
        ("2024-02-29", "day", date(2024, 2, 29), date(2024, 3, 1)),
    ],
)
def test_a_period_is_read_from_its_text(text: str, kind: Kind, start: date, end: date) -> None:
    period = Period.parse(text)

    assert (period.kind, period.start, period.end) == (kind, start, end)
    assert period.last_day == end - timedelta(days=1)
    assert period.text == str(period) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "24",
        "2024H3",
        "2024H0",
        "2024Q5",
        "2024Q0",
        "2024-13",
        "2024-00",
        "2024-5",
        "2023-02-29",
        "2024-05-31T00:00",
        " 2024",
        "2024q1",
        "2024 ",
        "1899",
        "3000",
        "２024",
        "2024\n",
    ],
)
def test_a_malformed_period_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        Period.parse(text)
    assert refusal.value.code == "period.malformed"


@pytest.mark.parametrize(
    ("kind", "start"),
    [
        ("month", date(2024, 1, 2)),
        ("quarter", date(2024, 2, 1)),
        ("half", date(2024, 4, 1)),
        ("year", date(2024, 7, 1)),
        ("day", datetime(2024, 1, 1, tzinfo=UTC)),
        ("day", date(1899, 12, 31)),
    ],
)
def test_a_period_begins_on_its_first_day(kind: Any, start: date) -> None:
    with pytest.raises(Invalid):
        Period(kind, start)


def test_periods_are_made_by_name() -> None:
    assert Period.year(2024) == Period.parse("2024")
    assert Period.half(2024, 2) == Period.parse("2024H2")
    assert Period.quarter(2024, 1) == Period.parse("2024Q1")
    assert Period.month(2024, 5) == Period.parse("2024-05")
    assert Period.day(date(2024, 5, 31)) == Period.parse("2024-05-31")


@given(days, kinds)
def test_the_period_of_a_day_contains_it(day: date, kind: Kind) -> None:
    period = Period.of(day, kind)

    assert period.contains(day)
    assert period.contains(period.start)
    assert period.contains(period.last_day)
    assert not period.contains(period.end)
    assert Period.parse(str(period)) == period


@given(days, kinds)
def test_next_and_previous_are_neighbours(day: date, kind: Kind) -> None:
    period = Period.of(day, kind)

    assert period.next().start == period.end
    assert period.previous().end == period.start
    assert period.next().previous() == period == period.previous().next()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("year", [1999, 2000, 2023, 2024])
def test_each_kind_partitions_a_year(kind: Kind, year: int) -> None:
    whole = Period.year(year)
    day = whole.start
    while day < whole.end:
        period = Period.of(day, kind)
        assert period.start == day
        assert whole.covers(period)
        day = period.end
    assert day == whole.end


@given(days, st.sampled_from(KINDS[1:]))
def test_the_months_of_a_period_fill_it(day: date, kind: Kind) -> None:
    period = Period.of(day, kind)
    months = period.months()

    assert months[0].start == period.start
    assert months[-1].end == period.end
    assert all(before.next() == after for before, after in pairwise(months))


def test_a_day_has_no_months() -> None:
    with pytest.raises(Invalid) as refusal:
        Period.parse("2024-05-31").months()
    assert refusal.value.code == "period.no_whole_month"


def test_a_period_covers_what_lies_inside_it() -> None:
    half = Period.parse("2024H1")

    assert half.covers(half)
    assert half.covers(Period.parse("2024Q2"))
    assert not half.covers(Period.parse("2024Q3"))
    assert not half.covers(Period.parse("2024"))


def test_the_calendar_ends_with_a_refusal() -> None:
    with pytest.raises(Invalid):
        Period.year(2999).next()
    with pytest.raises(Invalid):
        Period.year(1900).previous()
