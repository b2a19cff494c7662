"""What the tests of published figures share."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from services.reporting.service import ReportingService
from tests.services.reporting.steps import take, value
from tests.support.platform import Harness


@pytest.fixture
def figure(registry: Harness, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """The figures of each period asked for, made by reporting from all that the registry told by then."""
    reporting = Harness(ReportingService, f"sqlite:///{tmp_path}/reporting.db")

    def of(*periods: str) -> Any:
        reporting.feed("registry", registry.events())
        shown = [partial(value, take(reporting, period=period)) for period in periods]
        return shown[0] if len(shown) == 1 else shown

    yield of
    reporting.close()
