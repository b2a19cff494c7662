from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from chassis.rpc import Refused
from contracts.employment import CourseOpened, TraineeEnrolled, TrainingCompleted, TrainingNeedRegistered
from services.employment import tables
from tests.services.employment.factories import certificate, completion, course, need, person, trainee
from tests.support.platform import COUNTY
from tests.support.registry_events import OTHER_VILLAGE, TOWNSHIP, VILLAGE, identifier

FACTS = [
    *[event for n in (1, 2, 3) for event in (person(n), certificate(n))],
    person(8, region=OTHER_VILLAGE),
    certificate(8, region=OTHER_VILLAGE),
]
COMMANDS: dict[str, Callable[..., dict[str, Any]]] = {
    "register_training_needs": need,
    "open_courses": course,
    "enrol_trainees": trainee,
    "complete_trainings": completion,
}
"""The commands in the order of the work, each with a record that is good for number 1."""


@pytest.fixture
def employment(employment):
    employment.feed("registry", FACTS)
    return employment


def prepared(employment, method):
    """Do the work before a command; returns what makes its records."""
    if method in ("enrol_trainees", "complete_trainings"):
        employment.bulk("open_courses", [course(1)])
    if method == "complete_trainings":
        employment.bulk("enrol_trainees", [trainee(n) for n in (1, 2, 8)])
    return COMMANDS[method]


def codes(outcomes):
    return [outcome["error"]["code"] if outcome["error"] else outcome["outcome"] for outcome in outcomes]


@pytest.mark.system("EMP-04")
def test_whoever_was_found_to_need_training_is_enrolled_trained_and_certified(employment):
    [asked] = employment.bulk("register_training_needs", [need(1)])
    [opened] = employment.bulk("open_courses", [course(1, capacity=2)])
    enrolled = employment.bulk("enrol_trainees", [trainee(n) for n in (1, 2, 3)])
    assert codes(enrolled) == ["created", "created", "employment.course_full"]
    completed = employment.bulk(
        "complete_trainings", [completion(1), completion(2, certified=False), completion(3)]
    )
    assert codes(completed) == ["created", "created", "employment.not_enrolled"]
    of_person = {"region": VILLAGE, "person_id": identifier(1)}
    of_course = {"course_id": opened["id"], "type": "practical"}
    first, second, third, _, fifth, sixth = employment.events()
    assert first == TrainingNeedRegistered(
        need_id=asked["id"], type="vocational", registered_on=date(2024, 3, 1), **of_person
    )
    assert second == CourseOpened(
        region=COUNTY, starts_on=date(2024, 5, 1), ends_on=date(2024, 5, 31), **of_course
    )
    assert third == TraineeEnrolled(
        trainee_id=enrolled[0]["id"], enrolled_on=date(2024, 5, 1), **of_person, **of_course
    )
    assert fifth == TrainingCompleted(
        trainee_id=enrolled[0]["id"],
        certified=True,
        completed_on=date(2024, 5, 31),
        **of_person,
        **of_course,
    )
    assert isinstance(sixth, TrainingCompleted)
    assert not sixth.certified


@pytest.mark.system("EMP-04")
def test_needs_are_registered_for_certified_persons_of_employment_age(employment):
    employment.feed(
        "registry",
        [
            person(11),
            *[person(12), certificate(12, expires_on=date(2024, 2, 29))],
            *[person(13, "2008-04"), certificate(13)],
            *[person(14, "1969-02", "female"), certificate(14)],
            *[person(15, "1969-03", "female"), certificate(15)],
            *[person(16, "1964-03"), certificate(16)],
            *[person(17, "1964-02"), certificate(17)],
        ],
    )
    outcomes = employment.bulk("register_training_needs", [need(n) for n in range(11, 18)])
    assert codes(outcomes) == [
        "employment.certificate",
        "employment.certificate",
        "employment.age",
        "employment.age",
        "created",
        "created",
        "employment.age",
    ]
    assert len(employment.events()) == 2


@pytest.mark.parametrize("method", COMMANDS)
def test_the_same_records_sent_twice_change_nothing(employment, method):
    record = prepared(employment, method)
    first = employment.bulk(method, [record(1)])
    events, rows = employment.events(), [employment.rows(table) for table in tables.metadata.sorted_tables]
    second = employment.bulk(method, [record(1), record(1)])
    assert codes(first) == ["created"]
    assert codes(second) == ["unchanged"] * 2
    assert {outcome["id"] for outcome in second} == {first[0]["id"]}
    assert employment.events() == events
    assert [employment.rows(table) for table in tables.metadata.sorted_tables] == rows


@pytest.mark.parametrize("method", COMMANDS)
def test_a_record_sees_the_earlier_ones_of_its_command(employment, method):
    record = prepared(employment, method)
    before = len(employment.events())
    assert codes(employment.bulk(method, [record(1), record(1)])) == ["created", "unchanged"]
    assert len(employment.events()) == before + 1


@pytest.mark.parametrize(
    ("method", "change", "code"),
    [
        ("register_training_needs", {"type": "practical"}, "employment.ref_taken"),
        ("register_training_needs", {"person_id": identifier(2)}, "employment.ref_taken"),
        ("open_courses", {"capacity": 51}, "employment.ref_taken"),
        ("open_courses", {"title": "Baking"}, "employment.ref_taken"),
        ("enrol_trainees", {"enrolled_on": "2024-05-02"}, "employment.already_enrolled"),
        ("complete_trainings", {"certified": False}, "employment.already_completed"),
        ("complete_trainings", {"completed_on": "2024-05-30"}, "employment.already_completed"),
    ],
)
def test_a_record_that_comes_back_with_other_content_is_a_conflict(employment, method, change, code):
    record = prepared(employment, method)(1)
    employment.bulk(method, [record])
    assert codes(employment.bulk(method, [record | change])) == [code]


