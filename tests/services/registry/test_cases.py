"""Petitions and hotline calls: received, handled step by step, watched by clocks, read only by who may."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from chassis import clock, schema
from chassis.daily import Daily
from chassis.rpc import Refused
from contracts import registry as messages
from services.registry.case_tables import case_acts, cases, overdue_clocks
from services.registry.service import RegistryService
from tests.services.registry.case_records import (
    NETWORK,
    REPLY,
    WORDS,
    WRITER,
    case,
    handled,
    received,
    step,
    taken,
    unit,
)
from tests.services.registry.factories import registered, results
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE

CREATED = ("created", None)


@pytest.fixture
def office(registry: Harness) -> Harness:
    """The registry with the petition network of the county."""
    assert results(registry.bulk("register_handling_units", NETWORK)) == [CREATED] * 3
    return registry


def told(office: Harness, kind: type[Any] = messages.CaseEvent) -> list[Any]:
    return [event for event in office.events() if isinstance(event, kind)]


def listed(office: Harness, caller: str | None = None, **asked: Any) -> list[str]:
    return [each["ref"] for each in office.call("list_cases", asked, caller)["cases"]]


@pytest.mark.system("REG-12")
def test_a_petition_goes_from_receipt_to_the_petitioners_rating(office: Harness):
    [person] = registered(office)
    [identifier] = received(office, case(person_id=person, content=WORDS))
    steps = [
        step("accept", "2024-03-05"),
        step("assign", "2024-03-05", officer="li"),
        step("assign", "2024-03-20", ref="hand-over", unit_ref="U-township"),
        step("extend", "2024-05-04"),
        step("answer", "2024-06-02", text=REPLY),
        step("rate", "2024-06-05"),
    ]
    assert taken(office, *steps) == [CREATED] * 6
    events = told(office)
    assert [event.TYPE.split(".")[1] for event in events] == [
        "case_received",
        "case_accepted",
        "case_assigned",
        "case_assigned",
        "case_extended",
        "case_answered",
        "case_rated",
    ]
    assert {(event.case_id, event.received_on) for event in events} == {(identifier, date(2024, 3, 1))}
    assert events[1].answer_due_on == date(2024, 5, 4)
    assert events[4].answer_due_on == date(2024, 6, 3)
    assert (events[5].outcome, events[5].late, events[6].satisfied) == ("settled", False, True)
    [view] = office.call("list_cases", {"person_id": person})["cases"]
    assert (view["state"], view["outcome"], view["satisfied"]) == ("answered", "settled", True)
    assert [
        (row.seq, row.state_after) for row in sorted(office.rows(case_acts), key=lambda row: row.seq)
    ] == [
        (1, "accepted"),
        (2, "accepted"),
        (3, "accepted"),
        (4, "accepted"),
        (5, "answered"),
        (6, "answered"),
    ]


def test_a_case_that_is_not_accepted_has_its_reason_and_ends(office: Harness):
    received(office)
    assert taken(office, step("decline", "2024-03-10", text="已进入诉讼")) == [CREATED]
    assert told(office, messages.CaseDeclined)[0].reason == "in_litigation"
    assert taken(office, step("accept", "2024-03-11")) == [("registry.case_state", "action")]


def test_receipt_tells_groups_repeats_and_who_went_over_the_level_in_charge(office: Harness):
    received(
        office,
        case("A", persons=4),
        case("B", persons=5, reached="province", skipped_level=True),
        case("C", repeat_of="A"),
    )
    first, second, third = told(office, messages.CaseReceived)
    assert [(event.group, event.repeat) for event in (first, second, third)] == [
        (False, False),
        (True, False),
        (False, True),
    ]
    assert (second.reached, second.skipped_level) == ("province", True)
    assert third.repeat_of == first.case_id


def test_bad_cases_and_steps_are_refused_and_the_good_ones_kept(office: Harness):
    items = [
        case("A"),
        case("A", matter="housing"),
        case("B", matter="weather"),
        case("C", region="341524999000"),
        case("D", received_on="1999-12-31"),
        case("E", channel="hotline_12345", received_on="2099-01-01"),
        case("F", person_id="f" * 32),
        case("G", repeat_of="unknown"),
        case("H", persons=0),
        case("A"),
    ]
    assert results(office.bulk("record_cases", items)) == [
        CREATED,
        ("registry.case_differs", "matter"),
        ("registry.unknown_matter", "matter"),
        ("registry.unknown_region", "region"),
        ("rule.not_in_force", "received_on"),
        ("workdays.unknown_year", "received_on"),
        ("registry.unknown_person", "person_id"),
        ("registry.unknown_case", "repeat_of"),
        ("record.invalid", "persons"),
        ("unchanged", None),
    ]
    steps = [
        step("answer", "2024-03-02", "A"),
        step("accept", "2024-03-02", "B"),
        step("accept", "2024-03-02", "A"),
        step("assign", "2024-03-02", "A", unit_ref="nobody"),
        step("answer", "2024-03-03", "A"),
        step("accept", "2024-03-02", "A", text="别的"),
        step("accept", "2024-03-02", "A"),
    ]
    assert taken(office, *steps) == [
        ("registry.case_state", "action"),
        ("registry.unknown_case", "case_ref"),
        CREATED,
        ("registry.unknown_unit", "unit_ref"),
        ("registry.case_not_assigned", "action"),
        ("registry.case_act_differs", "ref"),
        ("unchanged", None),
    ]
    assert len(office.rows(cases)) == len(office.rows(case_acts)) == 1


def test_loading_cases_twice_changes_nothing_and_tells_nobody(office: Harness):
    items = [case(person_id=registered(office)[0], petitioner=WRITER, content=WORDS)]
    steps = handled("X-1", "2024-03-01", "2024-03-20", text=REPLY)
    received(office, *items)
    taken(office, *steps)
    stored = [office.rows(cases), office.rows(case_acts), office.events()]
    assert results(office.bulk("register_handling_units", NETWORK)) == [("unchanged", None)] * 3
    assert results(office.bulk("record_cases", items)) == [("unchanged", None)]
    assert taken(office, *steps) == [("unchanged", None)] * 4
    assert [office.rows(cases), office.rows(case_acts), office.events()] == stored


# Clocks ------------------------------------------------------------------------------------------


def start_check(office: Harness, day: str) -> None:
    # A caller for each day: tokens are made on the day on which they are used.
    office.call("check_deadlines", {"day": day}, office.caller("system", subject=f"scheduler {day}"))


def check(office: Harness, day: str) -> int:
    """Look at the deadlines of a day, and return how many clocks it told of."""
    before = len(told(office, messages.CaseOverdue))
    with time_machine.travel(f"{day}T12:00:00Z", tick=False):
        start_check(office, day)
        office.run_jobs()
    return len(told(office, messages.CaseOverdue)) - before


def test_a_clock_that_ran_out_is_told_once_and_not_before(office: Harness):
    received(office, case("A", "2030-01-01"))
    assert [check(office, day) for day in ("2030-01-16", "2030-01-17", "2030-01-17", "2030-01-18")] == [
        0,
        1,
        0,
        0,
    ]
    [event] = told(office, messages.CaseOverdue)
    assert (event.clock, event.overdue_on, event.unit_id) == ("notice", date(2030, 1, 17), None)
    taken(office, step("accept", "2030-01-18", "A"), step("assign", "2030-01-18", "A"))
    assert check(office, "2030-03-20") == 1
    assert told(office, messages.CaseOverdue)[1].clock == "answer"
    assert told(office, messages.CaseOverdue)[1].unit_id is not None


def test_a_late_step_tells_by_itself_what_ran_out(office: Harness):
    received(office)
    taken(office, *handled("X-1", "2024-03-20", "2024-08-01"))
    assert [(event.clock, event.overdue_on) for event in told(office, messages.CaseOverdue)] == [
        ("notice", date(2024, 3, 17)),
        ("answer", date(2024, 5, 20)),
    ]
    assert told(office, messages.CaseAnswered)[0].late is True
    assert check(office, "2030-01-01") == 0


def test_a_case_recorded_on_the_day_itself_is_left_for_the_next(office: Harness):
    """An old register is imported: its cases come before their steps, and nothing in it is overdue."""
    received(office, case("A"), case("B"))
    assert check(office, clock.office_day(clock.now()).isoformat()) == 0
    taken(office, *handled("A", "2024-03-01", "2024-03-20"))
    assert check(office, "2030-01-01") == 1


def test_a_day_that_has_not_come_is_not_looked_at(office: Harness):
    with pytest.raises(Refused, match=r"registry\.day_to_come"):
        start_check(office, "2099-01-01")


def test_every_day_the_deadlines_are_looked_at_without_any_command(office: Harness):
    received(office, case("A", "2030-01-01"))
    for day in ("2030-01-16", "2030-01-17", "2030-01-18"):
        with time_machine.travel(f"{day}T12:00:00Z", tick=False):
            assert Daily(office.runtime).start()
            assert office.run_jobs() == len(RegistryService.daily_jobs())
    assert [event.overdue_on for event in told(office, messages.CaseOverdue)] == [date(2030, 1, 17)]


def test_a_look_that_was_killed_goes_on_and_tells_nothing_twice(
    office: Harness, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("services.registry.handlers.deadlines.CASES_PER_STEP", 2)
    received(office, *(case(f"X-{number}") for number in range(5)))
    office.run_jobs()
    with time_machine.travel("2030-01-01T12:00:00Z", tick=False):
        start_check(office, "2030-01-01")
    runner = office.job_runner()
    [job] = [row.id for row in office.rows(schema.job) if row.key == "2030-01-01"]
    assert runner._step(job) is False
    assert len(told(office, messages.CaseOverdue)) == 2
    office.run_jobs()
    assert len({event.case_id for event in told(office, messages.CaseOverdue)}) == 5
    assert len(told(office, messages.CaseOverdue)) == len(office.rows(overdue_clocks)) == 5


# Questions ---------------------------------------------------------------------------------------


def test_the_loads_of_units_show_yellow_and_red_lights(office: Harness):
    received(office, *(case(ref) for ref in ("late", "soon", "easy", "done", "nobody")))
    taken(office, *handled("done", "2024-03-01", "2024-03-02"))
    for ref, accepted in (("late", "2024-03-01"), ("soon", "2024-03-05"), ("easy", "2024-03-10")):
        taken(office, step("accept", accepted, ref), step("assign", accepted, ref))
    loads = office.call("show_unit_loads", {"day": "2024-05-02"})["units"]
    assert [(each["unit"], each["open"], each["soon"], each["overdue"]) for each in loads] == [
        ("维权科", 3, 1, 1),
        (None, 1, 0, 1),
    ]
    assert set(listed(office, due_before="2024-05-02")) == {"late", "nobody"}


def test_on_the_last_day_of_the_calendar_every_open_case_is_overdue(office: Harness):
    received(office, case())
    asked = {"day": "9999-12-31", "within_days": 60}
    [load] = office.call("show_unit_loads", asked)["units"]
    assert (load["open"], load["soon"], load["overdue"]) == (1, 0, 1)


def test_a_case_is_handed_to_a_unit_of_the_own_regions_only(office: Harness):
    office.bulk("register_handling_units", [unit("U-there", OTHER_TOWNSHIP)])
    received(office, case(region=VILLAGE))
    township = office.clerk(TOWNSHIP)
    steps = [
        step("accept", "2024-03-02"),
        step("assign", "2024-03-02", unit_ref="U-there"),
        step("assign", "2024-03-02", unit_ref="U-county"),
        step("assign", "2024-03-02", unit_ref="U-village"),
    ]
    unknown = ("registry.unknown_unit", "unit_ref")
    assert taken(office, *steps, caller=township) == [CREATED, unknown, unknown, CREATED]
    assert taken(office, step("assign", "2024-03-03", unit_ref="U-there")) == [CREATED]


def test_a_persons_cases_over_all_channels_are_one_file(office: Harness):
    [person, other] = registered(office, 1, 2)
    received(
        office,
        case("A", person_id=person, channel="letter"),
        case("B", person_id=person, channel="hotline_12345"),
        case("C", person_id=other),
        case("D"),
    )
    taken(office, *handled("A", "2024-03-01", "2024-03-02"))
    assert set(listed(office, person_id=person)) == {"A", "B"}
    assert listed(office, person_id=person, states=["received", "accepted"]) == ["B"]


def test_an_export_pages_through_all_cases_and_shows_no_words(office: Harness):
    received(office, *(case(f"X-{n}", petitioner=WRITER, content=WORDS) for n in range(5)))
    found: list[str] = []
    after = None
    while True:
        page = office.call("list_cases", {"limit": 2, "after": after})
        found += [each["ref"] for each in page["cases"]]
        assert WORDS not in str(page)
        assert WRITER not in str(page)
        after = page["after"]
        if after is None:
            break
    assert sorted(found) == [f"X-{n}" for n in range(5)]
    assert len(found) == 5


# Who may what ------------------------------------------------------------------------------------


def test_an_office_sees_and_moves_the_cases_of_its_own_region_only(office: Harness):
    [person] = registered(office)
    [identifier] = received(office, case(person_id=person, content=WORDS))
    received(office, case("other", region=OTHER_VILLAGE))
    there = office.clerk(OTHER_TOWNSHIP)
    assert listed(office, there) == ["other"]
    assert listed(office, there, person_id=person) == []
    assert [
        each["open"] for each in office.call("show_unit_loads", {"day": "2024-05-02"}, there)["units"]
    ] == [1]
    assert taken(office, step("accept", "2024-03-02"), caller=there) == [
        ("registry.unknown_case", "case_ref")
    ]
    mine = case("new", region=OTHER_VILLAGE)
    tries = [
        mine | {"region": TOWNSHIP},
        mine | {"person_id": person},
        mine | {"repeat_of": "X-1"},
    ]
    assert results(office.bulk("record_cases", tries, there)) == [
        ("access.region", "region"),
        ("registry.unknown_person", "person_id"),
        ("registry.unknown_case", "repeat_of"),
    ]
    assert results(office.bulk("register_handling_units", [unit("new")], there)) == [
        ("access.region", "region")
    ]
    with pytest.raises(Refused, match=r"registry\.unknown_case"):
        office.call("reveal_case", {"case_id": identifier, "purpose": "复核答复"}, there)
    assert office.rows(schema.access_audit) == []


@pytest.mark.parametrize(
    ("method", "fields", "role"),
    [
        ("register_handling_units", {"items": [unit()]}, "auditor"),
        ("record_cases", {"items": [case()]}, "auditor"),
        ("record_case_acts", {"items": [step("accept", "2024-03-02")]}, "maker"),
        ("list_cases", {}, "maker"),
        ("show_unit_loads", {"day": "2024-03-01"}, "checker"),
        ("reveal_case", {"case_id": "0" * 32, "purpose": "复核答复"}, "maker"),
        ("check_deadlines", {"day": "2024-03-01"}, "clerk"),
    ],
)
def test_a_stranger_to_the_task_is_turned_away(office: Harness, method: str, fields: Any, role: str):
    with pytest.raises(Refused, match=r"access\.role"):
        office.call(method, fields, office.caller(role))


def test_the_words_of_a_case_are_sealed_and_read_on_the_record(office: Harness):
    [identifier] = received(office, case(petitioner=WRITER, content=WORDS))
    taken(office, *handled("X-1", "2024-03-01", "2024-03-02", text=REPLY))
    stored = str([tuple(row) for table in (cases, case_acts) for row in office.rows(table)])
    told_all = str([tuple(row) for row in office.event_rows()])
    for words in (WORDS, WRITER, REPLY):
        assert words not in stored
        assert words not in told_all
    shown = office.call("reveal_case", {"case_id": identifier, "purpose": "复核答复"}, office.auditor())
    assert (shown["petitioner"], shown["content"]) == (WRITER, WORDS)
    assert [(each["action"], each["text"]) for each in shown["acts"]] == [
        ("accept", None),
        ("assign", None),
        ("answer", REPLY),
        ("rate", None),
    ]
    [row] = office.rows(schema.access_audit)
    assert (row.subject_id, row.purpose, row.actor) == (identifier, "复核答复", "auditor")


@pytest.mark.parametrize("table", [case_acts, overdue_clocks], ids=lambda table: table.name)
def test_the_history_can_be_neither_changed_nor_deleted(office: Harness, table: sa.Table):
    received(office)
    taken(office, *handled("X-1", "2024-04-01", "2024-08-01"))
    for statement in (sa.update(table).values(recorded_at=sa.func.current_timestamp()), sa.delete(table)):
        with (
            pytest.raises(sa.exc.DBAPIError, match="append-only"),
            office.runtime.database.write() as connection,
        ):
            connection.execute(statement)


def test_of_clerks_answering_one_case_at_once_only_one_succeeds(office: Harness):
    received(office)
    taken(office, step("accept", "2024-03-01"), step("assign", "2024-03-01"))
    start = Barrier(4)

    def answer(number: int) -> Any:
        start.wait()
        return taken(office, step("answer", "2024-03-02", ref=f"a-{number}"))[0]

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(answer, range(4)))
    assert outcomes == [CREATED, *[("registry.case_state", "action")] * 3]
    assert len(told(office, messages.CaseAnswered)) == 1


def test_a_thousand_steps_take_a_handful_of_statements(office: Harness):
    refs = [f"X-{number}" for number in range(250)]
    received(office, *(case(ref, content=WORDS) for ref in refs))
    statements: list[str] = []
    sa.event.listen(
        office.runtime.database.engine, "before_cursor_execute", lambda *call: statements.append(call[2])
    )
    steps = [each for ref in refs for each in handled(ref, "2024-03-01", "2024-03-02")]
    assert set(taken(office, *steps)) == {CREATED}
    assert len(statements) <= 18
