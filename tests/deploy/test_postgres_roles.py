"""The roles of deploy/postgres on a real PostgreSQL: enough for the services' own work, and no more."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import psycopg2.errors
import pytest
import sqlalchemy as sa
from kombu import Connection

from chassis import schema, topology
from chassis.office import service_class
from chassis.partitions import AHEAD
from chassis.rebuilding import Order, Outcome, Rebuild
from chassis.relay import Relay
from chassis.runtime import Runtime
from contracts.catalogue import SERVICES
from kernel.errors import Refusal
from services.rehab.tables import persons as persons_of_rehab
from tests.deploy.office_servers import OfficePostgres, settings_of
from tests.services.employment import factories as training
from tests.services.registry import factories as persons
from tests.services.rehab import factories as care
from tests.services.reporting.steps import take
from tests.services.subsidy import factories as money
from tests.services.subsidy.steps import pay
from tests.support.platform import Harness


@pytest.fixture(scope="module")
def office(databases: OfficePostgres) -> OfficePostgres:
    """Migrated by the owner, as the containers do before the services start."""
    databases.migrate(*map(service_class, SERVICES))
    databases.script("privileges.sh")
    return databases


@contextmanager
def harness(office: OfficePostgres, service: str) -> Iterator[Harness]:
    """A service with its own role."""
    url = office.url(service).format(service=service)
    opened = Harness(service_class(service), url, keys=office.secrets)
    try:
        yield opened
    finally:
        opened.close()


def execute(url: str, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(url.replace("+psycopg2", ""))
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def refused(url: str, statement: str) -> bool:
    """Whether the role lacks the right to do this."""
    try:
        execute(url, statement)
    except psycopg2.errors.InsufficientPrivilege:
        return True
    return False


def test_every_service_does_its_work_with_its_own_role(office: OfficePostgres) -> None:
    with harness(office, "registry") as registry:
        outcomes = registry.bulk("record_regions", persons.regions(), registry.caller("system"))
        assert {outcome["outcome"] for outcome in outcomes} == {"created"}
        person = persons.registered(registry)[0]
        acts = [persons.act(person, "new", "2024-01-03")]
        assert persons.results(registry.bulk("record_certificate_acts", acts)) == [("created", None)]
        facts = registry.events()
    with harness(office, "rehab") as rehab:
        rehab.feed("registry", [*facts, care.person(1), care.certificate(1)])
        enrolled = rehab.bulk("enrol_persons", [care.enrolment(1, "care", mode="day")])
        assert persons.results(enrolled) == [("created", None)]
    with harness(office, "employment") as employment:
        employment.feed("registry", [*facts, training.person(1), training.certificate(1)])
        needs = employment.bulk("register_training_needs", [training.need(1)])
        assert persons.results(needs) == [("created", None)]
    with harness(office, "subsidy") as subsidy:
        subsidy.bulk("record_fund_allotments", [money.allotment()])
        subsidy.feed("rehab", [money.placed_in_care(1, "home")])
        assert pay(subsidy, "care")["state"] == "paid"
        payments = subsidy.events()
    with harness(office, "reporting") as reporting:
        reporting.feed("registry", facts)
        reporting.feed("subsidy", payments)
        assert take(reporting)["revision"] == 1
        assert [reporting.parked(), reporting.audit_problems()] == [[], []]


def test_the_relay_numbers_and_marks_events_and_reads_nothing_else(office: OfficePostgres) -> None:
    with harness(office, "registry") as registry:
        registry.bulk("register_households", [persons.household("H-relay")])
    settings = settings_of("relay", "inproc://localhost/relay", office.url("relay"), office.secrets, "relay")
    runtime = Runtime(service_class("registry"), settings)
    with Connection("inproc://localhost/relay") as connection:
        topology.declare(connection, embedded=True)
        assert Relay(runtime, connection).run_once() > 0
    with runtime.database.read() as reading:
        unnumbered = sa.select(sa.func.count()).where(schema.event_log.c.position.is_(None))
        assert reading.execute(unnumbered).scalar_one() == 0
    assert runtime.check() is None
    runtime.close()
    url = office.url("relay").format(service="registry")
    for statement in ("select * from persons", "update event_log set data = ''", "delete from event_log"):
        assert refused(url, statement), statement


def test_the_owner_rebuilds_and_the_service_works_on_in_what_it_left(office: OfficePostgres) -> None:
    with harness(office, "rehab") as rehab:
        rehab.feed("registry", [care.person(50)])

    def emptied(_source: str, question: dict[str, Any]) -> dict[str, Any]:
        return {"events": [], "last": 0, "agrees": question["position"] == 0}

    def rebuild(account: str) -> Outcome:
        broker = "inproc://localhost/rebuild"
        settings = settings_of(account, broker, office.url(account), office.secrets, "rpc")
        work = Rebuild(service_class("rehab"), settings, emptied, lambda *_: None)
        return work.run(Order(by="wang", reason="a test"))

    with pytest.raises(Refusal, match="owner"):
        rebuild("rehab")
    assert rebuild("migrate").switched
    with harness(office, "rehab") as rehab:
        assert rehab.follower("registry").position() == 0
        rehab.feed("registry", [care.person(50)])
        assert len(rehab.rows(persons_of_rehab)) == 1
    url = office.url("rehab").format(service="rehab")
    assert refused(url, "delete from operator_act")
    assert execute(url, "select nspname from pg_namespace where nspname = 'rebuild'") == []


# Of the partitions, which are all made alike, the nets stand for the others.
TABLES = """
select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
and (not relispartition or relname like '%\\_default') order by 1
"""


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_makes_changes_and_drops_no_table(office: OfficePostgres, service: str) -> None:
    url = office.url(service).format(service=service)
    statements = [
        "create table intruder (id int)",
        "create temporary table intruder (id int)",
        "create schema intruder",
        "create function intruder() returns int language sql as 'select 1'",
        "create role intruder",
        "set role migrator",
        "update event_log set data = ''",
        "delete from event_log",
        "delete from access_audit",
        "update stream set published = 0",
        "update schema_version set version_num = '0000'",
    ]
    tables = [str(row[0]) for row in execute(url, TABLES)]
    assert len(tables) > len(schema.METADATA.tables)
    for table in tables:
        statements += [
            f"alter table {table} add column intruder int",
            f"alter table {table} disable trigger all",
            f"create trigger intruder before insert on {table} execute function tsvector_update_trigger()",
            f"create index intruder on {table} ((1))",
            f"truncate {table} cascade",
            f"drop table {table} cascade",
        ]
    for statement in statements:
        assert refused(url, statement), statement


@pytest.mark.parametrize("service", SERVICES)
def test_partitions_are_reached_through_their_table_alone(office: OfficePostgres, service: str) -> None:
    parts = "select oid::regclass::text from pg_class where relispartition and relkind = 'r'"
    for account in (service, "relay"):
        url = office.url(account).format(service=service)
        rights = "has_table_privilege(oid, 'select, insert, update, delete, truncate')"
        assert (
            execute(url, f"{parts} and ({rights} or has_any_column_privilege(oid, 'select, update'))") == []
        )
        assert len(execute(url, parts)) > AHEAD


def test_a_service_notes_no_month_as_archived(office: OfficePostgres) -> None:
    url = office.url("registry").format(service="registry")
    for statement in ("insert into archived_month default values", "delete from archived_month"):
        assert refused(url, statement), statement
    assert execute(url, "select * from archived_month") == []


def test_a_service_enters_no_other_database_and_nobody_without_a_password(office: OfficePostgres) -> None:
    for service in SERVICES:
        for other in {*SERVICES, "postgres"} - {service}:
            with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
                execute(office.url(service).format(service=other), "select 1")
        stranger = f"postgresql://{service}:guess@127.0.0.1:{office.port}/{service}"
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            execute(stranger, "select 1")


def test_tables_of_a_later_migration_are_the_service_s_to_use_and_the_scripts_may_run_again(
    office: OfficePostgres,
) -> None:
    owner = office.url("migrate").format(service="rehab")
    execute(owner, "begin; create table later (id bigserial primary key, note text); commit")
    url = office.url("rehab").format(service="rehab")
    assert execute(url, "insert into later (note) values ('x') returning id, note") == [(1, "x")]
    assert refused(url, "truncate later")
    execute(owner, "begin; drop table later; commit")
    office.script("init.sh")
    office.script("privileges.sh")
    assert execute(url, "select 1") == [(1,)]
