"""Jobs of every day: one a day, however many processes ask; after a downtime, one for the present day."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from chassis import schema
from chassis.daily import Daily, last_ends
from contracts import registry as messages
from tests.support.platform import Harness
from tests.support.source.daily import KIND, DailyService


@pytest.fixture
def office(database_url: str) -> Iterator[Harness]:
    harness = Harness(DailyService, database_url)
    yield harness
    harness.close()


def work(office: Harness, instant: str) -> None:
    """What a process that is just starting does at an instant."""
    with time_machine.travel(instant, tick=False):
        Daily(office.runtime).start()
        office.run_jobs()


def days_told(office: Harness) -> list[str]:
    return [event.name for event in office.events() if isinstance(event, messages.RegionRecorded)]


def last_success(office: Harness) -> float:
    with office.runtime.database.read() as connection:
        return last_ends(connection, [KIND])[KIND][0]


def test_a_day_is_worked_on_once_by_however_many_processes(office: Harness, database_url: str) -> None:
    replica = Harness(DailyService, database_url, keys=office.keys)
    for process in (office, replica, office):
        work(process, "2030-03-01T04:00:00Z")
    replica.close()
    assert days_told(office) == ["2030-03-01"]


def test_one_process_asks_the_database_once_a_day(office: Harness) -> None:
    today = Daily(office.runtime)
    started = []
    for instant in ("2030-03-01T04:00:00Z", "2030-03-01T05:00:00Z", "2030-03-02T04:00:00Z"):
        with time_machine.travel(instant, tick=False):
            started.append(today.start())
    assert started == [True, False, True]


def test_after_days_without_a_process_the_present_day_alone_is_worked_on(office: Harness) -> None:
    work(office, "2030-03-01T04:00:00Z")
    work(office, "2030-03-09T04:00:00Z")
    assert days_told(office) == ["2030-03-01", "2030-03-09"]


def test_the_day_begins_at_midnight_in_china(office: Harness) -> None:
    work(office, "2030-03-01T15:59:59Z")
    work(office, "2030-03-01T16:00:00Z")
    assert days_told(office) == ["2030-03-01", "2030-03-02"]


def test_events_of_a_day_have_one_trace(office: Harness) -> None:
    work(office, "2030-03-01T04:00:00Z")
    [event], [job] = office.event_rows(), office.rows(schema.job)
    assert event.traceparent.split("-")[1] == job.traceparent.split("-")[1]


def test_the_last_success_is_that_of_the_latest_day(office: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    assert last_success(office) == 0.0
    work(office, "2030-03-01T04:00:00Z")
    noon = datetime(2030, 3, 1, 4, tzinfo=UTC).timestamp()
    assert last_success(office) == noon
    monkeypatch.setattr(DailyService, "refused_on", "2030-03-02")
    work(office, "2030-03-02T04:00:00Z")
    assert last_success(office) == noon
    with time_machine.travel("2030-03-02T05:00:00Z", tick=False):
        with office.runtime.transaction(office.runtime.system()) as tx:
            tx.start_job(KIND, "2030-02-01", {})  # an older day, by hand
        office.run_jobs()
    assert last_success(office) == noon
