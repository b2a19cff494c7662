"""The needs survey: training, tasks, visits and refusals, corrections, progress, the freeze at the end."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from chassis.rpc import Refused
from contracts.registry import inquiries as messages
from services.registry.survey_tables import survey_round_acts, survey_task_acts
from services.reporting.service import ReportingService
from tests.services.registry.factories import person, registered, results
from tests.services.reporting.steps import take, value
from tests.support.platform import COUNTY, Harness
from tests.support.registry_events import OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE

CREATED = ("created", None)
UNCHANGED = ("unchanged", None)
ROUND = {
    "ref": "S-2018",
    "region": COUNTY,
    "year": 2018,
    "opened_on": "2018-05-04",
    "training_regions": [TOWNSHIP, OTHER_TOWNSHIP],
}
ANSWERS = {"livelihood": "dibao", "medical_insurance": "resident"}


def training(place: str, day: str = "2018-06-26", **changes: Any) -> dict[str, Any]:
    own = {"ref": f"P-{place}", "survey_round_ref": "S-2018", "action": "train", "acted_on": day}
    return own | {"trained": place, "persons": 12} | changes


def of_round(action: str, day: str) -> dict[str, Any]:
    return {"ref": f"S-{action}", "survey_round_ref": "S-2018", "action": action, "acted_on": day}


def task(person_id: str, ref: str = "T-1", **changes: Any) -> dict[str, Any]:
    own = {"ref": ref, "survey_round_ref": "S-2018", "person_id": person_id, "surveyor": "chen"}
    return own | {"assigned_on": "2018-06-26"} | changes


def visit(day: str, result: str = "answered", ref: str = "T-1", **changes: Any) -> dict[str, Any]:
    own = {"ref": f"{ref}-{day}", "survey_task_ref": ref, "action": "visit", "acted_on": day}
    own |= {"method": "home", "result": result}
    return own | ({"answers": ANSWERS} if result == "answered" else {}) | changes


def correction(day: str, ref: str = "T-1", **changes: Any) -> dict[str, Any]:
    own = {"ref": f"{ref}-{day}-correct", "survey_task_ref": ref, "action": "correct", "acted_on": day}
    return own | {"answers": ANSWERS} | changes


def stepped(registry: Harness, *steps: dict[str, Any], caller: str | None = None) -> list[Any]:
    return results(registry.bulk("record_survey_round_acts", steps, caller))


def taken(registry: Harness, *steps: dict[str, Any], caller: str | None = None) -> list[Any]:
    return results(registry.bulk("record_survey_task_acts", steps, caller))


@pytest.fixture
def survey(registry: Harness) -> Harness:
    """The registry with a round whose surveyors are trained and have set out."""
    assert results(registry.bulk("open_survey_rounds", [ROUND])) == [CREATED]
    steps = [training(TOWNSHIP), training(OTHER_TOWNSHIP), of_round("begin", "2018-07-01")]
    assert stepped(registry, *steps) == [CREATED] * 3
    return registry


@pytest.fixture
def reporting(tmp_path: Path) -> Iterator[Harness]:
    harness = Harness(ReportingService, f"sqlite:///{tmp_path}/reporting.db")
    yield harness
    harness.close()


@pytest.mark.system("REG-05")
def test_a_person_who_refused_is_visited_again_and_what_they_need_is_told(survey: Harness):
    [person_id] = registered(survey)
    assert results(survey.bulk("assign_survey_tasks", [task(person_id)])) == [CREATED]
    visits = [
        visit("2018-07-02", "refused"),
        visit("2018-07-09", "absent", method="phone"),
        visit("2018-07-16", needs=["device", "care", "device"]),
    ]
    assert taken(survey, *visits) == [CREATED] * 3
    told = [event for event in survey.events() if isinstance(event, messages.PersonSurveyed)]
    assert [(each.result, each.revisit) for each in told] == [
        ("refused", False),
        ("absent", True),
        ("answered", True),
    ]
    assert [need.need for need in told[2].needs] == ["care", "device"]
    assert (told[0].needs, told[2].person_id) == ([], person_id)
    [shown] = survey.call("list_survey_tasks", {"person_id": person_id})["tasks"]
    assert (shown["state"], shown["visits"], shown["answers"]) == ("answered", 3, ANSWERS)
    assert shown["needs"] == ["care", "device"]


def test_a_mistake_is_corrected_by_another_entry_until_the_round_is_closed(survey: Harness):
    [person_id] = registered(survey)
    survey.bulk("assign_survey_tasks", [task(person_id)])
    first, right = visit("2018-07-02", needs=["care"]), correction("2018-08-02", needs=["training"])
    taken(survey, first)
    assert stepped(survey, of_round("check", "2018-08-01")) == [CREATED]
    assert taken(survey, visit("2018-08-02", ref="T-1"), right) == [
        ("registry.survey_task_state", "action"),
        CREATED,
    ]
    [told] = [event for event in survey.events() if isinstance(event, messages.SurveyCorrected)]
    assert [need.need for need in told.added] == ["training"]
    assert [need.need for need in told.withdrawn] == ["care"]
    assert stepped(survey, of_round("close", "2018-09-01")) == [CREATED]
    late = correction("2018-09-02")
    assert taken(survey, late, right, first) == [
        ("registry.survey_round_state", "action"),
        UNCHANGED,
        UNCHANGED,
    ]
    entries = [(row.action, row.needs) for row in survey.rows(survey_task_acts)]
    assert sorted(entries) == [("correct", "training"), ("visit", "care")]


def test_no_round_begins_before_all_its_divisions_are_trained_and_no_state_is_skipped(registry: Harness):
    registry.bulk("open_survey_rounds", [ROUND])
    assert stepped(
        registry,
        training(TOWNSHIP),
        of_round("begin", "2018-06-27") | {"ref": "early"},
        training(TOWNSHIP, ref="again"),
        training("341525100000", ref="elsewhere"),
        training(OTHER_TOWNSHIP, "2018-06-28", persons=None),
        of_round("close", "2018-06-28"),
        training(OTHER_TOWNSHIP, "2018-06-28"),
        of_round("begin", "2018-06-27"),
        of_round("begin", "2018-06-28"),
    ) == [
        CREATED,
        ("registry.regions_not_trained", "action"),
        ("registry.trained_already", "trained"),
        ("registry.no_training_region", "trained"),
        ("registry.survey_round_act_fields", "persons"),
        ("registry.survey_round_state", "action"),
        CREATED,
        ("registry.act_out_of_order", "acted_on"),
        CREATED,
    ]
    [shown] = registry.call("list_survey_rounds", {})["rounds"]
    assert (shown["state"], shown["trained"]) == ("surveying", [TOWNSHIP, OTHER_TOWNSHIP])


def test_what_does_not_fit_is_refused_and_again_changes_nothing(registry: Harness):
    rounds = [
        ROUND,
        ROUND,
        ROUND | {"year": 2019},
        ROUND | {"ref": "A", "training_regions": ["341525000000"]},
        ROUND | {"ref": "B", "opened_on": "2014-12-31"},
        ROUND | {"ref": "C", "region": TOWNSHIP, "training_regions": [TOWNSHIP]},
    ]
    assert results(registry.bulk("open_survey_rounds", rounds)) == [
        CREATED,
        UNCHANGED,
        ("registry.survey_round_differs", "year"),
        ("registry.training_region_outside", "training_regions"),
        ("rule.not_in_force", "opened_on"),
        CREATED,
    ]
    [first, second] = registered(registry, 1, 2)
    [third] = [
        outcome["id"] for outcome in registry.bulk("register_persons", [person(3, region=OTHER_VILLAGE)])
    ]
    tasks = [
        task(first),
        task(first),
        task(first, surveyor="wu"),
        task(first, "T-2"),
        task("f" * 32, "T-3"),
        task(second, "T-4", survey_round_ref="unknown"),
        task(third, "T-5", survey_round_ref="C"),
    ]
    assert results(registry.bulk("assign_survey_tasks", tasks)) == [
        CREATED,
        UNCHANGED,
        ("registry.survey_task_differs", "assigned_to"),
        ("registry.person_asked_already", "person_id"),
        ("registry.unknown_person", "person_id"),
        ("registry.unknown_survey_round", "survey_round_ref"),
        ("registry.unknown_survey_round", "survey_round_ref"),
    ]
    assert taken(registry, visit("2018-06-27")) == [("registry.survey_round_state", "action")]
    stepped(registry, training(TOWNSHIP), training(OTHER_TOWNSHIP), of_round("begin", "2018-07-01"))
    assert taken(
        registry,
        visit("2018-06-30"),
        visit("2018-07-02", answers={"weather": "fine"}),
        visit("2018-07-02", answers=ANSWERS | {"housing": "castle"}),
        visit("2018-07-02", answers={"livelihood": "dibao"}),
        visit("2018-07-02", answers=None),
        visit("2018-07-02", needs=["money"]),
        visit("2018-07-02", "refused", needs=["care"]),
        visit("2018-07-02", method=None),
        correction("2018-07-02"),
        visit("2018-07-02", ref="T-9"),
        visit("2018-07-02"),
    ) == [
        ("registry.survey_round_state", "action"),
        ("registry.unknown_question", "answers"),
        ("registry.unknown_answer", "answers"),
        ("registry.question_unanswered", "answers"),
        ("registry.survey_task_act_fields", "answers"),
        ("registry.unknown_need", "needs"),
        ("registry.survey_task_act_fields", "needs"),
        ("registry.survey_task_act_fields", "method"),
        ("registry.survey_task_state", "action"),
        ("registry.unknown_survey_task", "survey_task_ref"),
        CREATED,
    ]


def test_a_task_is_handed_over_and_one_who_died_or_moved_is_not_visited_again(survey: Harness):
    first, second = registered(survey, 1, 2)
    survey.bulk("assign_survey_tasks", [task(first), task(second, "T-2")])
    handed = {"ref": "W", "survey_task_ref": "T-2", "action": "reassign", "acted_on": "2018-07-02"}
    steps = [visit("2018-07-02", "moved"), visit("2018-07-03", "refused"), handed | {"surveyor": "wu"}]
    assert taken(survey, *steps) == [CREATED, ("registry.survey_task_state", "action"), CREATED]
    [own] = survey.call("list_survey_tasks", {"surveyor": "wu"})["tasks"]
    assert (own["ref"], own["state"]) == ("T-2", "to_visit")
    told = [event for event in survey.events() if isinstance(event, messages.SurveyTaskReassigned)]
    assert [each.person_id for each in told] == [second]


def test_progress_and_needs_are_shown_by_township(survey: Harness):
    people = [person(n, region=VILLAGE if n < 4 else OTHER_VILLAGE) for n in range(1, 5)]
    ids = [outcome["id"] for outcome in survey.bulk("register_persons", people)]
    survey.bulk("assign_survey_tasks", [task(each, f"T-{n}") for n, each in enumerate(ids, 1)])
    taken(
        survey,
        visit("2018-07-02", needs=["care", "device"]),
        visit("2018-07-02", ref="T-2", needs=["care"]),
        visit("2018-07-02", "refused", ref="T-3"),
    )
    [shown] = survey.call("list_survey_rounds", {})["rounds"]
    asked = {"round_id": shown["round_id"]}
    townships = survey.call("show_survey_progress", asked)["townships"]
    assert townships == [
        {
            "region": TOWNSHIP,
            "tasks": 3,
            "by_state": {"answered": 2, "to_revisit": 1},
            "by_need": {"care": 2, "device": 1},
        },
        {"region": OTHER_TOWNSHIP, "tasks": 1, "by_state": {"to_visit": 1}, "by_need": {}},
    ]
    mine = survey.call("show_survey_progress", asked, survey.clerk(OTHER_TOWNSHIP))["townships"]
    assert mine == townships[1:]
    page = survey.call("list_survey_tasks", {"limit": 3, "round_id": shown["round_id"]})
    rest = survey.call("list_survey_tasks", {"limit": 3, "after": page["after"]})
    assert len(page["tasks"]) + len(rest["tasks"]) == 4
    below = survey.call("list_survey_tasks", {"region": OTHER_TOWNSHIP})["tasks"]
    assert [each["ref"] for each in below] == ["T-4"]
    revisit = survey.call("list_survey_tasks", {"states": ["to_revisit"]})["tasks"]
    assert [each["ref"] for each in revisit] == ["T-3"]


def test_what_belongs_to_another_region_is_neither_seen_nor_touched(survey: Harness):
    [person_id] = registered(survey)
    survey.bulk("assign_survey_tasks", [task(person_id)])
    there = survey.clerk(OTHER_TOWNSHIP)
    assert survey.call("list_survey_tasks", {}, there)["tasks"] == []
    assert survey.call("list_survey_rounds", {}, there)["rounds"] == []
    assert taken(survey, visit("2018-07-02"), caller=there) == [
        ("registry.unknown_survey_task", "survey_task_ref")
    ]
    assert stepped(survey, of_round("check", "2018-08-01"), caller=there) == [
        ("registry.unknown_survey_round", "survey_round_ref")
    ]
    assert results(survey.bulk("assign_survey_tasks", [task(person_id, "N")], there)) == [
        ("registry.unknown_person", "person_id")
    ]
    foreign = ROUND | {"ref": "N"}
    assert results(survey.bulk("open_survey_rounds", [foreign], there)) == [("access.region", "region")]


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        ("open_survey_rounds", {"items": [ROUND]}),
        ("record_survey_round_acts", {"items": [training(TOWNSHIP)]}),
        ("assign_survey_tasks", {"items": [task("f" * 32)]}),
        ("record_survey_task_acts", {"items": [visit("2018-07-02")]}),
        ("list_survey_rounds", {}),
        ("list_survey_tasks", {}),
        ("show_survey_progress", {"round_id": "f" * 32}),
    ],
)
def test_a_stranger_to_the_task_is_turned_away(registry: Harness, method: str, fields: Any):
    with pytest.raises(Refused, match=r"access\.role"):
        registry.call(method, fields, registry.maker())


def test_entries_can_be_neither_changed_nor_deleted(survey: Harness):
    [person_id] = registered(survey)
    survey.bulk("assign_survey_tasks", [task(person_id)])
    taken(survey, visit("2018-07-02"))
    for table in (survey_round_acts, survey_task_acts):
        with (
            pytest.raises(sa.exc.DBAPIError, match="append-only"),
            survey.runtime.database.write() as connection,
        ):
            connection.execute(sa.delete(table))


def test_luan_2018_trained_four_counties_and_three_districts_by_june(registry: Harness, reporting: Harness):
    places = [f"3415240{number:02d}000" for number in range(1, 8)]
    registry.bulk("open_survey_rounds", [ROUND | {"training_regions": places}])
    assert stepped(registry, *(training(place) for place in places)) == [CREATED] * 7
    reporting.feed("registry", registry.events())
    assert value(take(reporting, period="2018H1"), "registry.survey.trainings_done") == 7
    assert value(take(reporting, period="2018H2"), "registry.survey.trainings_done") == 0


def test_persons_surveyed_are_counted_once_by_how_they_were_asked(survey: Harness, reporting: Harness):
    ids = registered(survey, 1, 2, 3)
    survey.bulk("assign_survey_tasks", [task(each, f"T-{n}") for n, each in enumerate(ids, 1)])
    taken(
        survey,
        visit("2018-07-02", "refused"),
        visit("2018-07-03"),
        visit("2018-07-02", ref="T-2", method="phone"),
        visit("2018-07-02", "absent", ref="T-3"),
    )
    reporting.feed("registry", survey.events())
    shown = take(reporting, period="2018")
    assert value(shown, "registry.survey.persons") == 2
    assert value(shown, "registry.survey.persons", "method=phone") == 1
    assert value(shown, "registry.survey.visits", "result=refused") == 1
    assert value(shown, "registry.survey.visits", "visit=again") == 1
