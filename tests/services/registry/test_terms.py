"""Terms of office with their congress, delegates and those elected; trainings of staff."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from contracts.registry import network as messages
from tests.services.registry.factories import registered
from tests.services.registry.network_records import (
    CREATED,
    NAME,
    UNCHANGED,
    appointment,
    attendance,
    delegate,
    organisation,
    recorded,
    stands,
    step,
    term,
    training,
)
from tests.support.platform import Harness
from tests.support.registry_events import TOWNSHIP


@pytest.fixture
def federation(registry: Harness) -> Harness:
    """The registry with the county's federation."""
    stands(registry, "register_organisations", organisation())
    return registry


def of_term(action: str, acted_on: str, ref: str = "T-4") -> dict[str, Any]:
    return step("term", ref, action, acted_on)


@pytest.mark.system("REG-10")
def test_a_congress_checks_its_delegates_elects_and_those_elected_take_office(federation: Harness):
    [person] = registered(federation)
    stands(federation, "record_terms", term())
    stands(federation, "record_delegates", delegate(person_id=person), delegate("D-2"))
    election = of_term("elect", "2018-05-20")
    assert recorded(federation, "record_term_acts", election) == [("registry.delegates_unchecked", "action")]
    checks = [
        step("delegate", "D-1", "qualify", "2018-05-19"),
        step("delegate", "D-2", "reject", "2018-05-19"),
    ]
    stands(federation, "record_delegate_acts", *checks)
    stands(federation, "record_term_acts", election)
    stands(
        federation,
        "record_appointments",
        appointment(post="chair", term_ref="T-4", appointed_on="2018-05-21"),
    )
    stands(federation, "record_term_acts", of_term("take_office", "2018-05-21"))
    [shown] = federation.call("list_terms", {})["terms"]
    assert (shown["state"], shown["due_on"]) == ("in_office", "2023-05-21")
    [chair] = federation.call("list_appointments", {"term_id": shown["term_id"]})["appointments"]
    assert chair["post"] == "chair"
    delegates = federation.call("list_delegates", {})["delegates"]
    assert {each["ref"]: each["state"] for each in delegates} == {"D-1": "qualified", "D-2": "rejected"}
    assert NAME not in str(federation.event_rows())
    late = {"due_before": "2023-05-22"}
    assert len(federation.call("list_terms", late)["terms"]) == 1
    assert federation.call("list_terms", {"due_before": "2023-05-21"})["terms"] == []


@pytest.mark.system("REG-10")
def test_the_next_term_takes_office_after_the_one_before_left_it(federation: Harness):
    stands(federation, "record_terms", term(), term("T-5", 5, prepared_on="2023-01-01"))
    began = [of_term("elect", "2018-05-20"), of_term("take_office", "2018-05-21")]
    stands(federation, "record_term_acts", *began, of_term("elect", "2023-05-20", "T-5"))
    next_one = of_term("take_office", "2023-05-21", "T-5")
    assert recorded(federation, "record_term_acts", next_one) == [("registry.term_in_office", "action")]
    left = of_term("leave_office", "2023-05-21")
    stands(federation, "record_term_acts", left)
    stands(federation, "record_term_acts", next_one)
    # The old step again says nothing new, though another term is in office now.
    assert recorded(federation, "record_term_acts", began[1]) == [UNCHANGED]
    told = [
        event.TYPE.split(".")[1] for event in federation.events() if isinstance(event, messages.TermEvent)
    ]
    assert told[-2:] == ["term_ended", "term_started"]


def test_one_command_lets_one_term_take_office_and_the_next_after_its_end(federation: Harness):
    stands(federation, "record_terms", term(), term("T-5", 5), term("T-6", 6))
    elections = [of_term("elect", "2018-05-20", ref) for ref in ("T-4", "T-5", "T-6")]
    assert (
        recorded(
            federation,
            "record_term_acts",
            *elections,
            of_term("take_office", "2018-05-21"),
            of_term("take_office", "2018-05-21", "T-5"),
            of_term("leave_office", "2023-05-21"),
            of_term("take_office", "2023-05-21", "T-6"),
        )
        == [CREATED] * 4 + [("registry.term_in_office", "action")] + [CREATED] * 2
    )
    states = {each["ref"]: each["state"] for each in federation.call("list_terms", {})["terms"]}
    assert states == {"T-4": "ended", "T-5": "elected", "T-6": "in_office"}


def test_no_step_of_a_term_can_be_left_out(federation: Harness):
    stands(federation, "record_terms", term())
    assert recorded(
        federation,
        "record_term_acts",
        of_term("take_office", "2018-05-21"),
        of_term("leave_office", "2018-05-21"),
        of_term("elect", "2018-01-01"),
        of_term("elect", "2018-05-20"),
        of_term("elect", "2018-05-21"),
    ) == [
        ("registry.term_state", "action"),
        ("registry.term_state", "action"),
        ("registry.act_out_of_order", "acted_on"),
        CREATED,
        ("registry.term_state", "action"),
    ]


