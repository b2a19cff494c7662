"""Each service of Jinzhai County on each database, without a broker: events are handed to it."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from chassis.office import service_class
from chassis.service import Service
from tests.services.registry import factories
from tests.support.migrated import Emptied
from tests.support.platform import Harness


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[type[Service]], str]:
    """The URL of a service's database for this test, on SQLite and PostgreSQL, as its migrations leave it."""

    def make(service: type[Service]) -> str:
        if request.param == "postgresql" and request.node.get_closest_marker("slow"):
            # Many rows would stay behind as dead ones, and want statistics of their own.
            template = request.getfixturevalue("migrated_databases").name(service)
            return str(request.getfixturevalue("postgres_server").create_database(template))
        if request.param == "postgresql":
            emptied: Emptied = request.getfixturevalue("emptied_databases")
            return emptied.url(service)
        file = tmp_path / "x.db"
        request.getfixturevalue("migrated_files").copy_file(service, file)
        return f"sqlite:///{file}"

    return make


@pytest.fixture
def open_service(
    migrated_url: Callable[[type[Service]], str], tmp_path: Path
) -> Iterator[Callable[[str], Harness]]:
    """Opens a service by name on the test's database, again as if its process had been started anew."""
    opened: list[Harness] = []
    urls: list[str] = []

    def start(name: str) -> Harness:
        for harness in opened:
            harness.close()
        service = service_class(name)
        urls[:] = urls or [migrated_url(service)]
        opened[:] = [Harness(service, urls[0], keys=tmp_path / "keys")]
        return opened[0]

    yield start
    for harness in opened:
        harness.close()


@pytest.fixture
def registry(open_service: Callable[[str], Harness]) -> Harness:
    """The registry, with the divisions of the county."""
    harness = open_service("registry")
    outcomes = harness.bulk("record_regions", factories.regions(), harness.caller("system"))
    assert {outcome["outcome"] for outcome in outcomes} == {"created"}
    return harness


@pytest.fixture
def rehab(open_service: Callable[[str], Harness]) -> Harness:
    return open_service("rehab")


@pytest.fixture
def employment(open_service: Callable[[str], Harness]) -> Harness:
    return open_service("employment")


@pytest.fixture
def open_subsidy(open_service: Callable[[str], Harness]) -> Callable[[], Harness]:
    """Opens the subsidy service, again as if its process had been started anew."""
    return partial(open_service, "subsidy")


@pytest.fixture
def subsidy(open_subsidy: Callable[[], Harness]) -> Harness:
    return open_subsidy()


@pytest.fixture
def reporting(open_service: Callable[[str], Harness]) -> Harness:
    return open_service("reporting")
