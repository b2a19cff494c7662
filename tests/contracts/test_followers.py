"""Every service takes every event it follows as it once travelled, and once only."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from chassis.stream import Received, receive
from contracts.catalogue import SUBSCRIPTIONS
from services.employment.service import EmploymentService
from services.rehab.service import RehabService
from services.reporting.service import ReportingService
from services.subsidy.service import SubsidyService
from tests.contracts.golden_samples import SAMPLES, envelope
from tests.support.platform import Harness

FOLLOWERS = {each.name: each for each in (SubsidyService, RehabService, EmploymentService, ReportingService)}


@pytest.fixture(params=SUBSCRIPTIONS)
def harness(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Harness]:
    harness = Harness(FOLLOWERS[request.param], f"sqlite:///{tmp_path}/x.db")
    yield harness
    harness.close()


def test_a_follower_takes_every_sample_and_when_sent_again_changes_nothing(harness: Harness) -> None:
    sources = SUBSCRIPTIONS[harness.runtime.service.name]
    for source in sources:
        harness.follower(source).apply(samples(source))
    assert [row.reason for row in harness.parked()] == []
    first, told = contents(harness), len(harness.event_rows())
    assert any(first.values())
    for source in sources:
        harness.follower(source).apply(samples(source))
    assert contents(harness) == first
    assert len(harness.event_rows()) == told


def samples(source: str) -> list[Received]:
    """The samples of a source's events in the order of their positions."""
    events = (receive(**envelope(name)) for name in SAMPLES if name.startswith(f"{source}."))
    return sorted(events, key=lambda event: event.position)


def contents(harness: Harness) -> dict[str, list[str]]:
    """The rows of the service's own tables as text."""
    tables: list[sa.Table] = harness.runtime.service.tables.sorted_tables
    return {table.name: sorted(str(tuple(row)) for row in harness.rows(table)) for table in tables}
