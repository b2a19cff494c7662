"""When a day begins where the office is."""

from datetime import UTC, date, datetime, time, timedelta, timezone

_CHINA = timezone(timedelta(hours=8))


def begin(day: date) -> datetime:
    """The first instant of the day, in UTC as SQLite keeps instants."""
    return datetime.combine(day, time(), _CHINA).astimezone(UTC)
