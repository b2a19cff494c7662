"""An office on each database, without a broker."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.logged_office import LoggedOffice


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LoggedOffice]:
    office = LoggedOffice.on(request.param, tmp_path, request)
    yield office
    office.remove()
