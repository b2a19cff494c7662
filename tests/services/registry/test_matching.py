"""Matching with other departments' lists: import, checks, findings, what became of them."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from chassis.rpc import Refused
from contracts.registry import inquiries as messages
from kernel.rulebook import RuleBook
from services.registry.handlers import matching
from services.registry.match_tables import department_rows, match_finding_acts, match_findings
from services.registry.service import RegistryService
from tests.services.registry.factories import act, citizen, household, person, registered, results
from tests.services.registry.match_records import (
    certified,
    department_list,
    findings,
    listed,
    matched,
    run,
    step,
    taken,
)
from tests.services.registry.test_surveys import ROUND, of_round, task, training, visit
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE

CREATED = ("created", None)
UNCHANGED = ("unchanged", None)
BORN = date(1960, 5, 17)
CHILD = date(2009, 6, 7)
FLAGS_ASKED_FOR = """
rules:
  match.check.medical_insurance.flags:
    description: Flags of the household, one of which it must have
    zh: 家庭标识
    unit: texts
    values:
      - from: 2016-01-01
        value: [dibao]
        certainty: assumed
        reference:
          document: "a test"
"""


@pytest.mark.system("REG-07")
def test_who_is_on_dibao_without_the_living_subsidy_is_found_verified_and_helped(registry: Harness):
    first, second, _ = certified(registry, (1, "42", BORN), (2, "43", BORN), (3, "44", BORN))
    listed(registry, "dibao", [citizen(1), citizen(2)])
    listed(registry, "living_subsidy", [citizen(1), citizen(3)])
    run_id = matched(registry, "living_subsidy")
    [found] = findings(registry)
    assert (found["person_id"], found["ref"], found["state"]) == (second, "D-1/000001", "raised")
    assert (found["proposes"], found["category"], found["grade"]) == ("open", "physical", 3)
    assert (found["as_of"], found["raised_on"]) == ("2018-05-31", "2018-06-07")
    [shown] = registry.call("list_match_runs", {})["runs"]
    assert (shown["state"], shown["persons"], shown["findings"]) == ("completed", 3, 1)

    steps = [step("assign", "2018-06-08"), step("verify", "2018-06-20"), step("close", "2018-07-10")]
    assert taken(registry, *steps) == [CREATED] * 3
    told: list[Any] = [event for event in registry.events() if event.TYPE.startswith("registry.match_")]
    assert [event.TYPE.split(".")[1] for event in told] == [
        "match_started",
        "match_finding_raised",
        "match_completed",
        "match_finding_assigned",
        "match_finding_verified",
        "match_finding_closed",
    ]
    assert {event.person_id for event in told if isinstance(event, messages.MatchFindingEvent)} == {second}
    assert (told[2].persons, told[2].findings, told[2].run_id) == (3, 1, run_id)
    assert (told[4].outcome, told[5].result) == ("confirmed", "benefit_opened")
    [closed] = findings(registry, person_id=second)
    assert (closed["state"], closed["officer"], closed["due_on"]) == ("closed", None, None)
    assert findings(registry, person_id=first) == []


def test_each_of_the_six_checks_finds_whom_it_is_about_and_nobody_else(registry: Harness):
    grown, mild, child, pupil = certified(
        registry, (1, "61", BORN), (2, "14", BORN), (3, "53", CHILD), (4, "52", CHILD)
    )
    lists = {
        "poverty_register": [citizen(1), citizen(2)],
        "dibao": [citizen(2)],
        "living_subsidy": [],
        "medical_insurance": [citizen(1), citizen(3, CHILD), citizen(4, CHILD)],
        "nursing_subsidy": [citizen(4, CHILD)],
        "school_roll": [citizen(4, CHILD)],
        "care_need": [citizen(1), citizen(2), citizen(4, CHILD)],
    }
    for kind, numbers in lists.items():
        listed(registry, kind, numbers)
    matched(
        registry,
        "dibao",
        "living_subsidy",
        "medical_insurance",
        "nursing_subsidy",
        "school_enrolment",
        "care_need",
    )
    assert {(each["check"], each["person_id"]) for each in findings(registry)} == {
        ("dibao", grown),
        ("living_subsidy", mild),
        ("medical_insurance", mild),
        ("nursing_subsidy", grown),
        ("school_enrolment", child),
        ("care_need", grown),
    }
    assert findings(registry, person_id=pupil) == []


def test_a_death_and_a_move_are_proposed_with_the_day_and_place_and_nothing_happens_by_itself(
    registry: Harness,
):
    dead, moved = certified(registry, (1, "42", BORN), (2, "43", BORN))
    before = len(registry.events())
    for kind in ("deaths", "moved_out"):
        registry.bulk("record_department_lists", [department_list(kind)])
    rows = [
        {"list_ref": "B-deaths", "id_number": citizen(1), "day": "2018-03-04"},
        {
            "list_ref": "B-moved_out",
            "id_number": citizen(2),
            "day": "2018-04-05",
            "to_region": "341525000000",
        },
    ]
    assert results(registry.bulk("record_department_rows", rows)) == [CREATED] * 2
    matched(registry, "deceased", "moved_out")
    found = {each["person_id"]: each for each in findings(registry)}
    assert (found[dead]["proposes"], found[dead]["day"]) == ("close", "2018-03-04")
    assert (found[moved]["proposes"], found[moved]["to_region"]) == ("move", "341525000000")
    own = {event.TYPE.split(".")[1] for event in registry.events()[before:]}
    assert own == {"department_list_recorded", "match_started", "match_finding_raised", "match_completed"}
    assert registry.call("find_person", {"person_id": dead})["certificate"]["status"] == "valid"

    ref = found[dead]["ref"]
    taken(registry, step("assign", "2018-06-08", ref), step("verify", "2018-06-09", ref))
    assert taken(registry, step("close", "2018-06-10", ref)) == [
        ("registry.result_of_another_proposal", "result")
    ]
    done = step("close", "2018-06-10", ref, result="certificate_cancelled")
    assert taken(registry, done) == [CREATED]


def test_persons_go_by_in_steps_and_a_run_that_was_killed_goes_on(
    registry: Harness, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(matching, "PERSONS_PER_STEP", 2)
    certified(registry, *((number, "42", BORN) for number in range(1, 5)))
    # A step with nobody to compare is not the end.
    registered(registry, *range(11, 15))
    certified(registry, *((number, "42", BORN) for number in range(5, 8)))
    listed(registry, "medical_insurance", [citizen(3)])
    [outcome] = registry.bulk("start_match_runs", [run("medical_insurance", lists=["B-medical_insurance"])])
    steps = iter((True, True, False))
    registry.job_runner().run_one(lambda: next(steps))
    [halfway] = registry.call("list_match_runs", {})["runs"]
    assert (halfway["state"], halfway["persons"]) == ("running", 4)
    registry.run_jobs()
    found = findings(registry, limit=2)
    assert len({each["person_id"] for each in found}) == len(found) == 6
    assert sorted(each["ref"] for each in found) == [f"D-1/{number:06d}" for number in range(1, 7)]
    counts = registry.call("show_match_counts", {"run_id": outcome["id"]})["counts"]
    assert {(each["about"], each["name"]): each["persons"] for each in counts} == {
        ("listed", "medical_insurance"): 1,
        ("selected", "medical_insurance"): 7,
        ("suspected", "medical_insurance"): 6,
    }


def test_a_finding_that_is_open_or_was_verified_after_the_list_is_not_raised_again(registry: Harness):
    certified(registry, *((number, "42", BORN) for number in (1, 2, 3)))
    listed(registry, "medical_insurance", [])
    matched(registry, "medical_insurance")
    refs = [each["ref"] for each in findings(registry)]
    explained = {"outcome": "explained", "officer": None, "due_on": None}
    for ref in refs[:2]:
        taken(registry, step("assign", "2018-06-08", ref), step("verify", "2018-06-20", ref, **explained))
    again = {"matched_on": "2018-07-01", "ref": "D-2", "lists": ["B-2"]}
    listed(registry, "medical_insurance", [], ref="B-2", as_of="2018-06-20", received_on="2018-06-25")
    matched(registry, "medical_insurance", **again)
    assert len(findings(registry)) == 3
    # A later list says again what was explained; the third is still open.
    listed(registry, "medical_insurance", [], ref="B-3", as_of="2018-06-21", received_on="2018-06-25")
    matched(registry, "medical_insurance", **again | {"ref": "D-3", "lists": ["B-3"]})
    assert [each["state"] for each in findings(registry, states=["raised"])] == ["raised"] * 3
    assert len(findings(registry)) == 5


def test_a_bad_row_is_rejected_with_its_reason_and_the_others_are_kept(registry: Harness):
    registry.bulk("record_department_lists", [department_list("dibao")])
    wrong = citizen(4)[:-1] + ("0" if citizen(4)[-1] != "0" else "1")
    rows = [
        {"list_ref": "B-dibao", "id_number": citizen(1)},
        {"list_ref": "B-dibao", "id_number": wrong},
        {"list_ref": "B-dibao", "id_number": "123"},
        {"list_ref": "unknown", "id_number": citizen(2)},
        {"list_ref": "B-dibao", "id_number": citizen(1)},
        {"list_ref": "B-dibao", "id_number": citizen(1), "day": "2018-01-01"},
        {"list_ref": "B-dibao", "id_number": citizen(3), "to_region": "somewhere"},
        {"list_ref": "B-dibao", "id_number": citizen(2).lower()},
    ]
    assert results(registry.bulk("record_department_rows", rows)) == [
        CREATED,
        ("citizen_id.checksum", "id_number"),
        ("citizen_id.length", "id_number"),
        ("registry.unknown_department_list", "list_ref"),
        UNCHANGED,
        ("registry.department_row_differs", "day"),
        ("record.invalid", "to_region"),
        CREATED,
    ]
    [shown] = registry.call("list_department_lists", {"kind": "dibao"})["lists"]
    assert (shown["rows"], shown["as_of"], shown["closed"]) == (2, "2018-05-31", False)
    stored = str([tuple(row) for row in registry.rows(department_rows)])
    assert citizen(1) not in stored + str([tuple(row) for row in registry.event_rows()])


def test_a_list_that_was_used_takes_no_more_rows(registry: Harness):
    certified(registry, (1, "42", BORN))
    listed(registry, "medical_insurance", [citizen(1)])
    matched(registry, "medical_insurance")
    rows = [{"list_ref": "B-medical_insurance", "id_number": citizen(number)} for number in (1, 2)]
    assert results(registry.bulk("record_department_rows", rows)) == [
        UNCHANGED,
        ("registry.list_closed", "list_ref"),
    ]
    [shown] = registry.call("list_department_lists", {})["lists"]
    assert shown["closed"] is True


def test_lists_and_runs_that_do_not_fit_are_refused_and_again_change_nothing(registry: Harness):
    items = [
        department_list("dibao"),
        department_list("dibao"),
        department_list("dibao", source="县民政局"),
        department_list("weather", "B-1"),
        department_list("dibao", "B-2", as_of="2018-06-02"),
        department_list("dibao", "B-3", received_on="2015-12-31", as_of="2015-12-01"),
        department_list("living_subsidy", region=TOWNSHIP),
        department_list("living_subsidy", "B-late", as_of="2018-06-08", received_on="2018-06-09"),
        department_list("living_subsidy", "B-good"),
        department_list("dibao", "B-again"),
    ]
    assert results(registry.bulk("record_department_lists", items)) == [
        CREATED,
        UNCHANGED,
        ("registry.department_list_differs", "source"),
        ("registry.unknown_list_kind", "kind"),
        ("registry.list_from_the_future", "as_of"),
        ("rule.not_in_force", "received_on"),
        CREATED,
        CREATED,
        CREATED,
        CREATED,
    ]
    good = ["B-dibao", "B-good"]
    runs = [
        run("weather"),
        run("living_subsidy", lists=["B-dibao"]),
        run("living_subsidy", lists=["B-dibao", "B-unknown"]),
        run("living_subsidy", lists=["B-dibao", "B-living_subsidy"]),
        run("living_subsidy", lists=["B-dibao", "B-late"]),
        run("living_subsidy", lists=[*good, "B-again"]),
        run("living_subsidy", lists=good, region="341525000000"),
        run("living_subsidy", lists=good, matched_on="2015-12-31"),
        run("living_subsidy", lists=good),
        run("living_subsidy", lists=list(reversed(good))),
        run("living_subsidy", lists=good, matched_on="2018-06-09"),
    ]
    assert results(registry.bulk("start_match_runs", runs)) == [
        ("registry.unknown_match_check", "checks"),
        ("registry.unfit_lists", "list_refs"),
        ("registry.unknown_department_list", "list_refs"),
        ("registry.unfit_lists", "list_refs"),
        ("registry.unfit_lists", "list_refs"),
        ("registry.unfit_lists", "list_refs"),
        ("access.region", "region"),
        ("rule.not_in_force", "matched_on"),
        CREATED,
        UNCHANGED,
        ("registry.match_run_differs", "matched_on"),
    ]


def test_who_is_late_is_listed_and_what_does_not_fit_a_finding_is_refused(registry: Harness):
    certified(registry, *((number, "42", BORN) for number in (1, 2, 3)))
    listed(registry, "medical_insurance", [])
    matched(registry, "medical_insurance")
    assert taken(
        registry,
        step("verify", "2018-06-08"),
        step("assign", "2018-06-08", due_on="2018-06-07"),
        step("assign", "2018-06-08", officer=None),
        step("assign", "2018-06-08"),
        step("assign", "2018-06-08"),
        step("assign", "2018-06-08", due_on="2018-07-01"),
        step("verify", "2018-06-07"),
        step("verify", "2018-06-09", outcome="explained"),
        step("verify", "2018-06-10", officer=None),
        step("assign", "2018-06-08", "D-1/000002"),
        step("assign", "2018-06-11", "D-1/000099"),
    ) == [
        ("registry.match_finding_state", "action"),
        ("registry.due_before_act", "due_on"),
        ("registry.match_finding_act_fields", "officer"),
        CREATED,
        UNCHANGED,
        ("registry.match_finding_act_differs", "ref"),
        ("registry.act_out_of_order", "acted_on"),
        ("registry.match_finding_act_fields", "officer"),
        ("registry.match_finding_act_fields", "officer"),
        CREATED,
        ("registry.unknown_match_finding", "match_finding_ref"),
    ]
    taken(registry, step("assign", "2018-06-12", "D-1/000002", due_on="2018-07-01", officer="wang"))
    assert [each["ref"] for each in findings(registry, due_before="2018-07-01")] == ["D-1/000001"]
    assert [each["ref"] for each in findings(registry, officer="wang")] == ["D-1/000002"]
    assert [each["ref"] for each in findings(registry, states=["raised"])] == ["D-1/000003"]


def test_needs_of_a_closed_round_are_matched_with_services_given(registry: Harness):
    served, waiting, _ = certified(registry, *((number, "42", BORN) for number in (1, 2, 3)))
    registry.bulk("open_survey_rounds", [ROUND])
    steps = [training(TOWNSHIP), training(OTHER_TOWNSHIP), of_round("begin", "2018-07-01")]
    registry.bulk("record_survey_round_acts", steps)
    registry.bulk("assign_survey_tasks", [task(served), task(waiting, "T-2")])
    visits = [visit("2018-07-02", needs=["care"]), visit("2018-07-02", ref="T-2", needs=["care", "device"])]
    registry.bulk("record_survey_task_acts", visits)
    listed(registry, "care_service", [citizen(1)])
    asked = run("care_unserved", lists=["B-care_service"], matched_on="2018-09-01")
    named = asked | {"survey_round_ref": "S-2018"}
    refused = ("registry.no_closed_round", "survey_round_ref")
    runs = [asked, named, asked | {"survey_round_ref": "unknown"}]
    assert results(registry.bulk("start_match_runs", runs)) == [refused] * 3
    closing = [of_round("check", "2018-08-01"), of_round("close", "2018-08-31")]
    registry.bulk("record_survey_round_acts", closing)
    matched(registry, "care_unserved", survey_round_ref="S-2018", matched_on="2018-09-01")
    assert [each["person_id"] for each in findings(registry)] == [waiting]


def test_counts_tell_townships_categories_and_grades_apart(registry: Harness):
    flagged = household("H-1", region=OTHER_VILLAGE, flags=["dibao"])
    registry.bulk("register_households", [flagged])
    certified(registry, (1, "42", BORN), (2, "61", BORN))
    there = person(3, region=OTHER_VILLAGE, household_ref="H-1")
    [outcome] = registry.bulk("register_persons", [there])
    new = {"action": "new", "certificate_number": citizen(3) + "42", "acted_on": "2016-02-01"}
    registry.bulk("record_certificate_acts", [new | {"ref": "Z", "person_id": outcome["id"]}])
    listed(registry, "dibao", [citizen(1), citizen(3)])
    listed(registry, "living_subsidy", [])
    run_id = matched(registry, "living_subsidy")
    asked = {"run_id": run_id, "by": ["region", "category"]}
    counts = registry.call("show_match_counts", asked)["counts"]
    cells = {
        (each["about"], each["name"], each["region"], each["category"], each["grade"]): each["persons"]
        for each in counts
    }
    assert cells == {
        (about, name, township, "physical", None): 1
        for township in (TOWNSHIP, OTHER_TOWNSHIP)
        for about, name in (
            ("listed", "dibao"),
            ("selected", "living_subsidy"),
            ("suspected", "living_subsidy"),
        )
    }
    assert len(findings(registry, region=TOWNSHIP)) == len(findings(registry, region=OTHER_TOWNSHIP)) == 1
    mine = registry.call("show_match_counts", {"run_id": run_id}, registry.clerk(OTHER_TOWNSHIP))["counts"]
    assert {each["persons"] for each in mine} == {1}
    assert registry.call("show_match_counts", {"run_id": "f" * 32})["counts"] == []


def test_a_check_asks_for_the_flags_that_a_household_has_by_now(registry: Harness, tmp_path: Path):
    rules = tmp_path / "rules"
    shutil.copytree(RegistryService.directory() / "rules", rules)
    (rules / "offices").mkdir(exist_ok=True)
    (rules / "offices" / "here.yaml").write_text(FLAGS_ASKED_FOR, encoding="utf-8")
    registry.runtime.rules = RuleBook.load(rules, office="here")
    homes = [household("H-1", flags=["dibao"]), household("H-2"), household("H-3", flags=["dibao"])]
    registry.bulk("register_households", homes)
    people = [person(number, household_ref=f"H-{number}") for number in (1, 2, 3)]
    ids = [outcome["id"] for outcome in registry.bulk("register_persons", people)]
    acts = [act(each, "new", "2016-02-01", sequence=number) for number, each in enumerate(ids, 1)]
    registry.bulk("record_certificate_acts", acts)
    said = {"flag": "dibao", "source": "civil_affairs", "told_on": "2018-01-01"}
    lifted = said | {"ref": "F-1", "household_ref": "H-1", "holds": False}
    gained = said | {"ref": "F-2", "household_ref": "H-2", "holds": True}
    assert results(registry.bulk("record_household_flags", [lifted, gained])) == [CREATED] * 2
    listed(registry, "medical_insurance", [])
    matched(registry, "medical_insurance")
    assert {each["person_id"] for each in findings(registry)} == set(ids[1:])


def test_what_belongs_to_another_region_is_neither_seen_nor_touched(registry: Harness):
    certified(registry, (1, "42", BORN))
    listed(registry, "medical_insurance", [])
    matched(registry, "medical_insurance")
    there = registry.clerk(OTHER_TOWNSHIP)
    assert findings(registry, there) == []
    assert registry.call("list_department_lists", {}, there)["lists"] == []
    assert registry.call("list_match_runs", {}, there)["runs"] == []
    assert taken(registry, step("assign", "2018-06-08"), caller=there) == [
        ("registry.unknown_match_finding", "match_finding_ref")
    ]
    row = {"list_ref": "B-medical_insurance", "id_number": citizen(1)}
    assert results(registry.bulk("record_department_rows", [row], there)) == [
        ("registry.unknown_department_list", "list_ref")
    ]
    own = department_list("dibao", "T")
    assert results(registry.bulk("record_department_lists", [own], there)) == [("access.region", "region")]
    foreign = run("medical_insurance", ref="D-2", lists=["B-medical_insurance"])
    assert results(registry.bulk("start_match_runs", [foreign], there)) == [("access.region", "region")]
    own_run = [foreign | {"region": OTHER_TOWNSHIP}]
    assert results(registry.bulk("start_match_runs", own_run, there)) == [
        ("registry.unknown_department_list", "list_refs")
    ]
    auditor = registry.auditor(VILLAGE)
    assert len(findings(registry, auditor)) == 1


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        ("record_department_lists", {"items": [department_list("dibao")]}),
        ("record_department_rows", {"items": [{"list_ref": "B", "id_number": citizen(1)}]}),
        ("start_match_runs", {"items": [run("dibao")]}),
        ("record_match_finding_acts", {"items": [step("assign", "2018-06-08")]}),
        ("list_department_lists", {}),
        ("list_match_runs", {}),
        ("list_match_findings", {}),
        ("show_match_counts", {"run_id": "f" * 32}),
    ],
)
def test_a_stranger_to_the_task_is_turned_away(registry: Harness, method: str, fields: Any):
    with pytest.raises(Refused, match=r"access\.role"):
        registry.call(method, fields, registry.maker())


def test_rows_and_steps_can_be_neither_changed_nor_deleted(registry: Harness):
    certified(registry, (1, "42", BORN))
    listed(registry, "medical_insurance", [citizen(2)])
    matched(registry, "medical_insurance")
    taken(registry, step("assign", "2018-06-08"))
    assert len(registry.rows(match_findings)) == 1
    for table in (department_rows, match_finding_acts):
        with (
            pytest.raises(sa.exc.DBAPIError, match="append-only"),
            registry.runtime.database.write() as connection,
        ):
            connection.execute(sa.delete(table))


def test_a_list_made_under_an_older_index_key_still_finds_its_people(registry: Harness):
    [known] = certified(registry, (1, "42", BORN))
    vault = registry.runtime.vault
    vault.index_ids.insert(0, "i2")
    vault._index_keys["i2"] = b"2" * 32
    listed(registry, "medical_insurance", [citizen(1), citizen(2)])
    rows = [{"list_ref": "B-medical_insurance", "id_number": citizen(number)} for number in (1, 2)]
    assert results(registry.bulk("record_department_rows", rows)) == [UNCHANGED] * 2
    assert {row.id_number_index[:3] for row in registry.rows(department_rows)} == {"i1.", "i2."}
    matched(registry, "medical_insurance")
    assert findings(registry, person_id=known) == []
