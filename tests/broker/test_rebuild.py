"""Projections rebuilt while an office works, on both sets of engines."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import eventlet
import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY

from chassis.office import Office, service_class
from chassis.rebuilding import Order, Outcome, Rebuild
from chassis.rpc_client import RpcClient
from services.rehab.tables import persons
from tests.services.registry import factories
from tests.support.logged_office import LoggedOffice

SECONDS = 60


class Running:
    """The registry and rehab, which follows it, on a broker."""

    def __init__(self, databases: LoggedOffice, broker_url: str) -> None:
        self.databases = databases
        for name in ("registry", "rehab"):
            databases.service(name)
        folder = databases.folder
        keys = {"key_file": folder / "keys.json", "token_key_dir": folder / "tokens"}
        self.settings = databases.settings.model_copy(update={"broker_url": broker_url, **keys})
        clerk = databases.service("registry").caller("clerk", "system")
        self._system = databases.service("rehab").caller("system", subject="rehab")
        databases.close()
        self._clerk = clerk
        self.client = RpcClient(broker_url, lambda: clerk, 10)
        self.office: Office | None = None

    def start(self) -> None:
        self.office = Office(self.settings, [service_class(name) for name in ("registry", "rehab")])
        self.office.start()

    def stop(self) -> None:
        if self.office is not None:
            self.office.stop()
            self.office = None

    def register(self, *numbers: int) -> None:
        items = [factories.person(number) for number in numbers]
        fields = {"idempotency_key": uuid.uuid4().hex, "items": items}
        outcomes = self.client.call("registry", "register_persons", fields)["outcomes"]
        assert {outcome["outcome"] for outcome in outcomes} == {"created"}

    def record_regions(self) -> None:
        fields = {"idempotency_key": uuid.uuid4().hex, "items": factories.regions()}
        self.client.call("registry", "record_regions", fields)

    def count(self, *conditions: Any) -> int:
        """How many persons rehab knows."""
        assert self.office is not None
        with self.office._runtimes["rehab"].database.read() as connection:
            query = sa.select(sa.func.count()).select_from(persons).where(*conditions)
            return int(connection.execute(query).scalar_one())

    def arrived(self, count: int) -> None:
        with eventlet.Timeout(SECONDS, AssertionError(f"not in {SECONDS} s: {count} persons at rehab")):
            while self.count() != count:
                eventlet.sleep(0.05)

    def conflict(self, value: float) -> None:
        labels = {"consumer": "rehab", "source": "registry"}
        with eventlet.Timeout(SECONDS, AssertionError(f"not in {SECONDS} s: conflict {value}")):
            while REGISTRY.get_sample_value("canlian_consumer_stream_conflict", labels) != value:
                eventlet.sleep(0.05)

    def rebuild(self, check_only: bool = False) -> Outcome:
        def ask(source: str, question: dict[str, Any]) -> dict[str, Any]:
            return self.client.call(source, "events_after", question, token=self._system)

        order = Order(by="wang", reason="a test", check_only=check_only)
        return Rebuild(service_class("rehab"), self.settings, ask, lambda *_: None).run(order)


@pytest.fixture(params=["embedded", "servers"])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Running]:
    if request.param == "embedded":
        databases = LoggedOffice.on("sqlite", tmp_path, request)
        broker_url = f"inproc://localhost/{uuid.uuid4().hex}"
    else:
        databases = LoggedOffice.on("postgresql", tmp_path, request)
        broker_url = request.getfixturevalue("rabbitmq_server").create_vhost()
    running = Running(databases, broker_url)
    running.start()
    with running.client:
        running.record_regions()
        yield running
    running.stop()
    databases.remove()


def test_an_office_works_on_while_its_projections_are_rebuilt(running: Running) -> None:
    running.register(*range(1, 101))
    running.arrived(100)
    assert running.office is not None
    with running.office._runtimes["rehab"].database.write() as connection:
        connection.execute(sa.update(persons).values(region="999999000000"))
    done: list[int] = []

    def work() -> None:
        number = 200
        while not done:
            running.register(*range(number, number + 3))
            number += 3
        done.append(number - 200)

    working = eventlet.spawn(work)
    try:
        outcome = running.rebuild()
    finally:
        done.append(0)
        working.wait()
    (difference,) = outcome.differences
    assert (difference.table, difference.surplus, difference.missing) == ("persons", 0, 0)
    assert difference.changed.keys() == {"region"}
    assert difference.changed["region"] >= 100
    running.arrived(100 + done[-1])
    assert running.count(persons.c.region == "999999000000") == 0
    assert running.rebuild(check_only=True).equal


def test_a_follower_goes_on_by_itself_after_its_restored_source_was_agreed_with(running: Running) -> None:
    running.register(1, 2)
    running.arrived(2)
    running.stop()
    running.databases.back_up("registry")
    running.start()
    running.register(3, 4)
    running.arrived(4)
    running.stop()
    running.databases.restore("registry")
    running.start()
    running.register(5)
    running.conflict(1)
    assert running.count() == 4, "a conflicted follower applies nothing"
    assert running.rebuild().conflicts == ["registry"]
    running.register(6)
    running.arrived(4)
    running.conflict(0)
    assert running.rebuild(check_only=True).equal
