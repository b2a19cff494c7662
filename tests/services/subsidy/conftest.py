"""A subsidy service of Jinzhai County on each database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.subsidy.service import SubsidyService
from tests.support.platform import Harness


@pytest.fixture
def open_subsidy(database_url: str, tmp_path: Path) -> Iterator[Callable[[], Harness]]:
    """Opens the service on the test's database, again as if the process had been started anew."""
    opened: list[Harness] = []

    def start() -> Harness:
        for harness in opened:
            harness.close()
        opened[:] = [Harness(SubsidyService, database_url, keys=tmp_path / "keys")]
        return opened[0]

    yield start
    for harness in opened:
        harness.close()


@pytest.fixture
def subsidy(open_subsidy: Callable[[], Harness]) -> Harness:
    return open_subsidy()
