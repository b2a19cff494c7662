"""An office on RabbitMQ and PostgreSQL: services in processes of their own, in any order, several alike."""

import json
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.cli import Running, canlian, running
from tests.support.office_environment import OFFICE, office_environment
from tests.support.servers import PostgresServer, RabbitMQServer

pytestmark = pytest.mark.timeout(600)

LOAD = ("--as", "wang", "--approve-as", "li", "--practice-bank")
PERIOD = ("--office", OFFICE, "--period", "2023", "--format", "json")


@pytest.fixture
def office(
    tmp_path: Path, postgres_server: PostgresServer, rabbitmq_server: RabbitMQServer
) -> Iterator[dict[str, str]]:
    with office_environment(tmp_path, postgres_server, rabbitmq_server) as environment:
        # Nobody reads what the processes say.
        yield environment | {"CANLIAN_LOG_LEVEL": "CRITICAL"}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample office's data."""
    folder = tmp_path_factory.mktemp("package")
    canlian("sample", "xinghe-2023", str(folder))
    return folder


@pytest.fixture(scope="module")
def expected(package: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The snapshot that one process gives which nobody disturbs."""
    alone = str(tmp_path_factory.mktemp("alone"))
    canlian("load", str(package), "--data-dir", alone, *LOAD)
    snapshot: dict[str, Any] = json.loads(canlian("snapshot", "--data-dir", alone, *PERIOD))
    return snapshot


def started(stack: ExitStack, env: dict[str, str], *services: str, roles: str | None = None) -> Running:
    """A process with some services, or all; it may not serve yet."""
    named = [part for name in services for part in ("--service", name)]
    more = {} if roles is None else {"CANLIAN_ROLES": roles}
    return stack.enter_context(running("up", *named, env=env | more))


def assert_all_is_there(env: dict[str, str], expected: dict[str, Any]) -> None:
    """Nothing lost and nothing twice: else the figures would differ."""
    canlian("doctor", env=env)
    found = json.loads(canlian("snapshot", *PERIOD, env=env))
    assert found["indicators"] == expected["indicators"]
    assert found["hash"] == expected["hash"]


def test_processes_give_the_snapshot_that_one_gives_even_when_killed(
    package: Path, office: dict[str, str], expected: dict[str, Any]
) -> None:
    with ExitStack() as stack:
        # Reporting first, the registry last: nobody needs anybody to start.
        started(stack, office, "reporting", roles="rpc")
        following = started(stack, office, "reporting", roles="follow,relay,jobs")
        started(stack, office, "employment")
        started(stack, office, "rehab")
        subsidy = started(stack, office, "subsidy")
        started(stack, office, "registry")
        # Nothing waits for a service to be there: commands are sent again with their keys.
        load = stack.enter_context(running("load", str(package), *LOAD, env=office))
        load.wait_for("households")
        subsidy.kill()
        following.kill()
        started(stack, office, "subsidy")
        started(stack, office, "reporting", roles="follow,relay,jobs")
        load.wait_for("disbursements")
        assert load.process.wait(200) == 0, load.text
        assert_all_is_there(office, expected)


def test_two_of_everything_take_each_other_s_work_over(
    package: Path, office: dict[str, str], expected: dict[str, Any]
) -> None:
    """One is frozen under load and goes on later, not knowing that it was replaced; then the other dies."""
    with ExitStack() as stack:
        first, second = started(stack, office), started(stack, office)
        for process in (first, second):
            process.wait_until_ready()
        load = stack.enter_context(running("load", str(package), *LOAD, env=office))
        load.wait_for("households")
        first.process.send_signal(signal.SIGSTOP)
        load.wait_for("services.csv")
        first.process.send_signal(signal.SIGCONT)
        load.wait_for("disbursements")
        second.kill()
        assert load.process.wait(200) == 0, load.text
        assert_all_is_there(office, expected)
