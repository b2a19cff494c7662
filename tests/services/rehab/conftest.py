from collections.abc import Iterator

import pytest

from services.rehab.service import RehabService
from tests.support.platform import Harness


@pytest.fixture
def rehab(database_url: str) -> Iterator[Harness]:
    """The rehab service of Jinzhai County on an empty database."""
    harness = Harness(RehabService, database_url)
    yield harness
    harness.close()
