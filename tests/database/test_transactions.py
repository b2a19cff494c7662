"""State and events in one transaction, whose end is one message to PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from chassis import clock, database
from chassis.database import MANY, Database, is_away
from chassis.rpc import Refused
from contracts.registry import RegionRecorded
from tests.support.platform import Harness
from tests.support.source.service import SourceService, regions

values = sa.Table(
    "values_told",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(20)),
    sa.Column("document", sa.Text),
    sa.Column("fen", sa.BigInteger),
    sa.Column("paid", sa.Boolean),
    sa.Column("day", sa.Date),
    sa.Column("at", sa.DateTime(timezone=True)),
)
SIGNS = ["", "NULL", "{a,b}", "[1]", 'say "no"', "it's", "\\n", "%s %(id)s", ":id", "换\n行\t", "𠮷", None]


@pytest.fixture
def source(database_url: str) -> Iterator[Harness]:
    harness = Harness(SourceService, database_url)
    yield harness
    harness.close()


def event(code: str) -> RegionRecorded:
    return RegionRecorded(region=code, name="n", valid_from=date(2024, 1, 1))


def region(code: str, name: str = "n") -> dict[str, str]:
    return {"code": code, "name": name, "valid_from": "2024-01-01"}


def write(source: Harness, code: str, events: int, broken: bool = False) -> None:
    """A row, and events beside it; a broken one is refused by the log's table."""
    with source.runtime.transaction(source.runtime.system()) as tx:
        tx.execute(sa.insert(regions).values(code=code, name="n"))
        for _ in range(events):
            tx.record(event(code))
        if broken:
            tx._events[-1]["type"] = None


@pytest.mark.parametrize("count", [0, 1, 2, 30])
def test_every_event_commits_with_its_state_in_the_order_recorded(source: Harness, count: int) -> None:
    write(source, "341524000001", count)
    write(source, "341524000002", 1)
    subjects = [row.subject for row in source.event_rows()]
    assert subjects == ["341524000001"] * count + ["341524000002"]
    assert len(source.rows(regions)) == 2


@pytest.mark.parametrize("count", [1, 3])
def test_an_event_that_the_log_refuses_takes_its_state_with_it_and_leaves_nothing_behind(
    source: Harness, count: int
) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        write(source, "341524000001", count, broken=True)
    assert source.rows(regions) == []
    write(source, "341524000002", 0)
    assert source.event_rows() == []
    assert [row.code for row in source.rows(regions)] == ["341524000002"]


def test_a_handler_that_raises_leaves_neither_state_nor_event(source: Harness) -> None:
    with pytest.raises(Refused):
        source.bulk("record_regions", [region("341524000001"), region("341524000003", "fault")])
    write(source, "341524000002", 1)
    assert [row.subject for row in source.event_rows()] == ["341524000002"]
    assert [row.code for row in source.rows(regions)] == ["341524000002"]


@pytest.mark.parametrize("several", [set(), {"name"}, {"fen", "paid"}, {"document", "day", "at"}])
def test_many_rows_are_kept_as_they_are_told_whether_or_not_they_share_values(
    source: Harness, several: set[str]
) -> None:
    now, day = clock.now(), date(2026, 2, 28)
    told = [
        {
            "id": number,
            "name": SIGNS[number % len(SIGNS)] if "name" in several else SIGNS[4],
            "document": SIGNS[number % len(SIGNS)] if "document" in several else None,
            "fen": 2**53 + number if "fen" in several else -(2**53) - 1,
            "paid": [True, False, None][number % 3] if "paid" in several else True,
            "day": [day, None][number % 2] if "day" in several else day,
            "at": [now, None][number % 2] if "at" in several else None,
        }
        for number in range(MANY + len(SIGNS))
    ]
    with source.runtime.database.write() as connection:
        values.create(connection)
        database.insert(connection, values, told)
        kept = [dict(row._mapping) for row in connection.execute(sa.select(values).order_by(values.c.id))]
    for row in kept:
        row["at"] = row["at"] and row["at"].replace(tzinfo=now.tzinfo)  # SQLite keeps no zone
    assert kept == told


def test_many_rows_that_are_all_the_same_are_as_many(source: Harness) -> None:
    alike = sa.Table("alike", sa.MetaData(), sa.Column("name", sa.String(20)), sa.Column("fen", sa.Integer))
    with source.runtime.database.write() as connection:
        alike.create(connection)
        database.insert(connection, alike, [{"name": "n", "fen": 1}] * MANY)
        count = connection.execute(sa.select(sa.func.count()).select_from(alike)).scalar_one()
    assert count == MANY


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_call_outlives_the_loss_of_the_pooled_connections(source: Harness) -> None:
    source.bulk("record_regions", [region("341524000001")])
    with source.runtime.database.engine.connect() as connection:
        others = "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
        connection.execute(sa.text(f"{others} and datname = current_database()"))
    source.bulk("record_regions", [region("341524000002")])
    assert len(source.event_rows()) == len(source.rows(regions)) == 2


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_connection_that_ends_right_after_its_commit_harms_neither_the_caller_nor_the_pool(
    database_url: str,
) -> None:
    database = Database(database_url, pool_size=1)
    endings = sa.create_engine(database_url, poolclass=sa.NullPool)

    def end(connection: sa.Connection) -> None:
        pid = connection.connection.driver_connection.info.backend_pid  # type: ignore[union-attr]
        with endings.connect() as another:
            another.execute(sa.text(f"select pg_terminate_backend({pid}, 30000)"))

    def insert(n: int) -> None:
        with database.write() as connection:
            connection.execute(sa.text("insert into seen values (:n)"), {"n": n})

    with database.write() as connection:
        connection.execute(sa.text("create table seen (n integer)"))
    for n in range(3):
        sa.event.listen(database.engine, "commit", end)
        insert(n)
        sa.event.remove(database.engine, "commit", end)
        # Found dead by its next user, whose attempt is repeated as any other.
        with pytest.raises(sa.exc.OperationalError):
            insert(n)
        insert(n)
    with database.read() as connection:
        assert connection.execute(sa.text("select count(*) from seen")).scalar_one() == 6
    database.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("way", [Database.read, Database.write])
def test_a_pooled_connection_that_the_driver_has_closed_is_an_absence_of_the_server(
    database_url: str, way: Callable[[Database], AbstractContextManager[sa.Connection]]
) -> None:
    database = Database(database_url, pool_size=1)
    with database.read() as connection:
        driver: Any = connection.connection.driver_connection
    driver.close()
    with pytest.raises(sa.exc.OperationalError) as error, way(database):
        raise AssertionError("begun")
    assert is_away(error.value)
    with way(database) as connection:
        assert connection.execute(sa.text("select 1")).scalar_one() == 1
    database.close()
