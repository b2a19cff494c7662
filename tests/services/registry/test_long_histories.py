"""Opening a record costs what it shows, and not what once happened: rows read, as PostgreSQL counts them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.registry.network_tables import appointments
from services.registry.service import RegistryService
from services.registry.tables import certificate_acts
from tests.services.registry.factories import act, regions, registered
from tests.services.registry.network_records import appointment, organisation, stands
from tests.support.platform import Harness
from tests.support.postgres_server import PostgresServer

ACTS = 1000
OTHERS = 300


@pytest.fixture
def office(postgres_server: PostgresServer, tmp_path: Path) -> Iterator[Harness]:
    """A registry on PostgreSQL, which alone tells how many rows it read."""
    with postgres_server.database() as url:
        harness = Harness(RegistryService, url, keys=tmp_path)
        harness.bulk("record_regions", regions())
        yield harness
        harness.close()


@pytest.mark.parametrize(
    ("method", "fields"), [("find_person", {}), ("show_person_then", {"day": "2024-06-01"})]
)
def test_a_record_with_a_thousand_acts_opens_like_one_with_a_single_act(
    office: Harness, method: str, fields: dict[str, Any]
):
    lately, long_ago = registered(office, 1, 2)
    acts = [act(lately, "new", "2014-03-15"), act(long_ago, "new", "2014-03-15", sequence=2)]
    office.bulk("record_certificate_acts", acts)
    [copied] = [row for row in office.rows(certificate_acts) if row.person_id == long_ago]
    repeated(office, certificate_acts, copied, ACTS)
    costs = [rows_read(office, method, fields | {"person_id": each}) for each in (lately, long_ago)]
    assert costs[0] == costs[1] > 0


def test_an_access_log_does_not_read_the_posts_of_others(office: Harness):
    person, other = registered(office, 1, 2)
    stands(office, "register_organisations", organisation())
    stands(office, "record_appointments", appointment(person_id=other))
    office.call("reveal_person", {"person_id": other, "fields": ["name"], "purpose": "打印通知书"})
    alone = rows_read(office, "list_person_reads", {"person_id": person})
    [copied] = office.rows(appointments)
    repeated(office, appointments, copied, OTHERS)
    assert rows_read(office, "list_person_reads", {"person_id": person}) == alone


def repeated(office: Harness, table: sa.Table, row: sa.Row[Any], times: int) -> None:
    """Record the same again, under other references."""
    rows = [{**row._mapping, "id": f"{n:032x}", "ref": f"again-{n}"} for n in range(times)]
    with office.runtime.database.write() as connection:
        connection.execute(sa.insert(table), rows)


def rows_read(office: Harness, method: str, fields: dict[str, Any]) -> int:
    """How many rows of tables and indexes the statements of a query read, those they dropped included."""
    asked: list[tuple[str, Any]] = []

    def listen(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    engine = office.runtime.database.engine
    sa.event.listen(engine, "before_cursor_execute", listen)
    office.call(method, fields)
    sa.event.remove(engine, "before_cursor_execute", listen)
    with engine.connect() as connection:
        # So small a table would be read whole, as no large one is.
        connection.exec_driver_sql("set enable_seqscan = off; set jit = off")
        plans = [
            connection.exec_driver_sql(f"explain (analyze, format json) {statement}", parameters).scalar_one()
            for statement, parameters in asked
            if statement.startswith("SELECT")
        ]
    return sum(_read(plan[0]["Plan"]) for plan in plans)


def _read(node: dict[str, Any]) -> int:
    below = sum(map(_read, node.get("Plans", ())))
    if "Scan" not in node["Node Type"] or "Relation Name" not in node:
        return below
    dropped = sum(count for name, count in node.items() if name.startswith("Rows Removed"))
    return below + round((node["Actual Rows"] + dropped) * node["Actual Loops"])
