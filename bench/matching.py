"""A match of a whole city with a list of as many rows, beside the join alone that finds the same persons.

Ours is what an office does: the list comes in commands of a thousand rows, which are checked and kept by
their blind index; then a job compares everybody in short transactions, records findings with their events,
and counts persons by township, category and grade. Raw is one statement on the same tables, which looks up
nothing but who is missing on the list, and writes them down.
"""

from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import psycopg2

from bench.measure import Bound, Result, Row, Stopwatch, Turn, figures
from bench.office import plain, runtime
from bench.persons import Clerk, chunks, people
from bench.registered import copy_in
from chassis.jobs import JobRunner
from chassis.runtime import Runtime
from services.registry.service import RegistryService
from tests.support.servers import PostgresServer, RabbitMQServer

COUNT = 400_000
MISSING = 20_000
"""Persons who are not on the list; as many rows of it are about strangers."""
AT_MOST_SECONDS = 60
COUNTY = {"code": "341524000000", "name": "某县", "valid_from": "1949-10-01"}
LIST = {
    "ref": "B-bench",
    "kind": "medical_insurance",
    "region": "341524000000",
    "source": "医保局",
    "as_of": "2024-05-31",
    "received_on": "2024-06-01",
}
RUN = {
    "ref": "D-bench",
    "region": "341524000000",
    "matched_on": "2024-06-07",
    "checks": ["medical_insurance"],
    "list_refs": ["B-bench"],
}
JOIN = """
    create table missing as select p.id, p.region, c.category, c.grade from persons p
    join certificates c on c.person_id = p.id and c.status = 'valid'
    left join department_rows r on r.id_number_index = p.id_number_index
         and r.list_id = (select id from department_lists where ref = 'B-bench')
    where r.id is null
"""


def rows(pg: PostgresServer, _: RabbitMQServer) -> list[Result]:
    """The run and the join by persons a second; the seconds of the run, with its memory and the import."""
    with TemporaryDirectory() as name, pg.database() as url:
        registry = runtime(RegistryService, Path(name), "amqp://unused", url)
        clerk = Clerk(registry)
        clerk.record_villages()
        clerk.send("record_regions", [COUNTY])
        _populate(registry, url)
        imported = _import(clerk)
        raw = _join(url)
        memory = psutil.Process().memory_info().rss
        ours = _match(clerk, registry)
        grown = (psutil.Process().memory_info().rss - memory) / 2**20
        registry.close()
    rates = figures([{"ours": ours, "raw": raw}])
    others = {
        "seconds of importing the rows": imported.seconds,
        "seconds of the join": raw.seconds,
        "MiB that the process grew": grown,
    }
    return [
        Row(
            "match of a city with a list of as many rows",
            "persons/s",
            0.02,
            rates["ours"],
            rates["raw"],
            "one join that writes down who is missing",
        ),
        Bound("400,000 persons matched with 400,000 rows", "s", ours.seconds, AT_MOST_SECONDS, others),
    ]


def _populate(registry: Runtime, url: str) -> None:
    copy_in(
        registry,
        url,
        (
            person | {"household_id": None, "category": "physical", "grade": number % 4 + 1}
            for number, person in enumerate(people(COUNT))
        ),
    )
    with closing(psycopg2.connect(plain(url))) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("vacuum analyze")


def _on_the_list() -> Iterator[dict[str, str]]:
    for person in islice(people(COUNT + MISSING), MISSING, None):
        yield {"list_ref": LIST["ref"], "id_number": person["id_number"]}


def _import(clerk: Clerk) -> Turn:
    watch = Stopwatch()
    assert clerk.send("record_department_lists", [dict(LIST)])[0]["outcome"] == "created"
    for chunk in chunks(_on_the_list()):
        assert {outcome["outcome"] for outcome in clerk.send("record_department_rows", chunk)} == {"created"}
    return watch.turn(COUNT)


def _join(url: str) -> Turn:
    with closing(psycopg2.connect(plain(url))) as connection, connection.cursor() as cursor:
        cursor.execute("analyze department_rows")
        watch = Stopwatch()
        cursor.execute(JOIN)
        turn = watch.turn(COUNT)
        assert cursor.rowcount == MISSING
    return turn


def _match(clerk: Clerk, registry: Runtime) -> Turn:
    watch = Stopwatch()
    [outcome] = clerk.send("start_match_runs", [dict(RUN)])
    assert outcome["outcome"] == "created", outcome
    JobRunner(registry, RegistryService.job_steps()).run_all()
    turn = watch.turn(COUNT)
    with registry.database.read() as connection:
        state, findings = connection.exec_driver_sql("select state, findings from match_runs").one()
    assert (state, findings) == ("completed", MISSING), (state, findings)
    return turn
