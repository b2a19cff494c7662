"""Duties that commissioners did: recorded by month, taken back by another entry, counted per organisation."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from contracts.registry import network as messages
from services.registry.network_tables import duties
from tests.services.registry.network_records import (
    CREATED,
    NETWORK,
    UNCHANGED,
    appointment,
    duty,
    recorded,
    stands,
    step,
)
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_TOWNSHIP, VILLAGE

POST = {"post": "commissioner", "organisation_ref": "O-V", "appointed_on": "2024-01-15"}


@pytest.fixture
def serving(registry: Harness) -> Harness:
    """The registry with a commissioner of a village and another one who left."""
    stands(registry, "register_organisations", *NETWORK)
    stands(registry, "record_appointments", appointment(**POST), appointment("P-2", **POST))
    end = step("appointment", "P-2", "end", "2024-04-30", reason="resigned")
    stands(registry, "record_appointment_acts", end)
    return registry


def counted(registry: Harness, day: str) -> dict[str, int]:
    shown = registry.call("show_staffing", {"day": day})["organisations"]
    return {each["region"]: each["duties"] for each in shown if each["duties"]}


@pytest.mark.system("REG-09")
def test_duties_of_a_year_are_counted_for_the_organisation_less_what_was_taken_back(serving: Harness):
    records = [
        duty(),
        duty("D-2", 3, kind="case", since="2024-05-06", until="2024-05-06"),
        duty("D-3", 5, appointment_ref="P-2", since="2024-04-01", until="2024-04-29"),
        duty("D-4", 2, corrects_ref="D-1"),
    ]
    assert recorded(serving, "record_duties", *records) == [CREATED] * 4
    assert recorded(serving, "record_duties", *records) == [UNCHANGED] * 4
    assert counted(serving, "2024-04-29") == {VILLAGE: 5}
    assert counted(serving, "2024-04-30") == {VILLAGE: 15}
    assert counted(serving, "2024-12-31") == {VILLAGE: 18}
    assert counted(serving, "2025-01-01") == {}
    told = [each for each in serving.events() if isinstance(each, messages.DutyRecorded)]
    assert [(each.kind, each.times, each.post, each.level) for each in told] == [
        ("visit", 12, "commissioner", "village"),
        ("case", 3, "commissioner", "village"),
        ("visit", 5, "commissioner", "village"),
        ("visit", -2, "commissioner", "village"),
    ]
    listed = serving.call("list_duties", {"appointment_id": told[0].appointment_id, "kind": "visit"})[
        "duties"
    ]
    assert [(each["ref"], each["times"]) for each in listed] == [("D-1", 12), ("D-4", 2)]
    assert listed[1]["corrects_id"] == listed[0]["duty_id"]


def test_duties_that_cannot_be_are_refused_alone(serving: Harness):
    stands(serving, "record_duties", duty(), duty("D-2", 2, corrects_ref="D-1"))
    assert recorded(
        serving,
        "record_duties",
        duty("A", kind="dinner"),
        duty("B", until="2024-05-01"),
        duty("C", until="2024-03-31"),
        duty("E", since="2024-01-14", until="2024-01-31"),
        duty("F", appointment_ref="P-2"),
        duty("G", appointment_ref="P-9"),
        duty("H", times=0),
        duty(times=11),
        duty("I", 1, corrects_ref="D-1"),
        duty("J", 1, corrects_ref="D-2"),
    ) == [
        ("registry.unknown_word", "kind"),
        ("registry.duty_span", "until"),
        ("registry.duty_span", "until"),
        ("registry.not_in_office", "since"),
        ("registry.not_in_office", "since"),
        ("registry.unknown_appointment", "appointment_ref"),
        ("record.invalid", "times"),
        ("registry.duty_differs", "times"),
        ("registry.corrected_already", "corrects_ref"),
        ("registry.correction_of_correction", "corrects_ref"),
    ]
    stands(serving, "record_duties", duty("D-3"))
    back = duty("K", 1, corrects_ref="D-3")
    assert recorded(
        serving,
        "record_duties",
        back | {"kind": "case"},
        back | {"until": "2024-04-29"},
        back | {"times": 13},
        back | {"appointment_ref": "P-2", "until": "2024-04-29"},
    ) == [
        ("registry.correction_of_other_duty", "corrects_ref"),
        ("registry.correction_of_other_duty", "corrects_ref"),
        ("registry.correction_too_large", "times"),
        ("registry.correction_of_another", "corrects_ref"),
    ]


def test_duties_are_recorded_and_seen_by_the_own_region_only_and_never_change(serving: Harness):
    there = serving.clerk(OTHER_TOWNSHIP)
    assert recorded(serving, "record_duties", duty(), caller=there) == [
        ("registry.unknown_appointment", "appointment_ref")
    ]
    stands(serving, "record_duties", duty())
    assert serving.call("list_duties", {}, there)["duties"] == []
    for statement in (sa.update(duties).values(times=1), sa.delete(duties)):
        with pytest.raises(sa.exc.DBAPIError), serving.runtime.database.write() as connection:
            connection.execute(statement)


def test_clerks_at_work_together_take_duties_back_once(serving: Harness):
    stands(serving, "record_duties", duty())

    def take_back(number: int) -> Any:
        return recorded(serving, "record_duties", duty(f"D-{number}-back", 5, corrects_ref="D-1"))[0][0]

    with ThreadPoolExecutor(4) as clerks:
        assert sorted(clerks.map(take_back, range(4))) == ["created"] + ["registry.corrected_already"] * 3
