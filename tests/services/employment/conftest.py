from collections.abc import Iterator

import pytest

from services.employment.service import EmploymentService
from tests.support.platform import Harness


@pytest.fixture
def employment(database_url: str) -> Iterator[Harness]:
    """The employment service of Jinzhai County on an empty database."""
    harness = Harness(EmploymentService, database_url)
    yield harness
    harness.close()
