"""An office on RabbitMQ and PostgreSQL: every service in a process of its own, started in any order."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import psycopg2
import pytest

from contracts.catalogue import SERVICES
from tests.e2e.cli import Running, canlian, running
from tests.support.servers import PostgresServer, RabbitMQServer

pytestmark = pytest.mark.timeout(300)

OFFICE = "990101"
LOAD = ("--as", "wang", "--approve-as", "li")
PERIOD = ("--office", OFFICE, "--period", "2023", "--format", "json")


@pytest.fixture
def office(
    tmp_path: Path, postgres_server: PostgresServer, rabbitmq_server: RabbitMQServer
) -> Iterator[dict[str, str]]:
    """The environment of an office on real engines: keys made, databases migrated, queues declared."""
    prefix = f"office_{uuid4().hex[:8]}_"
    connection = psycopg2.connect(postgres_server.url(driver="postgresql"))
    connection.autocommit = True
    with rabbitmq_server.vhost() as broker, connection.cursor() as cursor:
        for name in SERVICES:
            cursor.execute(f"create database {prefix}{name}")
        try:
            env = {
                "CANLIAN_OFFICE": OFFICE,
                "CANLIAN_BROKER_URL": broker,
                "CANLIAN_DATABASE_URL": postgres_server.url("SERVICE").replace(
                    "SERVICE", prefix + "{service}"
                ),
                "CANLIAN_KEY_FILE": str(tmp_path / "keys/keys.json"),
                "CANLIAN_TOKEN_KEY_DIR": str(tmp_path / "keys/tokens"),
            }
            canlian("keys", str(tmp_path / "keys"))
            canlian("migrate", env=env)
            canlian("topology", env=env)
            yield env
        finally:
            for name in SERVICES:
                cursor.execute(f"drop database {prefix}{name} with (force)")
    connection.close()


def started(stack: ExitStack, env: dict[str, str], *services: str, roles: str | None = None) -> Running:
    """A process with some services; it may not serve yet."""
    named = [part for name in services for part in ("--service", name)]
    more = {} if roles is None else {"CANLIAN_ROLES": roles}
    return stack.enter_context(running("up", *named, env=env | more))


def test_five_processes_give_the_snapshot_that_one_gives_even_when_killed(
    tmp_path: Path, office: dict[str, str]
) -> None:
    package, alone = tmp_path / "package", tmp_path / "alone"
    canlian("sample", "xinghe-2023", str(package))
    canlian("load", str(package), "--data-dir", str(alone), *LOAD)
    expected = json.loads(canlian("snapshot", "--data-dir", str(alone), *PERIOD))
    with ExitStack() as stack:
        # Reporting first, the registry last: nobody needs anybody to start.
        started(stack, office, "reporting", roles="rpc")
        following = started(stack, office, "reporting", roles="follow,relay,jobs")
        started(stack, office, "employment")
        started(stack, office, "rehab")
        subsidy = started(stack, office, "subsidy")
        started(stack, office, "registry").wait_for("health/ready")
        # Nothing waits for a service to be there: commands are sent again with their keys.
        load = stack.enter_context(running("load", str(package), *LOAD, env=office))
        load.wait_for("households")
        subsidy.kill()
        following.kill()
        started(stack, office, "subsidy")
        started(stack, office, "reporting", roles="follow,relay,jobs")
        load.wait_for("disbursements")
        assert load.process.wait(200) == 0, load.text
        canlian("doctor", env=office)
        found = json.loads(canlian("snapshot", *PERIOD, env=office))
    assert found["indicators"] == expected["indicators"]
    assert found["hash"] == expected["hash"]
