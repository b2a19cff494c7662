"""The one place that reads the clock and makes identifiers."""

import os
import time
from datetime import UTC, date, datetime, timedelta, timezone
from datetime import time as time_of_day

OFFICE_ZONE = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The time that all of China keeps, without summer time since 1992."""


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def office_day(instant: datetime) -> date:
    """The calendar day of an instant at the office."""
    return instant.astimezone(OFFICE_ZONE).date()


def day_begins(day: date) -> datetime:
    """The first instant of a day at the office, in UTC as SQLite keeps instants."""
    return datetime.combine(day, time_of_day(), OFFICE_ZONE).astimezone(UTC)


def new_id() -> str:
    """An identifier of 32 hexadecimal digits: milliseconds (12), nanoseconds in them (5), then chance (15).

    Rows made one after the other lie side by side in an index, and are listed in the order in which one
    process made them (as RFC 9562, 6.2, method 3).
    """
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    return f"{milliseconds:012x}{nanoseconds:05x}{os.urandom(8).hex()[1:]}"
