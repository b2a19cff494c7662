"""Volunteers with their hours, and paired help."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from chassis.daily import Daily, last_ends
from contracts.registry import network as messages
from services.registry.handlers import network_numbers
from services.registry.help_tables import pairs, volunteers
from services.registry.service import RegistryService
from tests.services.registry.factories import household, person, regions
from tests.services.registry.network_records import (
    CREATED,
    NAME,
    UNCHANGED,
    activity,
    hours,
    organisation,
    pair,
    recorded,
    stands,
    step,
    volunteer,
)
from tests.services.registry.test_key_rotation import rotate
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_VILLAGE


def of_volunteer(action: str, acted_on: str, ref: str = "W-1") -> dict[str, Any]:
    return step("volunteer", ref, action, acted_on)


@pytest.fixture
def serving(registry: Harness) -> Harness:
    """The registry with a volunteer who serves."""
    stands(registry, "register_volunteers", volunteer(network_number="3601210000123"))
    stands(registry, "record_volunteer_acts", of_volunteer("activate", "2013-12-05"))
    return registry


@pytest.mark.system("REG-16")
def test_a_volunteer_registers_serves_hours_at_an_activity_and_leaves(serving: Harness):
    stands(serving, "register_organisations", organisation())
    stands(serving, "record_activities", activity(kind="volunteering", volunteers=18, helped=68))
    stands(
        serving,
        "record_volunteer_hours",
        hours(count=6, since="2024-05-19", until="2024-05-19", activity_ref="H-1"),
    )
    stands(serving, "record_volunteer_acts", of_volunteer("leave", "2024-12-31"))
    told = [event for event in serving.events() if isinstance(event, messages.VolunteerEvent)]
    assert [event.TYPE.split(".")[1] for event in told] == [
        "volunteer_registered",
        "volunteer_activated",
        "volunteer_hours_recorded",
        "volunteer_left",
    ]
    assert {event.origin for event in told} == {"office_staff"}
    [shown] = serving.call("list_volunteers", {"origin": "office_staff"})["volunteers"]
    [served] = serving.call("list_volunteer_hours", {"volunteer_id": shown["volunteer_id"]})["hours"]
    assert (shown["state"], served["hours"], served["activity_id"] is None) == ("left", 6, False)
    assert NAME not in str(serving.event_rows()) + str(shown)
    asked = {"kind": "volunteer", "file_id": shown["volunteer_id"], "purpose": "核对服务证明"}
    assert serving.call("reveal_file", asked)["values"] == {
        "volunteer": NAME,
        "network_number": "3601210000123",
    }


def test_hours_belong_to_days_of_one_year_on_which_the_person_was_a_volunteer(serving: Harness):
    stands(serving, "record_volunteer_acts", of_volunteer("leave", "2016-06-30"))
    stands(serving, "register_volunteers", volunteer("W-2"))
    assert recorded(
        serving,
        "record_volunteer_hours",
        hours(since="2014-07-01", until="2015-06-30"),
        hours(since="2015-06-30", until="2015-06-29"),
        hours(count=25, since="2015-06-30", until="2015-06-30"),
        hours(since="2013-11-30", until="2013-12-31"),
        hours(since="2016-06-01", until="2016-07-01"),
        hours(volunteer_ref="W-2"),
        hours(volunteer_ref="W-3"),
        hours(activity_ref="H-9"),
        hours(count=0),
        hours(count=24, since="2016-06-30", until="2016-06-30"),
    ) == [
        ("registry.hours_span", "until"),
        ("registry.hours_span", "until"),
        ("registry.hours_exceed_days", "hours"),
        ("registry.outside_membership", "since"),
        ("registry.outside_membership", "since"),
        ("registry.volunteer_state", "volunteer_ref"),
        ("registry.unknown_volunteer", "volunteer_ref"),
        ("registry.unknown_activity", "activity_ref"),
        ("record.invalid", "hours"),
        CREATED,
    ]


@pytest.mark.system("REG-16")
def test_hours_recorded_too_high_are_taken_back_by_another_entry_on_the_same_days(serving: Harness):
    stands(serving, "record_volunteer_hours", hours(count=70))
    assert recorded(
        serving,
        "record_volunteer_hours",
        hours("S-2", 20, corrects_ref="S-1", until="2015-12-30"),
        hours("S-2", 71, corrects_ref="S-1"),
        hours("S-2", 20, corrects_ref="S-1"),
        hours("S-3", 20, corrects_ref="S-1"),
        hours("S-2", 20, corrects_ref="S-1"),
    ) == [
        ("registry.correction_of_other_days", "since"),
        ("registry.correction_too_large", "hours"),
        CREATED,
        ("registry.corrected_already", "corrects_ref"),
        UNCHANGED,
    ]
    told = [each.hours for each in serving.events() if isinstance(each, messages.VolunteerHoursRecorded)]
    assert told == [70, -20]


@pytest.mark.system("REG-16")
def test_a_number_of_the_volunteer_network_is_registered_once_until_its_volunteer_left(serving: Harness):
    stands(serving, "register_volunteers", volunteer("W-2"), volunteer("W-3"))
    again = [
        volunteer("W-4", network_number="３６０１２１ 0000123", region=OTHER_VILLAGE),
        volunteer("W-5", network_number="3601210000124"),
        volunteer("W-6", network_number="3601210000124"),
        volunteer(network_number="3601210000123"),
    ]
    taken = ("registry.network_number_taken", "network_number")
    assert recorded(serving, "register_volunteers", *again) == [taken, CREATED, taken, UNCHANGED]
    stands(serving, "record_volunteer_acts", of_volunteer("leave", "2024-12-31"))
    assert recorded(serving, "register_volunteers", again[0]) == [CREATED]
    kept = str([tuple(row) for row in [*serving.rows(volunteers), *serving.event_rows()]])
    assert "3601210000123" not in kept


def test_numbers_recorded_before_they_were_found_again_are_indexed_by_the_daily_job(serving: Harness):
    numbers = ("3601210000124", "3601210000125", "")
    stands(
        serving,
        "register_volunteers",
        *(volunteer(f"W-{place}", network_number=number or None) for place, number in enumerate(numbers, 2)),
    )
    with serving.runtime.database.write() as connection:
        connection.execute(sa.update(volunteers).values(network_number_index=None))
    stands(serving, "register_volunteers", volunteer("W-5", network_number=numbers[0]))
    Daily(serving.runtime).start()
    assert serving.run_jobs() == len(RegistryService.daily_jobs())
    indexed = {row.ref: row.network_number_index is not None for row in serving.rows(volunteers)}
    # The new one came first to the number of the second.
    assert indexed == {"W-1": True, "W-2": False, "W-3": True, "W-4": False, "W-5": True}
    with serving.runtime.database.read() as connection:
        assert last_ends(connection, [network_numbers.JOB])[network_numbers.JOB][1] == 1
    assert recorded(serving, "register_volunteers", volunteer("W-6", network_number="3601210000123")) == [
        ("registry.network_number_taken", "network_number")
    ]


def test_a_number_stays_taken_when_the_index_key_is_rotated(database_url: str):
    before = Harness(RegistryService, database_url)
    before.bulk("record_regions", regions())
    stands(before, "register_volunteers", volunteer(network_number="3601210000123"))
    rotate(before.keys)
    after = Harness(RegistryService, database_url, keys=before.keys)
    assert recorded(after, "register_volunteers", volunteer("W-2", network_number="3601210000123")) == [
        ("registry.network_number_taken", "network_number")
    ]
    after.close()
    before.close()


def test_a_volunteer_who_has_not_begun_or_has_left_takes_no_step_back(registry: Harness):
    stands(registry, "register_volunteers", volunteer())
    assert recorded(
        registry,
        "record_volunteer_acts",
        of_volunteer("leave", "2014-01-01"),
        of_volunteer("activate", "2014-02-01"),
    ) == [CREATED, ("registry.volunteer_state", "action")]
    assert recorded(registry, "register_volunteers", volunteer("W-2", origin="moon")) == [
        ("registry.unknown_word", "origin")
    ]


def lodged(registry: Harness, sequence: int = 1, **changes: Any) -> tuple[str, str]:
    """A household and a person of it."""
    [home] = registry.bulk("register_households", [household(f"H-{sequence}", **changes)])
    [one] = registry.bulk("register_persons", [person(sequence, household_ref=f"H-{sequence}", **changes)])
    return home["id"], one["id"]


def of_pair(action: str, acted_on: str, ref: str = "R-1", **more: Any) -> dict[str, Any]:
    return step("pair", ref, action, acted_on, **more)


@pytest.mark.system("REG-17")
def test_a_helper_visits_a_household_until_it_is_lifted(registry: Harness):
    stands(registry, "record_pairs", pair("R-1", *lodged(registry)))
    assert recorded(registry, "record_pair_acts", of_pair("lift", "2015-12-01")) == [
        ("registry.pair_state", "action")
    ]
    visits = [of_pair("visit", "2015-04-01"), of_pair("visit", "2015-09-01")]
    stands(registry, "record_pair_acts", *visits, of_pair("lift", "2015-12-01"))
    told = [event.TYPE.split(".")[1] for event in registry.events() if isinstance(event, messages.PairEvent)]
    assert told == ["pair_made", "pair_visited", "pair_visited", "pair_lifted"]
    [shown] = registry.call("list_pairs", {"helper_kind": "section_level_cadre"})["pairs"]
    assert (shown["state"], shown["visits"], shown["reason"]) == ("lifted", 2, None)
    assert NAME not in str(registry.event_rows()) + str(registry.rows(pairs))
    asked = {"kind": "pair", "file_id": shown["pair_id"], "purpose": "核对帮扶人"}
    assert registry.call("reveal_file", asked)["values"] == {"helper": NAME}


@pytest.mark.system("REG-17")
def test_a_person_has_one_helper_at_a_time_and_another_after_the_end(registry: Harness):
    home, one = lodged(registry)
    stands(registry, "record_pairs", pair("R-1", home, one))
    second = pair("R-2", home, one, helper_kind="social")
    assert recorded(registry, "record_pairs", second) == [("registry.paired_already", "person_id")]
    assert recorded(registry, "record_pair_acts", of_pair("end", "2015-05-01")) == [
        ("registry.pair_act_fields", "reason")
    ]
    stands(registry, "record_pair_acts", of_pair("end", "2015-05-01", reason="helper_left"))
    stands(registry, "record_pairs", second)
    [row] = [each for each in registry.rows(pairs) if each.ref == "R-2"]
    with pytest.raises(sa.exc.IntegrityError), registry.runtime.database.write() as connection:
        connection.execute(sa.insert(pairs), {**row._mapping, "id": "f" * 32, "ref": "R-twin"})


def test_what_does_not_fit_a_pair_is_refused(registry: Harness):
    home, one = lodged(registry)
    _, other = lodged(registry, 2)
    assert recorded(
        registry,
        "record_pairs",
        pair("R-1", home, other),
        pair("R-1", "f" * 32, one),
        pair("R-1", home, "f" * 32),
        pair("R-1", home, one, helper_kind="robot"),
    ) == [
        ("registry.person_of_another_household", "person_id"),
        ("registry.unknown_household", "household_id"),
        ("registry.unknown_person", "person_id"),
        ("registry.unknown_word", "helper_kind"),
    ]


def test_people_of_another_office_are_as_good_as_unknown_to_a_pair(registry: Harness):
    home, one = lodged(registry)
    there, other = lodged(registry, 2, region=OTHER_VILLAGE)
    clerk = registry.clerk(OTHER_VILLAGE)
    assert recorded(
        registry, "record_pairs", pair("R-1", there, one), pair("R-1", home, other), caller=clerk
    ) == [
        ("registry.unknown_person", "person_id"),
        ("registry.unknown_household", "household_id"),
    ]


def test_clerks_at_work_together_take_hours_back_once_pair_once_and_enrol_a_number_once(
    serving: Harness,
):
    stands(serving, "record_volunteer_hours", hours())
    home, one = lodged(serving)

    def take_back(number: int) -> Any:
        return recorded(serving, "record_volunteer_hours", hours(f"S-{number}-back", 5, corrects_ref="S-1"))[
            0
        ][0]

    def take_on(number: int) -> Any:
        return recorded(serving, "record_pairs", pair(f"R-{number}", home, one))[0][0]

    def enrol(number: int) -> Any:
        told = volunteer(f"W-{number}-new", network_number="3601210000124")
        return recorded(serving, "register_volunteers", told)[0][0]

    with ThreadPoolExecutor(4) as clerks:
        assert sorted(clerks.map(enrol, range(4))) == ["created"] + ["registry.network_number_taken"] * 3
        assert sorted(clerks.map(take_back, range(4))) == ["created"] + ["registry.corrected_already"] * 3
        assert sorted(clerks.map(take_on, range(4))) == ["created"] + ["registry.paired_already"] * 3