def test_what_does_not_fit_a_congress_is_refused(federation: Harness):
    stands(federation, "record_terms", term())
    assert recorded(
        federation,
        "record_terms",
        term("T-4b"),
        term(prepared_on="2018-01-03"),
        term("T-5", 5, organisation_ref="O-9"),
    ) == [
        ("registry.term_recorded", "number"),
        ("registry.term_differs", "prepared_on"),
        ("registry.unknown_organisation", "organisation_ref"),
    ]
    assert recorded(federation, "record_delegates", delegate(named_on="2018-01-01")) == [
        ("registry.before_preparation", "named_on")
    ]
    assert recorded(federation, "record_appointments", appointment(post="chair", term_ref="T-4")) == [
        ("registry.term_state", "term_ref")
    ]
    stands(federation, "record_term_acts", of_term("elect", "2018-05-20"))
    assert recorded(federation, "record_delegates", delegate()) == [("registry.term_state", "term_ref")]


@pytest.mark.system("REG-11")
def test_a_commissioner_attends_a_training_that_was_held_and_is_certified(federation: Harness):
    stands(federation, "register_organisations", organisation("O-T", TOWNSHIP))
    stands(federation, "record_appointments", appointment(organisation_ref="O-T"))
    stands(federation, "record_staff_trainings", training())
    assert recorded(federation, "record_training_attendances", attendance()) == [
        ("registry.staff_training_state", "staff_training_ref")
    ]
    stands(
        federation,
        "record_staff_training_acts",
        step("staff_training", "C-1", "hold", "2024-03-15", sessions=3),
    )
    stands(federation, "record_training_attendances", attendance())
    stands(
        federation,
        "record_training_attendance_acts",
        step("training_attendance", "A-1", "certify", "2024-04-01"),
    )
    attended, certified = federation.events()[-2:]
    assert isinstance(attended, messages.TrainingAttended)
    assert (attended.region, attended.level, attended.post, attended.kind) == (
        TOWNSHIP,
        "township",
        "commissioner",
        "business",
    )
    assert isinstance(certified, messages.TrainingCertified)
    [held] = federation.call("list_staff_trainings", {"states": ["held"]})["trainings"]
    assert (held["sessions"], held["last_act_on"]) == (3, "2024-03-15")
    [shown] = federation.call("list_training_attendances", {"staff_training_id": held["staff_training_id"]})[
        "attendances"
    ]
    assert (shown["state"], shown["post"]) == ("certified", "commissioner")


def test_who_was_not_in_office_or_not_there_did_not_attend(federation: Harness):
    stands(federation, "record_appointments", appointment(appointed_on="2024-03-01"), appointment("P-2"))
    stands(
        federation,
        "record_appointment_acts",
        step("appointment", "P-2", "end", "2024-03-10", reason="transferred"),
    )
    stands(federation, "record_staff_trainings", training(), training("C-2"))
    stands(
        federation,
        "record_staff_training_acts",
        step("staff_training", "C-1", "hold", "2024-03-15", sessions=1),
        step("staff_training", "C-2", "cancel", "2024-03-02"),
    )
    assert recorded(
        federation,
        "record_training_attendances",
        attendance(attended_on="2024-03-16"),
        attendance(attended_on="2024-02-29"),
        attendance(appointment_ref="P-2", attended_on="2024-03-10"),
        attendance("A-2", appointment_ref="P-2", attended_on="2024-03-09"),
        attendance(staff_training_ref="C-2"),
        attendance(),
        attendance("A-3"),
    ) == [
        ("registry.outside_training", "attended_on"),
        ("registry.not_in_office", "attended_on"),
        ("registry.not_in_office", "attended_on"),
        CREATED,
        ("registry.staff_training_state", "staff_training_ref"),
        CREATED,
        ("registry.attended_already", "appointment_ref"),
    ]


def test_a_step_of_a_training_has_the_fields_of_its_action(federation: Harness):
    stands(federation, "record_staff_trainings", training())
    assert recorded(
        federation,
        "record_staff_training_acts",
        step("staff_training", "C-1", "hold", "2024-03-15"),
        step("staff_training", "C-1", "cancel", "2024-03-15", sessions=1),
        step("staff_training", "C-1", "hold", "2024-03-15", sessions=1),
        step("staff_training", "C-1", "cancel", "2024-03-16"),
    ) == [
        ("registry.staff_training_act_fields", "sessions"),
        ("registry.staff_training_act_fields", "sessions"),
        CREATED,
        ("registry.staff_training_state", "action"),
    ]
    assert recorded(federation, "record_staff_trainings", training("C-2", kind="dancing")) == [
        ("registry.unknown_word", "kind")
    ]


def test_two_terms_do_not_take_office_side_by_side(federation: Harness):
    refs = ["T-4", "T-5", "T-6"]
    stands(federation, "record_terms", *(term(ref, number) for number, ref in enumerate(refs, start=4)))
    stands(federation, "record_term_acts", *(of_term("elect", "2018-05-20", ref) for ref in refs))

    def begin(ref: str) -> Any:
        return recorded(federation, "record_term_acts", of_term("take_office", "2018-05-21", ref))[0][0]

    with ThreadPoolExecutor(3) as clerks:
        assert sorted(clerks.map(begin, refs)) == ["created"] + ["registry.term_in_office"] * 2
