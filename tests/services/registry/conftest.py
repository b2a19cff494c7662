"""A registry on each database, with the divisions of one county."""

from collections.abc import Iterator

import pytest

from services.registry.service import RegistryService
from tests.services.registry import factories
from tests.support.platform import Harness


@pytest.fixture
def registry(database_url: str) -> Iterator[Harness]:
    harness = Harness(RegistryService, database_url)
    outcomes = harness.bulk("record_regions", factories.regions(), harness.caller("system"))
    assert {outcome["outcome"] for outcome in outcomes} == {"created"}
    yield harness
    harness.close()
