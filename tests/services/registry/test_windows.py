"""Any window and other provinces: whose turn it is, what is late, and who may see and do what."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from chassis import schema
from chassis.rpc import Refused
from contracts import registry as messages
from services.registry.application_tables import application_overdue
from tests.services.registry.application_records import (
    CREATED,
    application,
    applied,
    listed,
    look,
    step,
    taken,
    through,
    told,
)
from tests.services.registry.factories import act, citizen, registered
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE

HEFEI = "340100000000"
SUZHOU = "320500000000"


def at_window(holder: str, kind: str = "reissue", ref: str = "A-1", **changes: Any) -> dict[str, Any]:
    return application(holder, kind, ref, channel="any_window", window=OTHER_TOWNSHIP, **changes)


def holders(registry: Harness, *sequences: int) -> list[str]:
    """Persons with a certificate of 2016, who live in the first village."""
    people = registered(registry, *sequences)
    acts = [act(each, "new", "2016-01-01", sequence=n) for n, each in zip(sequences, people, strict=True)]
    registry.bulk("record_certificate_acts", acts)
    return people


@pytest.mark.system("REG-02")
def test_at_any_window_of_the_office_the_window_accepts_the_home_decides_and_the_window_tells(
    registry: Harness,
):
    [holder] = holders(registry, 1)
    there, here = registry.clerk(OTHER_TOWNSHIP), registry.clerk(TOWNSHIP)
    asked = {"id_number": citizen(1), "window": OTHER_TOWNSHIP}
    assert registry.call("identify_applicant", asked, there)["person_id"] == holder
    assert applied(registry, at_window(holder), caller=there) == [CREATED]
    assert listed(registry, there)["A-1"]["desk"] == OTHER_TOWNSHIP
    other = ("registry.not_your_step", "action")
    assert taken(registry, step("accept", "2024-03-05"), caller=here) == [other]
    assert taken(registry, step("accept", "2024-03-05"), caller=there) == [CREATED]
    assert listed(registry, here)["A-1"]["desk"] == VILLAGE
    decided = [step("approve", "2024-03-06"), step("issue", "2024-03-06")]
    assert taken(registry, *decided, caller=there) == [other, other]
    assert taken(registry, *decided, caller=here) == [CREATED] * 2
    assert listed(registry, there)["A-1"]["desk"] == OTHER_TOWNSHIP
    assert taken(registry, step("tell", "2024-03-07"), caller=there) == [CREATED]
    assert [event.late for event in told(registry, messages.ApplicantTold)] == [False]


@pytest.mark.system("REG-02")
def test_each_clock_that_runs_out_is_told_once_with_the_desk_whose_turn_it_was(registry: Harness):
    [holder] = holders(registry, 1)
    applied(registry, at_window(holder))
    look(registry, "2027-01-05")
    look(registry, "2027-01-06")
    taken(
        registry,
        step("accept", "2024-03-20"),
        step("approve", "2024-04-30"),
        step("issue", "2024-04-30"),
        step("tell", "2024-05-31"),
    )
    overdue = told(registry, messages.ApplicationOverdue)
    assert [(event.clock, event.overdue_on, event.desk) for event in overdue] == [
        ("acceptance", date(2024, 3, 8), OTHER_TOWNSHIP),
        ("decision", date(2024, 4, 4), VILLAGE),
        ("telling", date(2024, 5, 9), OTHER_TOWNSHIP),
    ]
    assert [event.late for event in told(registry, messages.ApplicantTold)] == [True]
    look(registry, "2027-01-07")
    assert len(told(registry, messages.ApplicationOverdue)) == len(registry.rows(application_overdue)) == 3


def test_two_clocks_that_end_on_one_day_are_both_told_also_by_a_look_that_was_killed(
    registry: Harness, monkeypatch: Any
):
    monkeypatch.setattr("services.registry.handlers.application_clocks.APPLICATIONS_PER_STEP", 1)
    one, two = holders(registry, 1, 2)
    applied(registry, at_window(one, ref="A"), at_window(two, ref="B"))
    taken(registry, *(step("accept", "2024-03-04", ref) for ref in "AB"))
    look(registry, "2027-01-05")
    # The reviews come to the register late: the day that they were made on ends the other clock as well.
    assert taken(registry, *(step("approve", "2024-03-13", ref) for ref in "AB")) == [CREATED] * 2
    with time_machine.travel(datetime(2027, 1, 6, 4, tzinfo=UTC), tick=False):
        system = registry.caller("system", subject="another day")
        registry.call("check_deadlines", {"day": "2027-01-06"}, system)
        runner = registry.job_runner()
        job = runner._next()
        assert job is not None
        while len(registry.rows(application_overdue)) < 3 and not runner._step(job):
            pass
    look(registry, "2027-01-06")
    overdue = [(event.application_id, event.clock) for event in told(registry, messages.ApplicationOverdue)]
    assert len(overdue) == len(set(overdue)) == 4
    assert {event.overdue_on for event in told(registry, messages.ApplicationOverdue)} == {date(2024, 3, 19)}


def test_an_application_recorded_on_the_day_itself_is_left_for_the_next(registry: Harness):
    one, two = holders(registry, 1, 2)
    applied(registry, at_window(one, ref="A"), at_window(two, ref="B"))
    registry.run_jobs()
    assert told(registry, messages.ApplicationOverdue) == []
    taken(registry, step("decline", "2024-03-05", "A"))
    look(registry, "2027-01-05")
    assert len(told(registry, messages.ApplicationOverdue)) == 1


@pytest.mark.system("REG-02")
def test_lights_turn_yellow_two_working_days_before_the_last_and_red_after_it(registry: Harness):
    people = holders(registry, 1, 2, 3)
    for holder, ref, applied_on in zip(
        people, "ABC", ("2024-03-04", "2024-03-06", "2024-03-07"), strict=True
    ):
        applied(registry, at_window(holder, ref=ref, applied_on=applied_on))

    def lights(day: str) -> list[tuple[int, int, int]]:
        shown = registry.call("show_application_lights", {"day": day})["lights"]
        assert {(each["desk"], each["clock"]) for each in shown} == {(OTHER_TOWNSHIP, "acceptance")}
        return [(each["running"], each["yellow"], each["red"]) for each in shown]

    # The last days are 7, 11 and 12 March; 9 and 10 are a weekend.
    assert lights("2024-03-04") == [(3, 0, 0)]
    assert lights("2024-03-05") == [(3, 1, 0)]
    assert lights("2024-03-07") == [(3, 2, 0)]
    assert lights("2024-03-08") == [(3, 2, 1)]
    assert lights("2024-03-13") == [(3, 0, 3)]
    assert list(listed(registry, due_before="2024-03-12")) == ["A", "B"]


def test_lights_are_counted_by_the_clock_that_runs(registry: Harness):
    one, two, three = holders(registry, 1, 2, 3)
    applied(registry, at_window(one, ref="A"), at_window(two, ref="B"), application(three, "reissue", "C"))
    taken(registry, step("accept", "2024-03-04", "A"), step("accept", "2024-03-04", "B"))
    taken(registry, step("approve", "2024-03-05", "B"))
    shown = registry.call("show_application_lights", {"day": "2024-03-05"})["lights"]
    assert {(each["desk"], each["clock"], each["running"]) for each in shown} == {
        (VILLAGE, "decision", 1),
        (VILLAGE, "telling", 1),
    }


@pytest.mark.system("REG-02")
def test_for_another_province_the_office_assesses_posts_and_passes_on(registry: Harness):
    [resident] = registered(registry)
    item = application(resident, channel="for_other_province", counterpart=SUZHOU)
    assert applied(registry, item) == [CREATED]
    *steps, _, _ = through()
    assert taken(registry, *steps, step("approve", "2024-03-12"), step("forward", "2024-03-12")) == [
        *[CREATED] * 3,
        ("registry.application_for_others", "action"),
        CREATED,
    ]
    assert taken(registry, step("tell", "2024-03-29")) == [CREATED]
    assert told(registry, messages.CertificateEvent) == []


@pytest.mark.system("REG-02")
def test_from_another_province_the_office_reviews_and_makes_what_was_assessed_there(registry: Harness):
    [holder] = registered(registry)
    item = application(holder, channel="from_other_province", counterpart=SUZHOU)
    assert applied(registry, item) == [CREATED]
    steps = [each for each in through(issued_on="2024-03-05") if each["action"] != "post"]
    assert taken(registry, *steps) == [CREATED] * 4
    [issued] = told(registry, messages.ApplicationIssued)
    assert (issued.channel, issued.action) == ("from_other_province", "new")


# Who may what ------------------------------------------------------------------------------------


def test_an_office_sees_and_moves_the_applications_of_its_homes_and_windows_only(registry: Harness):
    one, two = holders(registry, 1, 2)
    applied(registry, at_window(one, ref="A"), application(two, "reissue", "B"))
    there = registry.clerk(OTHER_TOWNSHIP)
    assert set(listed(registry, there)) == {"A"}
    assert set(listed(registry, registry.clerk(TOWNSHIP))) == {"A", "B"}
    assert listed(registry, registry.clerk(HEFEI)) == {}
    assert taken(registry, step("accept", "2024-03-04", "B"), caller=there) == [
        ("registry.unknown_application", "application_ref")
    ]
    tries = [
        application(two, "reissue", "C"),
        at_window(two, ref="D") | {"window": TOWNSHIP},
        at_window(two, ref="E") | {"window": "341524104999"},
        at_window("f" * 32, ref="F"),
    ]
    assert applied(registry, *tries, caller=there) == [
        ("registry.unknown_person", "person_id"),
        ("access.region", "window"),
        ("registry.unknown_region", "window"),
        ("registry.unknown_person", "person_id"),
    ]
    lights = registry.call("show_application_lights", {"day": "2024-03-05"}, registry.clerk(HEFEI))
    assert lights["lights"] == []


def test_who_moves_somebody_must_be_in_charge_of_the_new_home(registry: Harness):
    [holder] = holders(registry, 1)
    applied(registry, application(holder, "move", to_region=OTHER_VILLAGE))
    here = registry.clerk(TOWNSHIP)
    steps = [step(action, "2024-03-04") for action in ("accept", "approve", "issue")]
    assert taken(registry, *steps, caller=here) == [CREATED, CREATED, ("access.region", "action")]
    assert taken(registry, steps[-1]) == [CREATED]


@pytest.mark.parametrize("channel", ["local", "from_other_province"])
def test_who_issues_must_be_in_charge_of_where_the_applicant_lives_by_now(registry: Harness, channel: str):
    [holder] = registered(registry)
    counterpart = {"counterpart": SUZHOU} if channel == "from_other_province" else {}
    applied(registry, application(holder, channel=channel, **counterpart))
    here, there = registry.clerk(TOWNSHIP), registry.clerk(OTHER_TOWNSHIP)
    *steps, issue = [each for each in through() if counterpart == {} or each["action"] != "post"]
    assert set(taken(registry, *steps, caller=here)) == {CREATED}
    moved = {"ref": "M", "person_id": holder, "field": "region", "value": OTHER_VILLAGE}
    registry.bulk("request_corrections", [moved | {"requested_on": "2024-03-12"}])
    decision = {"ref": "D", "correction_ref": "M", "decision": "approved", "decided_on": "2024-03-12"}
    [made] = registry.bulk("decide_corrections", [decision], registry.checker())
    assert made["outcome"] == "created"
    assert taken(registry, issue, caller=here) == [("registry.applicant_moved", "action")]
    assert taken(registry, issue, caller=there) == [("registry.unknown_application", "application_ref")]
    assert told(registry, messages.CertificateEvent) == []
    assert taken(registry, issue) == [CREATED]
    [issued] = told(registry, messages.CertificateIssued)
    assert issued.region == OTHER_VILLAGE


def test_who_asks_for_an_applicant_at_a_window_is_written_down(registry: Harness):
    [holder] = registered(registry)
    there = registry.clerk(OTHER_TOWNSHIP)
    asked = {"id_number": citizen(1), "window": OTHER_TOWNSHIP}
    registry.call("identify_applicant", asked, there)
    [row] = registry.rows(schema.access_audit)
    assert (row.subject_id, row.actor, row.purpose) == (holder, "clerk", f"window {OTHER_TOWNSHIP}")
    assert registry.audit_problems() == []
    for wrong, code in (
        ({"window": TOWNSHIP}, r"access\.region"),
        ({"id_number": citizen(2)}, r"registry\.unknown_person"),
        ({"id_number": "1"}, r"citizen_id\."),
    ):
        with pytest.raises(Refused, match=code):
            registry.call("identify_applicant", asked | wrong, there)
    assert len(registry.rows(schema.access_audit)) == 1
    assert citizen(1) not in str([tuple(row) for row in registry.rows(schema.reply)])


@pytest.mark.parametrize(
    ("method", "fields", "role"),
    [
        ("record_applications", {"items": [application("0" * 32)]}, "auditor"),
        ("record_application_acts", {"items": [step("accept", "2024-03-04")]}, "maker"),
        ("identify_applicant", {"id_number": citizen(1), "window": VILLAGE}, "auditor"),
        ("list_applications", {}, "maker"),
        ("show_application_lights", {"day": "2024-03-04"}, "checker"),
    ],
)
def test_a_stranger_to_the_task_is_turned_away(registry: Harness, method: str, fields: Any, role: str):
    with pytest.raises(Refused, match=r"access\.role"):
        registry.call(method, fields, registry.caller(role))


def test_an_export_pages_through_all_applications(registry: Harness):
    people = holders(registry, 1, 2, 3, 4, 5)
    applied(registry, *(application(each, "reissue", f"A-{n}") for n, each in enumerate(people)))
    found: list[str] = []
    after = None
    while True:
        page = registry.call("list_applications", {"limit": 2, "after": after}, registry.auditor())
        found += [each["ref"] for each in page["applications"]]
        after = page["after"]
        if after is None:
            break
    assert sorted(found) == [f"A-{n}" for n in range(5)]
