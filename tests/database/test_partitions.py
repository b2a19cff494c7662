"""Tables kept by month or year on PostgreSQL: made of what was there, kept ahead, read as one."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from chassis import clock, partitions, schema
from chassis.database import Database
from chassis.partitions import AHEAD
from kernel.periods import Period
from services.reporting.service import ReportingService
from services.reporting.tables import facts
from tests.database.months import JANUARY, MARCH, Log
from tests.support.platform import Harness
from tests.support.servers import PostgresServer


@pytest.fixture
def url(postgres_server: PostgresServer) -> Iterator[str]:
    with postgres_server.database() as made:
        yield made


@contextmanager
def log_of(url: str, folder: Path) -> Iterator[Log]:
    opened = Log(url, folder)
    try:
        yield opened
    finally:
        opened.close()


def event(instant: datetime, number: int, position: int | None) -> dict[str, Any]:
    return {
        "event_id": f"{number:032x}",
        "type": "registry.region_recorded.v1",
        "subject": "341524100000",
        "data": "{}",
        "recorded_at": instant,
        "epoch": position and 1,
        "position": position,
    }


def test_rows_of_an_older_version_keep_their_numbers_and_get_months(url: str) -> None:
    database = Database(url)
    first = clock.now() - timedelta(days=100)
    rows = [event(first + timedelta(days=25 * n), n, n + 1 if n < 3 else None) for n in range(5)]
    rows.append(event(datetime(1970, 1, 1, tzinfo=UTC), 5, None))
    with database.write() as connection:
        op = Operations(MigrationContext.configure(connection))
        schema.install(op)
        connection.execute(sa.insert(schema.event_log), rows)
        before = connection.execute(sa.select(schema.event_log).order_by(schema.event_log.c.id)).all()
        schema.keep_by_month(op)
        after = connection.execute(sa.select(schema.event_log).order_by(schema.event_log.c.id)).all()
        connection.execute(sa.insert(schema.event_log), [event(clock.now(), 9, None)])
        newest = connection.execute(sa.select(sa.func.max(schema.event_log.c.id))).scalar_one()
        found = partitions.found(connection)
    assert after == before
    assert newest == before[-1].id + 1, "the sequence goes on"
    months = [each.period for each in found if each.period]
    assert months[:2] == [Period.month(1970, 1), Period.of(first, "month")], "a wrong clock makes one month"
    assert partitions.months_ahead(found, clock.now().date()) == AHEAD
    assert partitions.strays(found) == 0
    database.close()


def test_recording_an_event_touches_one_index_and_a_position_is_unique_in_its_month(
    url: str, tmp_path: Path
) -> None:
    with log_of(url, tmp_path) as log, log.source.runtime.database.write() as connection:
        name = f"event_log_{clock.now():%Y_%m}"
        indexes = sa.text("select indexdef from pg_indexes where tablename = :name")
        found = list(connection.execute(indexes, {"name": name}).scalars())
        assert len(found) == 2
        assert all(" WHERE " in definition for definition in found), "no event has both"
        connection.execute(sa.insert(schema.event_log), [event(clock.now(), 1, 7)])
        with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
            connection.execute(sa.insert(schema.event_log), [event(clock.now(), 2, 7)])


def test_a_row_of_no_month_is_caught_told_and_moved_when_its_month_is_made(url: str, tmp_path: Path) -> None:
    with log_of(url, tmp_path) as log:
        log.record(JANUARY, "early")
        log.record(clock.now() + timedelta(days=31 * (AHEAD + 3)), "late")
        log.publish()
        caller = log.source.caller("system")
        assert log.source.call("show_status", {}, caller)["stray_bytes"] > 0
        before = log.stream()
        made = log.months.keep_ahead()
        assert "event_log_2020_01" in made
        status = log.source.call("show_status", {}, caller)
        assert (status["stray_bytes"], status["months_ahead"]) == (0, AHEAD)
        assert log.stream() == before
        assert log.months.keep_ahead() == []


def test_months_ahead_are_counted_up_to_the_first_that_is_missing(url: str, tmp_path: Path) -> None:
    with log_of(url, tmp_path) as log:
        third = Period.of(clock.now(), "month").next().next().next()
        with log.source.runtime.database.write() as connection:
            connection.execute(sa.text(f"drop table event_log_{third.start:%Y_%m}"))
        assert log.source.call("show_status", {}, log.source.caller("system"))["months_ahead"] == 2
        assert log.months.keep_ahead() == [f"event_log_{third.start:%Y_%m}"]


def test_events_are_numbered_and_published_across_the_end_of_a_month(url: str, tmp_path: Path) -> None:
    midnight = datetime.combine(Period.of(clock.now(), "month").end, datetime.min.time(), UTC)
    with log_of(url, tmp_path) as log:
        with log.recording(midnight - timedelta(seconds=1), "begun before, committed after"):
            log.record(midnight - timedelta(seconds=2), "before")
            log.record(midnight, "after")
            log.publish()
        log.publish()
        names = [event["data"]["name"] for event in log.stream(2)]
        assert names == ["before", "after", "begun before, committed after"]
        with log.source.runtime.database.read() as connection:
            months = [each for each in partitions.found(connection) if each.bytes]
        assert len(months) == 2


def test_a_relay_that_was_away_for_months_publishes_all_that_waits(url: str, tmp_path: Path) -> None:
    with log_of(url, tmp_path) as log:
        settings = log.source.runtime.settings
        log.source.runtime.settings = settings.model_copy(update={"relay_window": 1})
        log.record(JANUARY, *(f"old {n}" for n in range(9)))  # numbered by four
        log.publish()
        assert len(log.stream()) == 9


def test_months_are_those_of_utc_whatever_the_zone_of_the_server(url: str, tmp_path: Path) -> None:
    with log_of(url, tmp_path) as log:
        with log.source.runtime.database.engine.begin() as connection:
            connection.execute(sa.text("alter role current_user set timezone = 'Asia/Shanghai'"))
        try:
            log.source.runtime.database.engine.dispose()
            log.record(datetime(2020, 1, 31, 20, tzinfo=UTC), "February in Shanghai")
            log.publish()
            before = log.stream()
            assert log.take_away() == ["registry/2020-01.jsonl.gz"]
            assert log.stream() == before
        finally:
            with log.source.runtime.database.engine.begin() as connection:
                connection.execute(sa.text("alter role current_user reset timezone"))


def test_sqlite_keeps_one_table_and_says_nothing_of_months(tmp_path: Path) -> None:
    with log_of(f"sqlite:///{tmp_path}/x.db", tmp_path) as log:
        log.record(MARCH, "as ever")
        log.publish()
        assert len(log.stream()) == 1
        status = log.source.call("show_status", {}, log.source.caller("system"))
        assert (status["months_ahead"], status["stray_bytes"]) == (None, 0)


# Facts -------------------------------------------------------------------------------------------


@pytest.fixture
def reporting(url: str) -> Iterator[Harness]:
    harness = Harness(ReportingService, url)
    yield harness
    harness.close()


def fact(day: date, event_id: str = "e1") -> dict[str, Any]:
    return {
        "indicator": "registry.persons.certified",
        "region": "341524100200",
        "day": day,
        "dims": "",
        "subject": "s1",
        "sign": 1,
        "value": 1,
        "event_id": event_id,
        "source": "registry",
        "epoch": 1,
        "position": 1,
        "type": "registry.certificate_issued.v1",
        "recorded_at": clock.now(),
    }


def test_facts_lie_in_the_years_of_their_days_and_old_ones_together(reporting: Harness) -> None:
    today = clock.now().date()
    days = [date(1995, 5, 5), date(today.year - 2, 1, 1), today, date(today.year - 3, 12, 31)]
    with reporting.runtime.database.write() as connection:
        connection.execute(sa.insert(facts), [fact(day, f"e{n}") for n, day in enumerate(days)])
        query = sa.text("select tableoid::regclass::text from facts order by day")
        assert list(connection.execute(query).scalars()) == [
            "facts_before",
            "facts_before",
            f"facts_{today.year - 2}",
            f"facts_{today.year}",
        ]


def test_an_event_counts_once(reporting: Harness) -> None:
    today = clock.now().date()
    with pytest.raises(sa.exc.IntegrityError), reporting.runtime.database.write() as connection:
        connection.execute(sa.insert(facts), [fact(today), fact(today)])


@pytest.mark.parametrize("statement", ["update {} set value = 2", "delete from {}", "truncate {}"])
def test_nobody_changes_facts_through_the_table_or_past_it(reporting: Harness, statement: str) -> None:
    database = reporting.runtime.database
    today = clock.now().date()
    with database.write() as connection:
        connection.execute(sa.insert(facts), [fact(today)])
    tables = ["facts"] if statement.startswith("truncate") else ["facts", f"facts_{today.year}"]
    for table in tables:
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), database.write() as connection:
            connection.execute(sa.text(statement.format(table)))


def test_a_flow_reads_the_year_of_its_period_alone(reporting: Harness) -> None:
    year = clock.now().year
    query = sa.text(
        "explain select sum(value) from facts where indicator = 'registry.certificate.issued'"
        " and day >= :first and day <= :last"
    )
    with reporting.runtime.database.read() as connection:
        period = {"first": date(year - 1, 1, 1), "last": date(year - 1, 3, 31)}
        plan = "\n".join(connection.execute(query, period).scalars())
    read = {name for name in re.findall(r" on (facts\w*)", plan) if name != "facts"}
    assert read == {f"facts_{year - 1}"}


def test_a_fact_of_a_far_year_is_caught_and_gets_its_year(reporting: Harness) -> None:
    far = clock.now().year + 9
    database = reporting.runtime.database
    with database.write() as connection:
        connection.execute(sa.insert(facts), [fact(date(far, 12, 31))])
        assert partitions.strays(partitions.found(connection)) > 0
        assert partitions.keep_ahead(connection) == [f"facts_{far}"]
        found = partitions.found(connection)
    assert partitions.strays(found) == 0
    assert partitions.months_ahead(found, clock.now().date()) == AHEAD
    assert [row.day for row in reporting.rows(facts)] == [date(far, 12, 31)]
