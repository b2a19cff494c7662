"""A process that is asked to stop ends in time, whatever its servers do, and loses and repeats nothing."""

import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import eventlet
import pytest
from sqlalchemy.engine import make_url

from chassis.rpc import Refused
from chassis.rpc_client import RpcClient, Unavailable
from chassis.token_source import TokenSource
from tests.e2e.cli import running
from tests.support.office_environment import OFFICE, office_environment
from tests.support.servers import PostgresServer, RabbitMQServer
from tests.support.tcp_proxy import TcpProxy

pytestmark = pytest.mark.timeout(300)

SECONDS = 60
CALLERS = 4


@pytest.fixture
def environment(
    tmp_path: Path, postgres_server: PostgresServer, rabbitmq_server: RabbitMQServer
) -> Iterator[dict[str, str]]:
    with office_environment(tmp_path, postgres_server, rabbitmq_server, ["registry"]) as environment:
        # Nobody reads what the processes say.
        yield environment | {"CANLIAN_LOG_LEVEL": "CRITICAL"}


@contextmanager
def behind_proxy(environment: dict[str, str], name: str) -> Iterator[tuple[TcpProxy, dict[str, str]]]:
    """A proxy before the server that a variable names, and the environment that leads through it."""
    address = make_url(environment[name].replace("{service}", "SERVICE"))
    assert address.host
    assert address.port
    with TcpProxy(address.host, address.port) as proxy:
        url = address.set(port=proxy.port).render_as_string(hide_password=False)
        yield proxy, environment | {name: url.replace("SERVICE", "{service}")}


class Callers:
    """Several at once record regions, one after the other, each under its own key."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        tokens = TokenSource(folder / "tokens")
        roles = frozenset({"clerk", "system"})
        self.client = RpcClient(
            environment["CANLIAN_BROKER_URL"], lambda: tokens.token("me", roles, (OFFICE,), OFFICE), 5
        )
        self.sent: set[int] = set()
        self.answered: set[int] = set()

    @contextmanager
    def calling(self) -> Iterator[None]:
        """As long as the block lasts; afterwards none is under way."""
        self._stopping = False
        threads = [eventlet.spawn(self._run, n) for n in range(1, CALLERS + 1)]
        try:
            yield
        finally:
            self._stopping = True
            for thread in threads:
                thread.wait()

    def _run(self, caller: int) -> None:
        number = caller
        while not self._stopping:
            self.sent.add(number)
            with suppress(Unavailable, Refused):
                self.record(number)
                self.answered.add(number)
            number += CALLERS

    def record(self, number: int) -> None:
        item = {"code": f"{OFFICE}{number:06d}", "name": "n", "valid_from": "2024-01-01"}
        command = {"idempotency_key": f"region-{number}", "items": [item]}
        (outcome,) = self.client.call("registry", "record_regions", command)["outcomes"]
        assert outcome["outcome"] in {"created", "unchanged"}, outcome

    def record_at_last(self, number: int) -> None:
        """Again and again: what a vanished process had begun holds its rows until PostgreSQL ends it."""
        with eventlet.Timeout(2 * SECONDS, AssertionError(f"region {number} is never answered")):
            while True:
                with suppress(Unavailable):
                    return self.record(number)

    def recorded(self) -> int:
        return int(self.client.call("registry", "show_status", {})["recorded"])


def wait_for(condition: Callable[[], Any], what: str) -> None:
    with eventlet.Timeout(SECONDS, AssertionError(f"not in {SECONDS} s: {what}")):
        while not condition():
            eventlet.sleep(0.05)


TROUBLE: dict[str, tuple[str, Callable[[TcpProxy], None]]] = {
    "none": ("CANLIAN_BROKER_URL", TcpProxy.heal),
    "the broker is gone": ("CANLIAN_BROKER_URL", TcpProxy.cut),
    "the broker is frozen": ("CANLIAN_BROKER_URL", TcpProxy.stall),
    "the database is gone": ("CANLIAN_DATABASE_URL", TcpProxy.cut),
    "the database is frozen": ("CANLIAN_DATABASE_URL", TcpProxy.stall),
}


@pytest.mark.parametrize("trouble", TROUBLE)
def test_a_process_asked_to_stop_ends_in_time_and_loses_and_repeats_nothing(
    tmp_path: Path, environment: dict[str, str], trouble: str
) -> None:
    server, make = TROUBLE[trouble]
    callers = Callers(environment, tmp_path)
    up = ("up", "--service", "registry")
    with behind_proxy(environment, server) as (proxy, through), callers.client:
        with running(*up, env=through) as process, callers.calling():
            process.wait_until_ready()
            wait_for(lambda: len(callers.answered) > 50, "calls to be answered")
            make(proxy)
            process.process.send_signal(signal.SIGTERM)
            code = process.process.wait(20)
            assert code == 0 or trouble != "none"
        with running(*up, env=environment) as process:
            process.wait_until_ready()
            before = callers.recorded()
            assert len(callers.answered) <= before <= len(callers.sent), "what was answered is there"
            for number in sorted(callers.sent):
                callers.record_at_last(number)
            assert callers.recorded() == len(callers.sent), "each once, after all were sent again"


def test_a_process_that_still_waits_for_its_servers_ends_at_once(environment: dict[str, str]) -> None:
    nowhere = re.sub(r"@[^/]+/", "@127.0.0.1:1/", environment["CANLIAN_BROKER_URL"])
    with running("up", "--service", "registry", env=environment | {"CANLIAN_BROKER_URL": nowhere}) as process:
        process.wait_for("/health/ready")
        process.process.send_signal(signal.SIGTERM)
        assert process.process.wait(20) == 0
