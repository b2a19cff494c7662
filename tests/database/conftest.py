"""An office on each database, without a broker."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.logged_office import LoggedOffice


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LoggedOffice]:
    kind = request.param
    postgres = request.getfixturevalue("postgres_server") if kind == "postgresql" else None
    office = LoggedOffice(tmp_path, postgres)
    yield office
    office.remove()
