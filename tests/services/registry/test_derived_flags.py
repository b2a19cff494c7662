"""Flags of households follow the facts: they begin and end by themselves, and followers are told why."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from chassis.clock import now, office_day
from contracts import registry as messages
from services.registry.tables import household_flag_records, household_flags, households
from tests.services.registry.application_records import look
from tests.services.registry.factories import act, citizen, household, person, results
from tests.services.registry.test_household_flags import CREATED, found, said, saying, told
from tests.services.registry.test_surveys import ROUND, of_round, stepped, taken, task, training, visit
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_TOWNSHIP, TOWNSHIP

BORN = {1: date(1984, 6, 7), 2: date(1958, 6, 7), 3: date(2000, 6, 7)}
"""A man of forty, his father, and a young man, each with the number of their citizen number."""


def member(number: int, **changes: Any) -> dict[str, Any]:
    return person(id_number=citizen(number, BORN[number]), household_ref="H-1") | changes


def issued(person_id: str, number: int, on: str, grade: int = 2, action: str = "new", **changes: Any) -> Any:
    held = {"certificate_number": f"{citizen(number, BORN[number])}4{grade}"}
    return act(person_id, action, on, sequence=number, **held, **changes)


def recorded(registry: Harness, *acts: dict[str, Any]) -> None:
    assert set(results(registry.bulk("record_certificate_acts", acts))) == {CREATED}


def changes(registry: Harness) -> Iterator[tuple[list[str], date, list[str]]]:
    for event in registry.events():
        if isinstance(event, messages.HouseholdFlagsChanged):
            yield list(event.flags), event.changed_on, [rule.split(".")[2] for rule in event.rules]


def settle(registry: Harness) -> None:
    """Let the households have been recorded long ago: a day leaves its own for the next."""
    with registry.runtime.database.write() as connection:
        connection.execute(sa.update(households).values(recorded_at=datetime(2015, 1, 1, tzinfo=UTC)))


@pytest.fixture
def family(registry: Harness) -> dict[int, str]:
    """The persons of one household, by number; nobody has a certificate."""
    registry.bulk("register_households", [household(), household("H-2")])
    outcomes = registry.bulk("register_persons", [member(number) for number in BORN])
    return dict(zip(BORN, (outcome["id"] for outcome in outcomes), strict=True))


@pytest.mark.system("REG-04")
def test_a_second_certificate_flags_the_household_and_a_death_lifts_the_flag(
    registry: Harness, family: dict[int, str]
):
    recorded(registry, issued(family[1], 1, "2020-03-02", grade=3))
    assert list(changes(registry)) == []
    recorded(registry, issued(family[3], 3, "2021-04-05", grade=3))
    assert found(registry, "multiple_disabled") == [["multiple_disabled"]] * 3
    recorded(registry, issued(family[3], 3, "2024-01-09", 3, "cancel", reason="death"))
    assert found(registry, "multiple_disabled") == []
    assert list(changes(registry)) == [
        (["multiple_disabled"], date(2021, 4, 5), ["multiple_disabled"]),
        ([], date(2024, 1, 9), ["multiple_disabled"]),
    ]
    records = registry.call("list_household_flags", {"flag": "multiple_disabled"})["records"]
    assert [(each["source"], each["holds"], each["told_on"]) for each in records] == [
        ("registry", True, "2021-04-05"),
        ("registry", False, "2024-01-09"),
    ]
    assert {each["rule"] for each in records} == {"household.derived.multiple_disabled.min_certified"}
    [first, _] = registry.rows(household_flag_records)
    assert json.loads(first.rule)["value"] == "2"


@pytest.mark.system("REG-04")
def test_a_birthday_makes_the_only_carer_old_and_the_day_finds_it(registry: Harness):
    registry.bulk("register_households", [household()])
    people = [member(1), member(2, id_number=citizen(2, date(1964, 6, 7)))]
    [son, _] = [outcome["id"] for outcome in registry.bulk("register_persons", people)]
    recorded(registry, issued(son, 1, "2020-03-02", grade=1))
    settle(registry)
    look(registry, "2024-06-06")
    assert list(changes(registry)) == []
    look(registry, "2024-06-07")
    look(registry, "2024-06-08")
    assert list(changes(registry)) == [(["old_carer"], date(2024, 6, 7), ["old_carer"])]
    young = person(id_number=citizen(3, BORN[3]), household_ref="H-1", registered_on="2024-07-01")
    registry.bulk("register_persons", [young])
    assert list(changes(registry))[1:] == [([], date(2024, 7, 1), ["old_carer"])]


@pytest.mark.parametrize(("reason", "old"), [("death", True), ("withdrawn", False)])
def test_who_died_cares_for_nobody_and_who_gave_the_certificate_back_still_does(
    registry: Harness, family: dict[int, str], reason: str, old: bool
):
    recorded(registry, issued(family[1], 1, "2020-03-02", 1), issued(family[3], 3, "2020-03-02", 3))
    assert found(registry, "old_carer") == []
    recorded(registry, issued(family[3], 3, "2024-01-09", 3, "cancel", reason=reason))
    assert bool(found(registry, "old_carer")) is old


def test_who_leaves_a_household_takes_their_part_of_its_flags_along(
    registry: Harness, family: dict[int, str]
):
    recorded(registry, issued(family[1], 1, "2020-03-02", 3), issued(family[3], 3, "2020-03-02", 3))
    asked = {"ref": "C-1", "person_id": family[3], "field": "household", "value": "H-2"}
    registry.bulk("request_corrections", [asked | {"requested_on": "2024-05-06"}])
    decision = {"ref": "D-1", "correction_ref": "C-1", "decision": "approved", "decided_on": "2024-05-07"}
    assert results(registry.bulk("decide_corrections", [decision], registry.checker())) == [CREATED]
    assert list(changes(registry)) == [
        (["multiple_disabled"], date(2020, 3, 2), ["multiple_disabled"]),
        ([], date(2024, 5, 7), ["multiple_disabled"]),
    ]


@pytest.mark.system("REG-04")
def test_what_a_source_says_stands_beside_what_is_derived(registry: Harness, family: dict[int, str]):
    recorded(registry, issued(family[1], 1, "2020-03-02", grade=1))
    low_income = saying("F-1", "dibao", True, "2021-01-01")
    assert said(registry, low_income) == [CREATED]
    # A visit knows who cares; of certificates the registry knows better.
    recorded(registry, issued(family[3], 3, "2021-02-02", grade=1))
    denied = [
        saying("F-2", "old_carer", False, "2021-03-03", source="home_visit"),
        saying("F-3", "multiple_disabled", False, "2021-03-03", source="home_visit"),
    ]
    assert said(registry, *denied) == [CREATED] * 2
    kept = ["dibao", "multiple_disabled", "severe_hardship"]
    assert found(registry, "dibao") == [kept] * 3
    assert [flags for flags, _ in told(registry)] == [
        ["dibao"],
        ["dibao", "severe_hardship"],
        ["dibao", "multiple_disabled", "old_carer", "severe_hardship"],
        kept,
    ]
    assert said(registry, saying("F-4", "dibao", False, "2021-04-04")) == [CREATED]
    assert found(registry, "multiple_disabled") == [["multiple_disabled"]] * 3
    # An older word of a source is not held up by a later one of the registry.
    assert said(registry, saying("F-5", "severe_hardship", True, "2015-01-01")) == [CREATED]


def test_what_is_told_of_a_day_to_come_is_judged_by_today(registry: Harness, family: dict[int, str]):
    recorded(registry, issued(family[1], 1, "2020-03-02", grade=1))
    assert said(registry, saying("F-1", "dibao", True, "2999-01-01")) == [CREATED]
    flags, changed_on, _ = list(changes(registry))[-1]
    assert flags == ["dibao", "severe_hardship"]
    assert changed_on <= office_day(now())


def test_nobody_works_by_the_answers_of_the_last_closed_round(registry: Harness, family: dict[int, str]):
    recorded(registry, issued(family[1], 1, "2016-03-02", 3), issued(family[3], 3, "2016-03-02", 3))
    registry.bulk("open_survey_rounds", [ROUND])
    stepped(registry, training(TOWNSHIP), training(OTHER_TOWNSHIP), of_round("begin", "2018-07-01"))
    for number in (1, 3):
        ref = f"T-{number}"
        registry.bulk("assign_survey_tasks", [task(family[number], ref=ref)])
        answers = {"livelihood": "family", "medical_insurance": "resident", "employment": "unemployed"}
        asked = visit("2018-07-02", ref=ref, answers=answers)
        assert taken(registry, asked) == [CREATED]
    settle(registry)
    look(registry, "2018-08-20")
    assert found(registry, "zero_employment") == []
    assert (
        stepped(registry, of_round("check", "2018-08-21"), of_round("close", "2018-08-22")) == [CREATED] * 2
    )
    look(registry, "2018-08-23")
    # The father is past working age: nobody has to ask him.
    assert found(registry, "zero_employment") == [["multiple_disabled", "zero_employment"]] * 3


def test_sending_again_and_looking_again_changes_nothing(registry: Harness, family: dict[int, str]):
    acts = [issued(family[1], 1, "2020-03-02"), issued(family[3], 3, "2020-03-02")]
    recorded(registry, *acts)
    kept = [registry.rows(household_flag_records), registry.rows(household_flags), registry.events()]
    assert set(results(registry.bulk("record_certificate_acts", acts))) == {("unchanged", None)}
    look(registry, "2020-03-03")
    assert [
        registry.rows(household_flag_records),
        registry.rows(household_flags),
        registry.events(),
    ] == kept


def test_two_certificates_at_the_same_moment_flag_their_household(registry: Harness, family: dict[int, str]):
    start = Barrier(2)

    def issue(number: int) -> list[Any]:
        start.wait()
        return results(
            registry.bulk("record_certificate_acts", [issued(family[number], number, "2020-03-02", 3)])
        )

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(issue, (1, 3))) == [[CREATED]] * 2
    assert found(registry, "multiple_disabled") == [["multiple_disabled"]] * 3


def test_members_registered_at_the_same_moment_do_not_wait_for_each_other(registry: Harness):
    registry.bulk("register_households", [household()])
    start = Barrier(4)
    failed: list[Any] = []
    # A deadlock would be tried again, and nobody would see it.
    sa.event.listen(registry.runtime.database.engine, "handle_error", failed.append)

    def register(number: int) -> list[Any]:
        start.wait()
        new = [person(id_number=citizen(10 * number + each), household_ref="H-1") for each in range(5)]
        return results(registry.bulk("register_persons", new))

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(register, range(1, 5))) == [[CREATED] * 5] * 4
    assert failed == []


def test_a_thousand_certificates_cost_a_handful_of_statements_more(registry: Harness):
    counted = {}
    engine = registry.runtime.database.engine
    for number, homes in enumerate((0, 100)):
        refs = [f"H-{number}-{each}" for each in range(homes)]
        if refs:
            registry.bulk("register_households", [household(ref) for ref in refs])
        sequences = range(number * 300 + 1, number * 300 + 201)
        people = [
            person(sequence, household_ref=refs[place // 2] if refs else None)
            for place, sequence in enumerate(sequences)
        ]
        ids = [outcome["id"] for outcome in registry.bulk("register_persons", people)]
        acts = [
            act(holder, "new", "2014-03-15", sequence=sequence)
            for holder, sequence in zip(ids, sequences, strict=True)
        ]
        statements: list[str] = []

        def count(*call: Any, into: list[str] = statements) -> None:
            into.append(call[2])

        sa.event.listen(engine, "before_cursor_execute", count)
        recorded(registry, *acts)
        sa.event.remove(engine, "before_cursor_execute", count)
        counted[homes] = len([text for text in statements if text.startswith("SELECT")])
    assert len(registry.rows(household_flags)) == 100
    assert counted[100] - counted[0] <= 5


def test_derived_flags_are_shown_to_their_own_region_only(registry: Harness, family: dict[int, str]):
    recorded(registry, issued(family[1], 1, "2020-03-02", 3), issued(family[3], 3, "2020-03-02", 3))
    there = registry.clerk(OTHER_TOWNSHIP)
    assert registry.call("list_household_flags", {}, there)["records"] == []
    assert len(registry.call("list_household_flags", {})["records"]) == 1


@pytest.mark.system("REG-04")
def test_derived_flags_are_in_the_figures_of_their_day(
    registry: Harness, family: dict[int, str], figure: Callable[..., Any]
):
    registry.bulk("register_households", [household("H-3", flags=["dibao"])])
    recorded(registry, issued(family[1], 1, "2020-03-02", 3), issued(family[3], 3, "2021-04-05", 3))
    recorded(registry, issued(family[3], 3, "2024-01-09", 3, "cancel", reason="death"))
    code = "registry.household.flagged"
    counts = [
        tuple(of(code, f"flag={flag}") for flag in ("dibao", "multiple_disabled"))
        for of in figure("2020", "2023", "2024")
    ]
    assert counts == [(1, 0), (1, 1), (1, 0)]
