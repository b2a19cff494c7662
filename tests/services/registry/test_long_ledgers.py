"""What waits is found by an index among the records of many years, as PostgreSQL plans it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.registry.correction_tables import corrections
from services.registry.risk_tables import risks
from services.registry.service import RegistryService
from services.registry.tables import household_flag_records
from tests.services.registry.factories import household, regions, registered
from tests.services.registry.test_corrections import correction, decision
from tests.services.registry.test_household_flags import saying
from tests.services.registry.test_risks import risk
from tests.support.platform import Harness
from tests.support.postgres_server import PostgresServer

YEARS_OF_RECORDS = 3000
HOMES = 300


def ledgers(office: Harness) -> None:
    """One record of each kind that is done with, many times, and one that waits."""
    office.bulk("record_regions", regions())
    [person_id] = registered(office)
    office.bulk("register_households", [household(f"H-{number}") for number in range(1, HOMES)])
    office.bulk("request_corrections", [correction(person_id), correction(person_id, "G-2")])
    office.bulk("decide_corrections", [decision()], office.checker())
    office.bulk("record_risks", [risk()])
    said = [saying("S-1", "dibao", True, "2024-03-01"), saying("S-2", "hardship", True, "2024-03-01")]
    office.bulk("record_household_flags", said)
    repeated(office, corrections, "G-1")
    repeated(office, risks, "R-1", state="closed")
    repeated(office, household_flag_records, "S-1")


def repeated(office: Harness, table: sa.Table, ref: str, **changes: Any) -> None:
    [row] = [each._asdict() for each in office.rows(table) if each.ref == ref]
    rows = []
    for number in range(2, YEARS_OF_RECORDS):
        unique: dict[str, Any] = {"id": f"{number:032x}", "ref": f"again-{number}"}
        unique |= {"seq": number, "decision_ref": f"again-{number}"} if "seq" in row else {}
        rows.append(row | changes | unique)
    with office.runtime.database.write() as connection:
        connection.execute(sa.insert(table), rows)
        connection.exec_driver_sql(f"analyze {table.name}, households")


@pytest.fixture
def office(postgres_server: PostgresServer, tmp_path: Path) -> Iterator[Harness]:
    """A registry on PostgreSQL with ledgers of many years, of which it knows how long they are."""
    with postgres_server.database() as url:
        harness = Harness(RegistryService, url, keys=tmp_path)
        ledgers(harness)
        yield harness
        harness.close()


def test_what_waits_is_found_without_reading_what_is_done(office: Harness):
    for method, fields, index in (
        ("list_corrections", {"states": ["requested"]}, "ix_corrections_state"),
        ("list_risks", {"due_before": "2024-06-01"}, "ix_risks_state"),
        ("list_risks", {"states": ["found"]}, "ix_risks_state"),
        ("list_household_flags", {"flag": "hardship"}, "ix_household_flag_records_flag"),
    ):
        assert f" {index} " in plan_of(office, method, fields), method


def plan_of(office: Harness, method: str, fields: dict[str, Any]) -> str:
    """How PostgreSQL reads a page with the one record that waits."""
    asked: list[tuple[str, Any]] = []

    def listen(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    engine = office.runtime.database.engine
    sa.event.listen(engine, "before_cursor_execute", listen)
    page = office.call(method, fields)
    sa.event.remove(engine, "before_cursor_execute", listen)
    assert [len(found) for found in page.values() if isinstance(found, list)] == [1]
    [read] = [each for each in asked if "LIMIT" in each[0]]
    with engine.connect() as connection:
        return "\n".join(connection.exec_driver_sql(f"explain {read[0]}", read[1]).scalars())
