"""Reporting on each database, without a broker: events are handed to it as if they had come."""

from collections.abc import Iterator

import pytest

from services.reporting.service import ReportingService
from tests.support.platform import Harness


@pytest.fixture
def reporting(database_url: str) -> Iterator[Harness]:
    harness = Harness(ReportingService, database_url)
    yield harness
    harness.close()
