"""Certificates that are lost, frozen, moved, or whose day has come, and what the other services are told."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from contracts import registry as messages
from services.registry.tables import certificate_acts, certificate_clocks, certificates, persons
from tests.services.registry.application_records import CREATED, look, told
from tests.services.registry.factories import act, citizen, person, registered, results
from tests.support.platform import COUNTY, Harness
from tests.support.registry_events import OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE


def record(registry: Harness, *acts: dict[str, Any], caller: str | None = None) -> list[Any]:
    return results(registry.bulk("record_certificate_acts", acts, caller))


def recorded_at(registry: Harness, day: str, *acts: dict[str, Any]) -> None:
    """Record acts at noon of a day in China."""
    with time_machine.travel(datetime.fromisoformat(f"{day}T04:00:00+00:00"), tick=False):
        assert set(record(registry, *acts)) == {CREATED}
        registry.run_jobs()


@pytest.mark.system("REG-02")
def test_the_clocks_of_ten_years_strike_by_themselves_and_once(registry: Harness):
    [holder] = registered(registry)
    recorded_at(registry, "2014-03-15", act(holder, "new", "2014-03-15"))
    for day in (
        "2023-03-14",
        "2023-03-15",
        "2023-03-16",
        "2023-09-15",
        "2024-03-15",
        "2024-03-16",
        "2024-03-17",
    ):
        look(registry, day)
    clocks = told(registry, messages.CertificateClockEvent)
    assert [(type(event).__name__, event.struck_on) for event in clocks] == [
        ("RenewalOpened", date(2023, 3, 15)),
        ("CertificateExpiring", date(2023, 9, 15)),
        ("CertificateExpired", date(2024, 3, 16)),
    ]
    assert {(event.person_id, event.expires_on) for event in clocks} == {(holder, date(2024, 3, 15))}
    assert len(registry.rows(certificate_clocks)) == 3


@pytest.mark.system("REG-02")
def test_a_certificate_that_does_not_follow_its_holder_is_frozen_then_cancelled_then_free_again(
    registry: Harness,
):
    [holder] = registered(registry)
    recorded_at(registry, "2024-01-10", act(holder, "new", "2020-01-01"), act(holder, "leave", "2024-01-10"))
    look(registry, "2024-07-10")
    assert told(registry, messages.CertificateFrozen) == []
    look(registry, "2024-07-11")
    [frozen] = told(registry, messages.CertificateFrozen)
    assert (frozen.reason, frozen.acted_on) == ("not_moved", date(2024, 7, 11))
    look(registry, "2025-01-10")
    assert told(registry, messages.CertificateCancelled) == []
    look(registry, "2025-01-11")
    [cancelled] = told(registry, messages.CertificateCancelled)
    assert (cancelled.reason, cancelled.acted_on) == ("not_moved", date(2025, 1, 11))
    look(registry, "2026-01-10")
    assert told(registry, messages.ReapplicationOpened) == []
    early = act(holder, "new", "2026-01-10")
    assert record(registry, early) == [("registry.blocked_after_cancellation", "acted_on")]
    look(registry, "2026-01-11")
    assert [event.struck_on for event in told(registry, messages.ReapplicationOpened)] == [date(2026, 1, 11)]
    assert record(registry, act(holder, "new", "2026-01-11")) == [CREATED]
    by_rule = [row for row in registry.rows(certificate_acts) if " " in row.ref]
    assert {(row.action, row.recorded_by) for row in by_rule} == {
        ("freeze", "registry"),
        ("cancel", "registry"),
    }


def test_a_day_without_a_look_is_made_up_by_the_next(registry: Harness):
    [holder] = registered(registry)
    recorded_at(registry, "2024-01-10", act(holder, "new", "2020-01-01"), act(holder, "leave", "2024-01-10"))
    look(registry, "2026-03-01")
    acts = told(registry, messages.CertificateFrozen, messages.CertificateCancelled)
    assert [(type(event).__name__, event.acted_on) for event in acts] == [
        ("CertificateFrozen", date(2024, 7, 11)),
        ("CertificateCancelled", date(2025, 1, 11)),
    ]
    assert [event.struck_on for event in told(registry, messages.ReapplicationOpened)] == [date(2026, 1, 11)]


def test_what_a_clock_does_never_precedes_an_act_that_is_recorded(registry: Harness):
    [holder] = registered(registry)
    acts = [
        act(holder, "new", "2020-01-01"),
        act(holder, "leave", "2024-01-10"),
        act(holder, "replacement", "2024-09-01"),
    ]
    recorded_at(registry, "2024-09-01", *acts)
    look(registry, "2024-09-02")
    assert [event.acted_on for event in told(registry, messages.CertificateFrozen)] == [date(2024, 9, 1)]
    [clock] = registry.rows(certificate_clocks)
    assert (clock.clock, clock.struck_on) == ("freeze", date(2024, 7, 11))


def test_an_old_register_that_is_imported_is_looked_at_the_next_day_only(registry: Harness):
    """Its later acts may still be on their way when the first ones are here."""
    [holder] = registered(registry)
    recorded_at(registry, "2024-05-01", act(holder, "new", "2012-01-01"))
    assert told(registry, messages.CertificateClockEvent) == []
    recorded_at(
        registry, "2024-05-01", act(holder, "renewal", "2022-01-01", certificate_number=citizen(1) + "42")
    )
    look(registry, "2024-05-02")
    assert told(registry, messages.CertificateClockEvent) == []


def test_certificates_from_before_there_were_clocks_are_found_by_the_first_look(registry: Harness):
    one, two = registered(registry, 1, 2)
    recorded_at(
        registry,
        "2024-01-01",
        act(one, "new", "2014-03-15"),
        act(two, "new", "2012-01-01", sequence=2),
        act(two, "cancel", "2023-06-01", sequence=2, reason="withdrawn"),
    )
    with registry.runtime.database.write() as connection:  # as the migration leaves them
        unknown = {"rated_on": None, "recorded_at": None, "due_on": certificates.c.last_act_on}
        connection.execute(sa.update(certificates).values(unknown))
    look(registry, "2024-06-01")
    look(registry, "2024-06-02")
    events = told(registry, messages.CertificateClockEvent)
    assert {(type(event).__name__, event.person_id, event.struck_on) for event in events} == {
        ("CertificateExpired", one, date(2024, 3, 16)),
        ("ReapplicationOpened", two, date(2024, 6, 1)),
    }
    view = registry.call("find_person", {"person_id": one})["certificate"]
    assert view["rated_on"] == "2014-03-15"


def test_a_look_that_was_killed_goes_on_and_tells_nothing_twice(registry: Harness, monkeypatch: Any):
    monkeypatch.setattr("services.registry.handlers.certificate_clocks.CERTIFICATES_PER_STEP", 2)
    holders = registered(registry, 1, 2, 3, 4, 5)
    news = [act(holder, "new", "2010-01-01", sequence=n) for n, holder in enumerate(holders, start=1)]
    recorded_at(registry, "2010-01-01", *news)
    with time_machine.travel(datetime(2024, 1, 2, 4, tzinfo=UTC), tick=False):
        registry.call("check_deadlines", {"day": "2024-01-02"}, registry.caller("system"))
        runner = registry.job_runner()
        job = runner._next()
        while not told(registry, messages.CertificateExpired):
            assert job is not None
            assert runner._step(job) is False
        assert len(told(registry, messages.CertificateExpired)) == 2
        registry.run_jobs()
    assert {event.person_id for event in told(registry, messages.CertificateExpired)} == set(holders)
    assert len(registry.rows(certificate_clocks)) == 5


@pytest.mark.system("REG-02")
def test_a_lost_certificate_is_made_again_with_the_next_b_number(registry: Harness):
    [holder] = registered(registry)
    number = citizen(1) + "42"
    acts = [
        act(holder, "new", "2020-01-01"),
        act(holder, "reissue", "2021-01-01", certificate_number=number + "B2"),
        act(holder, "reissue", "2021-01-02", certificate_number=number),
        act(holder, "reissue", "2021-01-03", certificate_number=number + "B1"),
        act(holder, "reissue", "2021-01-04", certificate_number=number + "B1"),
        act(holder, "reissue", "2021-01-05", certificate_number=number + "B2"),
    ]
    not_next = ("registry.not_the_next_number", "certificate_number")
    assert record(registry, *acts) == [CREATED, not_next, not_next, CREATED, not_next, CREATED]
    [event, _] = told(registry, messages.CertificateReissued)
    assert event.expires_on == date(2030, 1, 1)
    view = registry.call("find_person", {"person_id": holder})["certificate"]
    assert view["number"].endswith("B2")
    assert (view["issued_on"], view["rated_on"]) == ("2020-01-01", "2020-01-01")


@pytest.mark.system("REG-02")
def test_a_certificate_follows_its_holder_to_another_village(registry: Harness):
    [holder] = registered(registry)
    acts = [
        act(holder, "new", "2020-01-01"),
        act(holder, "leave", "2024-01-10"),
        act(holder, "move", "2024-03-01", region=OTHER_VILLAGE),
    ]
    assert record(registry, *acts) == [CREATED] * 3
    moves = told(registry, messages.CertificateMovedOut, messages.CertificateMovedIn)
    assert [(type(event).__name__, event.region) for event in moves] == [
        ("CertificateMovedOut", VILLAGE),
        ("CertificateMovedIn", OTHER_VILLAGE),
    ]
    [row] = registry.rows(persons)
    assert (row.region, row.registered_region) == (OTHER_VILLAGE, VILLAGE)
    look(registry, "2025-06-01")
    assert told(registry, messages.CertificateFrozen) == []
    assert record(registry, *acts) == [("unchanged", None)] * 3
    there = registry.clerk(OTHER_TOWNSHIP)
    as_registered, as_now = person(1), person(1, region=OTHER_VILLAGE)
    assert results(registry.bulk("register_persons", [as_registered, as_now])) == [("unchanged", None)] * 2
    assert results(registry.bulk("register_persons", [as_now], there)) == [("unchanged", None)]
    elsewhere = ("registry.person_registered_elsewhere", "id_number")
    assert results(registry.bulk("register_persons", [as_registered], registry.clerk(TOWNSHIP))) == [
        elsewhere
    ]
    assert registry.call("find_person", {"person_id": holder}, there)["region"] == OTHER_VILLAGE
    assert record(registry, act(holder, "replacement", "2025-07-01"), caller=there) == [CREATED]


def test_a_certificate_leaves_the_register_and_another_comes_in(registry: Harness):
    one, two = registered(registry, 1, 2)
    acts = [
        act(one, "new", "2020-01-01"),
        act(one, "move_out", "2024-01-10"),
        act(two, "move_in", "2024-02-01", sequence=2, issued_on="2021-05-06"),
    ]
    assert record(registry, *acts) == [CREATED] * 3
    views = [registry.call("find_person", {"person_id": each})["certificate"] for each in (one, two)]
    assert [(view["status"], view["expires_on"]) for view in views] == [
        ("moved", "2030-01-01"),
        ("valid", "2031-05-06"),
    ]
    assert record(registry, act(one, "new", "2024-05-01")) == [
        ("registry.certificate_already_held", "action")
    ]


def test_a_move_stays_within_what_the_caller_is_in_charge_of_and_where_people_live(registry: Harness):
    [holder] = registered(registry)
    record(registry, act(holder, "new", "2020-01-01"))
    here = registry.clerk(TOWNSHIP)
    move = act(holder, "move", "2024-03-01", region=OTHER_VILLAGE)
    assert record(registry, move, caller=here) == [("access.region", "region")]
    assert record(registry, move | {"region": VILLAGE}) == [("registry.home_already", "region")]
    assert record(registry, move | {"region": COUNTY}) == [("registry.unknown_region", "region")]
    assert record(registry, move | {"region": "341524999999"}) == [("registry.unknown_region", "region")]
    assert registry.rows(persons)[0].region == VILLAGE


def test_the_history_of_clocks_can_be_neither_changed_nor_deleted(registry: Harness):
    [holder] = registered(registry)
    recorded_at(registry, "2010-01-01", act(holder, "new", "2010-01-01"))
    look(registry, "2024-01-01")
    for statement in (sa.update(certificate_clocks).values(clock="x"), sa.delete(certificate_clocks)):
        with (
            pytest.raises(sa.exc.DBAPIError, match="append-only"),
            registry.runtime.database.write() as connection,
        ):
            connection.execute(statement)


def test_a_number_is_in_no_event_of_a_clock_and_in_no_row_of_it(registry: Harness):
    [holder] = registered(registry)
    recorded_at(registry, "2010-01-01", act(holder, "new", "2010-01-01"), act(holder, "leave", "2010-01-02"))
    look(registry, "2024-01-01")
    kept = [*registry.event_rows(), *registry.rows(certificates), *registry.rows(certificate_clocks)]
    assert citizen(1) not in str([tuple(row) for row in kept])
