"""A process may start before its servers and their queues; it tells what it waits for."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

import eventlet
import pytest
from kombu import Connection

from chassis import topology
from chassis.access import TokenKeys
from chassis.migrating import upgrade
from chassis.office import Office
from chassis.runtime import Runtime
from chassis.sealing import Keys
from chassis.settings import Settings
from tests.support.servers import PostgresServer, RabbitMQServer, free_port
from tests.support.source.service import SourceService
from tests.support.tcp_proxy import TcpProxy

SECONDS = 30


def settings(folder: Path, broker_url: str, database_url: str) -> Settings:
    Keys.generate(folder / "keys.json")
    TokenKeys.generate(folder / "tokens")
    return Settings(
        office="341524",
        broker_url=broker_url,
        database_url=database_url,
        key_file=folder / "keys.json",
        token_key_dir=folder / "tokens",
    )


@contextmanager
def starting(settings: Settings) -> Iterator[Office]:
    """An office that may not serve yet."""
    office = Office(settings, (SourceService,))
    thread = eventlet.spawn(office.start)
    with eventlet.Timeout(SECONDS):
        while not office.health.port:
            eventlet.sleep(0.02)
    try:
        yield office
    finally:
        office._stopping = True
        thread.wait()
        office.stop()


def unready(office: Office) -> dict[str, str]:
    """Name and detail of each check that does not hold; none when ready."""
    url = f"http://127.0.0.1:{office.health.port}/health/ready"
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            body = response.read()
    except HTTPError as error:
        body = error.read()
    return {check["name"]: check["detail"] for check in json.loads(body)["checks"] if not check["ok"]}


def wait_for(condition: Callable[[], Any], what: str) -> None:
    with eventlet.Timeout(SECONDS, AssertionError(f"not in {SECONDS} s: {what}")):
        while not condition():
            eventlet.sleep(0.05)


def test_it_starts_before_its_servers_and_becomes_ready_by_itself(
    tmp_path: Path, postgres_server: PostgresServer, rabbitmq_server: RabbitMQServer
) -> None:
    with postgres_server.database() as database, rabbitmq_server.vhost() as broker:
        mq, pg = urlsplit(broker), urlsplit(database)
        with TcpProxy("127.0.0.1", mq.port or 0) as mq_proxy, TcpProxy("127.0.0.1", pg.port or 0) as pg_proxy:
            mq_proxy.cut()
            pg_proxy.cut()
            own = settings(
                tmp_path,
                broker.replace(f":{mq.port}", f":{mq_proxy.port}"),
                database.replace(f":{pg.port}", f":{pg_proxy.port}") + "?application_name={service}",
            )
            with starting(own) as office:
                wait_for(lambda: "the broker" in unready(office)["services"], "the word for it")
                assert set(unready(office)) == {"services", "broker", "registry.database"}
                mq_proxy.heal()
                wait_for(lambda: set(unready(office)) == {"registry.database"}, "the broker to be enough")
                pg_proxy.heal()
                wait_for(
                    lambda: unready(office) == {"registry.database": "ProgrammingError"}, "tables to lack"
                )
                upgrade(SourceService, Runtime(SourceService, own).database)
                wait_for(lambda: not unready(office), "all to be well")
                mq_proxy.stall()
                wait_for(lambda: set(unready(office)) == {"broker"}, "the frozen broker to be seen")
                mq_proxy.heal()
                wait_for(lambda: not unready(office), "all to be well again")


@pytest.fixture
def narrow_broker(rabbitmq_server: RabbitMQServer) -> Iterator[tuple[str, str]]:
    """A virtual host without queues: its URL for all, and for an account that may declare nothing."""
    with rabbitmq_server.vhost() as url:
        parts = urlsplit(url)
        vhost = parts.path[1:]
        rights = '<<"^$">>, <<"^$">>, <<"^$">>'
        add = f'add_user(<<"narrow">>, <<"{vhost}">>, <<"t">>)'
        allow = f'set_permissions(<<"narrow">>, <<"{vhost}">>, {rights}, <<"t">>)'
        accounts = "rabbit_auth_backend_internal"
        rabbitmq_server.erlang(f"{accounts}:{add}, {accounts}:{allow}, ok.")
        yield url, url.replace(f"{parts.username}:{parts.password}@", f"narrow:{vhost}@")
        rabbitmq_server.erlang('rabbit_auth_backend_internal:delete_user(<<"narrow">>, <<"t">>), ok.')


def test_an_account_that_may_declare_nothing_waits_for_the_queues(
    tmp_path: Path, postgres_server: PostgresServer, narrow_broker: tuple[str, str]
) -> None:
    everybody, narrow = narrow_broker
    with postgres_server.database() as database:
        own = settings(tmp_path, narrow, database + "?application_name={service}")
        own = own.model_copy(update={"roles": frozenset({"relay"})})
        upgrade(SourceService, Runtime(SourceService, own).database)
        with starting(own) as office:
            wait_for(lambda: "exchanges and queues" in unready(office)["services"], "the word for it")
            with Connection(everybody) as connection:
                topology.declare(connection, embedded=False)
            wait_for(lambda: not unready(office), "all to be well")


def test_a_wrong_password_is_told_as_refused_access(
    tmp_path: Path, postgres_server: PostgresServer, rabbitmq_server: RabbitMQServer
) -> None:
    nobody = f"amqp://nobody:guess@127.0.0.1:{urlsplit(rabbitmq_server.url()).port}/"
    with postgres_server.database() as database:
        own = settings(tmp_path, nobody, database + "?application_name={service}")
        with starting(own) as office:
            wait_for(lambda: unready(office).get("broker") == "AccessRefused", "the refusal")


def test_a_broker_that_is_nowhere_stops_no_probe(tmp_path: Path, postgres_server: PostgresServer) -> None:
    with postgres_server.database() as database:
        own = settings(tmp_path, f"amqp://127.0.0.1:{free_port()}/", database + "?application_name={service}")
        with starting(own) as office:
            wait_for(lambda: "ConnectionRefusedError" in unready(office)["services"], "the reason")
