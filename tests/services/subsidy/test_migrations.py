"""A database of an earlier release is brought forward with its runs and lines as they were."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from chassis import migrating, schema
from chassis.database import Database
from services.subsidy import tables
from services.subsidy.service import SubsidyService
from tests.support.postgres_server import PostgresServer

RUN = {
    "run_id": "a" * 32,
    "scheme": "care",
    "period": "2024",
    "region": "341524000000",
    "pay_on": date(2024, 12, 10),
    "lines": 1,
    "amount_fen": 200_000,
    "list_hash": "f" * 64,
    "planned_by": "maker",
    "planned_at": datetime(2024, 12, 1, tzinfo=UTC),
    "approved_by": "checker",
}
AWARD = {
    "award_id": "b" * 32,
    "ref": "A-1",
    "person_id": "c" * 32,
    "scheme": "care",
    "variant": "home",
    "period": "2024",
    "region": "341524103206",
    "granted_on": date(2024, 3, 1),
    "decision": "[]",
    "recorded_at": datetime(2024, 3, 1, tzinfo=UTC),
}
LINE = {name: AWARD[name] for name in ("award_id", "person_id", "scheme", "variant", "period", "region")}
LINE |= {"run_id": RUN["run_id"], "seq": 1, "amount_fen": 200_000, "decision": "[]"}
PAYMENT = {name: LINE[name] for name in ("run_id", "seq", "person_id", "scheme", "period", "amount_fen")}
PAYMENT |= {"payment_id": "e" * 32, "paid_on": RUN["pay_on"], "recorded_at": RUN["planned_at"]}


@pytest.fixture(params=["sqlite", "postgresql"])
def before(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database as of the third migration."""
    if request.param == "sqlite":
        yield _third(Database(f"sqlite:///{tmp_path}/x.db"))
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.database() as url:
        database = _third(Database(url))
        yield database
        database.close()


def _third(database: Database) -> Database:
    config = Config()
    config.set_main_option("script_location", str(Path(migrating.__file__).parent))
    config.set_main_option("version_locations", str(SubsidyService.directory() / "migrations"))
    config.set_main_option("path_separator", "os")
    with database.write() as connection:
        config.attributes["connection"] = connection
        config.attributes["target_metadata"] = [SubsidyService.tables, schema.METADATA]
        command.upgrade(config, "0003")
    return database


def _insert(database: Database, state: str, paid_lines: int) -> None:
    run = {**RUN, "state": state, "paid_lines": paid_lines}
    with database.write() as connection:
        for table, row in ((tables.runs, run), (tables.awards, AWARD), (tables.run_lines, LINE)):
            connection.execute(sa.insert(table).values(row))


def test_runs_that_are_paid_stay_paid_and_their_lines_point_to_them(before: Database) -> None:
    _insert(before, "paid", 1)

    migrating.upgrade(SubsidyService, before)

    with before.read() as connection:
        both = sa.select(tables.runs.c.state, tables.run_lines.c.seq).join(tables.run_lines)
        assert connection.execute(both).all() == [("paid", 1)]
    stray = sa.insert(tables.run_lines).values({**LINE, "run_id": "d" * 32, "person_id": "d" * 32})
    with pytest.raises(sa.exc.IntegrityError), before.write() as connection:
        connection.execute(stray)


def test_payments_stay_as_they_were_and_are_still_for_good(before: Database) -> None:
    _insert(before, "paid", 1)
    with before.write() as connection:
        connection.execute(sa.insert(tables.payments).values(PAYMENT))

    migrating.upgrade(SubsidyService, before)

    with before.read() as connection:
        [payment] = connection.execute(sa.select(tables.payments)).mappings()
        # SQLite keeps no time zones.
        kept = {**payment, "recorded_at": payment["recorded_at"].replace(tzinfo=UTC)}
        assert kept == PAYMENT | {"take_back_id": None}
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), before.write() as connection:
        connection.execute(sa.delete(tables.payments))


def test_a_run_that_is_being_paid_stops_the_migration(before: Database) -> None:
    _insert(before, "approved", 0)

    with pytest.raises(RuntimeError, match="let the release that runs now finish it"):
        migrating.upgrade(SubsidyService, before)
