"""What a database tells the metrics of the commands that a timer outside runs."""

from typing import Any

import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY

from chassis import clock, watching
from services.rehab.tables import persons
from tests.support import registry_events
from tests.support.logged_office import LoggedOffice

CHECKED, DIFFERS = "canlian_rebuild_checked_timestamp_seconds", "canlian_rebuild_differs"


def shown(office: LoggedOffice, *metrics: str, service: str = "rehab") -> list[Any]:
    """The metrics of a service after a look at its database; None for one that is not shown."""
    watching.tell(office.service(service).runtime)
    return [REGISTRY.get_sample_value(metric, {"service": service}) for metric in metrics]


@pytest.fixture
def rehab(office: LoggedOffice) -> LoggedOffice:
    """An office whose rehab service has applied what the registry told."""
    office.record("registry", *(registry_events.registered(n) for n in range(1, 6)))
    office.follow("rehab")
    return office


def test_a_check_that_never_was_and_one_that_found_nothing_are_told_apart(rehab: LoggedOffice) -> None:
    assert shown(rehab, CHECKED, DIFFERS) == [0, 0]
    begun = clock.now().timestamp()
    rehab.rebuild("rehab", check_only=True)
    checked, differs = shown(rehab, CHECKED, DIFFERS)
    assert checked >= begun
    assert differs == 0


def test_projections_differ_until_they_are_put_right(rehab: LoggedOffice) -> None:
    runtime = rehab.service("rehab").runtime
    with runtime.database.write() as connection:
        connection.execute(sa.update(persons).values(birth_month="1900-01"))
    rehab.rebuild("rehab", check_only=True)
    assert shown(rehab, DIFFERS) == [1]
    rehab.rebuild("rehab")
    assert shown(rehab, DIFFERS) == [0]


def test_a_service_without_projections_promises_no_check(office: LoggedOffice) -> None:
    assert shown(office, CHECKED, DIFFERS, service="registry") == [None, None]


def test_who_no_longer_watches_shows_nothing(rehab: LoggedOffice) -> None:
    assert None not in shown(rehab, CHECKED, DIFFERS)
    runtime = rehab.service("rehab").runtime
    watching.forget(runtime.service)
    assert REGISTRY.get_sample_value(CHECKED, {"service": "rehab"}) is None
    assert REGISTRY.get_sample_value(DIFFERS, {"service": "rehab"}) is None
