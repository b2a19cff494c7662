"""A PostgreSQL that stops and starts again: callers hear that it is away, ask again, and all is done once."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import eventlet
import psycopg2
import pytest
from prometheus_client import REGISTRY

from chassis.database import Database
from chassis.office import Office
from chassis.rpc_client import RpcClient, Unavailable
from chassis.settings import Settings
from chassis.token_source import TokenSource
from tests.support.servers import LocalPostgres, local_postgres
from tests.support.source.service import SourceService

SECONDS = 60
OFFICE = "341524"


def wait_for(condition: Callable[[], Any], what: str) -> None:
    with eventlet.Timeout(SECONDS, AssertionError(f"not in {SECONDS} s: {what}")):
        while not condition():
            eventlet.sleep(0.05)


def outcomes(method: str, outcome: str) -> float:
    labels = {"service": "registry", "method": method, "outcome": outcome}
    return REGISTRY.get_sample_value("canlian_rpc_seconds_count", labels) or 0.0


@pytest.fixture
def postgres() -> Iterator[LocalPostgres]:
    with local_postgres(fsync="off") as server:
        yield server


@pytest.fixture
def client(postgres: LocalPostgres, tmp_path: Path) -> Iterator[RpcClient]:
    """A caller of an office on that PostgreSQL."""
    url = f"inproc://localhost/{uuid4().hex}"
    database = f"{postgres.create_database()}?application_name={{service}}"
    settings = Settings(office=OFFICE, data_dir=tmp_path, broker_url=url, database_url=database)
    with Office(settings, (SourceService,)):
        roles = frozenset({"clerk", "system"})
        tokens = TokenSource(settings.token_keys)
        with RpcClient(url, lambda: tokens.token("me", roles, (OFFICE,), OFFICE), 30) as client:
            yield client


def record(client: RpcClient, key: str) -> Any:
    item = {"code": f"{OFFICE}000001", "name": "n", "valid_from": "2024-01-01"}
    return client.call("registry", "record_regions", {"idempotency_key": key, "items": [item]})


def told(client: RpcClient, key: str) -> str:
    """What a caller hears who is not answered."""
    with pytest.raises(Unavailable) as unavailable:
        record(client, key)
    return str(unavailable.value)


def recorded(client: RpcClient) -> int:
    reply = client.call("registry", "show_status", {})
    return int(reply["recorded"])


def again(client: RpcClient, key: str) -> Any:
    """Send the same command until it is answered."""
    with eventlet.Timeout(SECONDS):
        while True:
            try:
                return record(client, key)
            except Unavailable:
                eventlet.sleep(0.1)


def test_a_call_while_the_database_is_stopped_is_told_so_and_is_no_fault(
    postgres: LocalPostgres, client: RpcClient
) -> None:
    faults, unavailable = (outcomes("record_regions", each) for each in ("fault", "unavailable"))
    recorded(client)  # so that there are connections to lose
    postgres.stop()
    for _ in range(3):
        assert "send the same request again" in told(client, "key-00000001")
    with pytest.raises(Unavailable, match="away"):
        recorded(client)
    postgres.start()
    assert again(client, "key-00000001") == record(client, "key-00000001")
    assert recorded(client) == 1
    assert outcomes("record_regions", "unavailable") >= unavailable + 3
    assert outcomes("record_regions", "fault") == faults


def test_a_command_whose_connection_ends_before_its_commit_is_done_once_when_sent_again(
    postgres: LocalPostgres, client: RpcClient
) -> None:
    faults = outcomes("record_regions", "fault")
    key = "key-00000002"
    blocking = psycopg2.connect(postgres.url(database_of(postgres), "postgresql"))
    blocking.cursor().execute("lock table regions")
    under_way = eventlet.spawn(told, client, key)
    wait_for(lambda: waiting(postgres), "the command to wait for the table")
    postgres.stop()
    with eventlet.Timeout(SECONDS):
        assert "database of registry is away" in under_way.wait()
    blocking.close()
    postgres.start()
    assert again(client, key)["outcomes"][0]["outcome"] == "created"
    assert recorded(client) == 1
    assert outcomes("record_regions", "fault") == faults


def database_of(postgres: LocalPostgres) -> str:
    [name] = postgres._databases
    return name


def waiting(postgres: LocalPostgres) -> bool:
    database = Database(postgres.url(database_of(postgres)), pool_size=1)
    try:
        with database.read() as connection:
            waits = connection.exec_driver_sql(
                "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                " and datname = current_database()"
            )
            return bool(waits.scalar_one())
    finally:
        database.close()
