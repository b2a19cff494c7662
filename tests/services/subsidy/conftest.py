"""What the tests of whole systems share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.subsidy.whole_office import WholeOffice
from tests.support.logged_office import LoggedOffice


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WholeOffice]:
    """The services of a county, from the registry to reporting, on SQLite and PostgreSQL."""
    if request.param == "sqlite" or request.node.get_closest_marker("slow"):
        logged = LoggedOffice.on(request.param, tmp_path, request)
    else:
        migrated, emptied = map(request.getfixturevalue, ("migrated_databases", "emptied_databases"))
        logged = LoggedOffice(tmp_path, migrated, emptied=emptied)
    yield WholeOffice(logged)
    logged.remove()
