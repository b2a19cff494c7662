"""Whatever happens to certificates, the stock is what a naive count of holders says."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.message import Event
from kernel.disability import Category
from services.reporting.service import ReportingService
from tests.services.reporting.factories import cancelled, changed, issued, renewed
from tests.services.reporting.steps import figures, take
from tests.support.platform import COUNTY, Harness

CERTIFIED = "registry.persons.certified"
ASSESSMENTS = st.tuples(st.sampled_from([str(each) for each in Category]), st.integers(1, 4))
ACTS = st.lists(st.tuples(st.integers(0, 400), st.sampled_from("acrx"), ASSESSMENTS), min_size=1, max_size=25)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    """One database for all examples: each example has a village of its own."""
    if request.param == "sqlite":
        harness = Harness(ReportingService, f"sqlite:///{tmp_path_factory.mktemp('property')}/x.db")
        yield harness
        harness.close()
        return
    with request.getfixturevalue("postgres_server").database() as url:
        harness = Harness(ReportingService, url)
        yield harness
        harness.close()


def lives(acts: list[tuple[int, str, tuple[str, int]]], first: int, region: str) -> tuple[list[Event], Any]:
    """Valid events from arbitrary acts on four persons, and the holders they leave at the end of 2024."""
    events: list[Event] = []
    held: dict[int, tuple[str, int]] = {}
    day = date(2023, 6, 1)
    for step, kind, assessment in acts:
        day = min(day + timedelta(days=step % 60), date(2024, 12, 31))
        person = first + step % 4
        before = held.get(person)
        if before is None:
            events.append(issued(person, str(day), *assessment, region=region))
            held[person] = assessment
        elif kind == "x":
            events.append(cancelled(person, str(day), *before, region=region))
            del held[person]
        elif kind == "r" or assessment == before:
            events.append(renewed(person, str(day), *before, region=region))
        else:
            events.append(changed(person, str(day), before, assessment, region=region))
            held[person] = assessment
    return events, held


VILLAGES = iter(range(10_000))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_the_stock_by_category_by_grade_and_in_all_is_what_a_naive_count_says(
    shared: Harness, acts: list[tuple[int, str, tuple[str, int]]]
):
    number = next(VILLAGES)
    region = f"{COUNTY[:6]}{100 + number // 800:03d}{200 + number % 800:03d}"
    events, held = lives(acts, number * 10, region)
    shared.feed("registry", events)
    taken = figures(take(shared, region))
    values = {dims: figure["value"] for (code, dims), figure in taken.items() if code == CERTIFIED}
    holders = list(held.values())
    assert values[""] == len(holders)
    assert values["grade=1-2"] == sum(grade <= 2 for _, grade in holders)
    assert values["grade=3-4"] == sum(grade > 2 for _, grade in holders)
    for category in Category:
        assert values[f"category={category}"] == sum(each == category for each, _ in holders)