@pytest.mark.parametrize("method", ["register_training_needs", "enrol_trainees", "complete_trainings"])
def test_bad_records_are_rejected_and_the_good_ones_kept(employment, method):
    record = prepared(employment, method)
    outcomes = employment.bulk(method, [{}, record(77), record(1), record(1) | {"surprise": 1}])
    assert codes(outcomes) == ["record.invalid", "employment.unknown_person", "created", "record.invalid"]
    assert "send the record again" in outcomes[1]["error"]["message"]


def test_a_bad_course_is_rejected_and_the_good_one_kept(employment):
    outcomes = employment.bulk(
        "open_courses", [course(1, capacity=0), course(2, ends_on="2024-04-30"), course(3)]
    )
    assert codes(outcomes) == ["record.invalid", "employment.course_dates", "created"]


@pytest.mark.parametrize("method", COMMANDS)
def test_a_command_without_any_good_record_is_answered_all_the_same(employment, method):
    assert codes(employment.bulk(method, [{"ref": "R"}])) == ["record.invalid"]


@pytest.mark.parametrize("method", ["register_training_needs", "enrol_trainees", "complete_trainings"])
def test_a_clerk_reaches_the_persons_of_the_own_region_only(employment, method):
    record = prepared(employment, method)
    outcomes = employment.bulk(method, [record(1), record(8)], caller=employment.clerk(region=TOWNSHIP))
    assert codes(outcomes) == ["created", "employment.unknown_person"]


def test_a_clerk_opens_courses_in_the_own_region_only(employment):
    courses = [course(1, region=COUNTY), course(2, region=TOWNSHIP), course(3, region=VILLAGE)]
    outcomes = employment.bulk("open_courses", courses, caller=employment.clerk(region=TOWNSHIP))
    assert codes(outcomes) == ["access.region", "created", "created"]
    assert [event.region for event in employment.events()] == [TOWNSHIP, VILLAGE]


def test_only_clerks_enter_records(employment):
    for method, record in COMMANDS.items():
        with pytest.raises(Refused) as refusal:
            employment.bulk(method, [record(1)], caller=employment.auditor())
        assert refusal.value.code == "access.role"


def test_a_need_is_registered_once_a_year_for_each_type(employment):
    outcomes = employment.bulk(
        "register_training_needs",
        [
            need(1),
            need(1, ref="other", registered_on="2024-12-31"),
            need(1, ref="practical", type="practical"),
            need(1, ref="next-year", registered_on="2025-01-01"),
        ],
    )
    assert codes(outcomes) == ["created", "employment.need_known", "created", "created"]


def test_trainees_are_of_employment_age_and_enrol_on_the_days_of_a_known_course(employment):
    employment.feed("registry", [person(21, "2010-01"), person(22, "1960-01")])
    employment.bulk("open_courses", [course(1)])
    outcomes = employment.bulk(
        "enrol_trainees",
        [
            trainee(21),
            trainee(22),
            trainee(1, enrolled_on="2024-04-30"),
            trainee(1, enrolled_on="2024-06-01"),
            trainee(1, course_number=2),
            trainee(1, enrolled_on="2024-05-31"),
        ],
    )
    assert codes(outcomes) == [
        "employment.age",
        "employment.age",
        "employment.outside_course",
        "employment.outside_course",
        "employment.unknown_course",
        "created",
    ]


def test_a_training_is_not_completed_before_it_was_begun(employment):
    employment.bulk("open_courses", [course(1), course(2)])
    employment.bulk("enrol_trainees", [trainee(1), trainee(2, enrolled_on="2024-05-10")])
    outcomes = employment.bulk(
        "complete_trainings",
        [
            completion(1, completed_on="2024-04-30"),
            completion(2, completed_on="2024-05-09"),
            completion(1, course_number=2),
            completion(1, course_number=3),
            completion(1, completed_on="2024-05-01"),
            completion(2, completed_on="2024-06-15"),
        ],
    )
    assert codes(outcomes) == [
        "employment.before_enrolment",
        "employment.before_enrolment",
        "employment.not_enrolled",
        "employment.unknown_course",
        "created",
        "created",
    ]


def test_the_places_of_a_course_are_counted_over_all_commands(employment):
    employment.bulk("open_courses", [course(1, capacity=2), course(2, capacity=1)])
    assert codes(employment.bulk("enrol_trainees", [trainee(1)])) == ["created"]
    outcomes = employment.bulk("enrol_trainees", [trainee(1), trainee(2), trainee(3), trainee(3, 2)])
    assert codes(outcomes) == ["unchanged", "created", "employment.course_full", "created"]


def test_clerks_at_work_together_do_not_overfill_a_course(employment):
    everybody = range(100, 108)
    employment.feed("registry", [person(n) for n in everybody])
    employment.bulk("open_courses", [course(1, capacity=3)])
    with ThreadPoolExecutor(8) as clerks:
        outcomes = clerks.map(lambda n: codes(employment.bulk("enrol_trainees", [trainee(n)]))[0], everybody)
        assert sorted(outcomes) == ["created"] * 3 + ["employment.course_full"] * 5


def test_a_thousand_records_take_a_handful_of_statements(employment):
    everybody = range(1000, 2000)
    employment.feed("registry", [person(n) for n in everybody])
    employment.feed("registry", [certificate(n) for n in everybody])
    statements: list[str] = []
    engine = employment.runtime.database.engine
    sa.event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    makers = COMMANDS | {"open_courses": lambda n: course(n - 999, capacity=1000)}
    for method, record in makers.items():
        statements.clear()
        outcomes = employment.bulk(method, [record(n) for n in everybody])
        assert set(codes(outcomes)) == {"created"}
        assert len(statements) <= 10
