"""A person registered twice: merged by two people, unmerged by two people, with all that hangs on both."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from chassis.rpc import Refused
from contracts import registry as messages
from services.registry.duplicate_tables import merges
from services.registry.tables import persons
from tests.services.registry.application_records import application, step
from tests.services.registry.factories import act, citizen, household, person, registered, results
from tests.services.registry.match_records import certified, findings, matched
from tests.services.registry.match_records import listed as listed_there
from tests.services.registry.merge_records import (
    CREATED,
    MERGED,
    UNCHANGED,
    asked,
    decided,
    decision,
    heads,
    merge,
    merged,
    undone,
    unmerge,
    unmerged,
)
from tests.services.registry.network_records import NETWORK, appointment
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_TOWNSHIP, OTHER_VILLAGE, VILLAGE


def told(registry: Harness) -> list[tuple[str, str, str]]:
    """Kind, person and who stands for them, of each event about a merge."""
    kinds = (messages.PersonsMerged, messages.PersonsUnmerged)
    found = [event for event in registry.events() if isinstance(event, kinds)]
    return [(event.TYPE.split(".")[1], event.person_id, event.kept_id) for event in found]


@pytest.mark.system("REG-01")
def test_nothing_changes_until_another_person_approves(registry: Harness):
    twice, kept = registered(registry, 1, 2)
    before = registry.rows(persons)
    assert asked(registry, merge(twice, kept)) == [CREATED]
    assert registry.rows(persons) == before
    assert told(registry) == []
    assert decided(registry, decision()) == [CREATED]
    assert heads(registry, twice, kept) == [kept, None]
    assert told(registry) == [("persons_merged", twice, kept)]
    [event] = [each for each in registry.events() if isinstance(each, messages.PersonsMerged)]
    assert (event.region, event.merged_on) == (VILLAGE, date(2024, 5, 1))
    assert citizen(1) not in str(registry.event_rows())


@pytest.mark.system("REG-01")
def test_who_is_named_by_either_number_is_the_one_that_was_kept(registry: Harness):
    twice, kept = registered(registry, 1, 2)
    merged(registry, twice, kept)
    found = registry.call("resolve_persons", {"id_numbers": [citizen(1), citizen(2)]})["found"]
    assert found == {citizen(1): kept, citizen(2): kept}
    at_window = {"id_number": citizen(1), "window": OTHER_TOWNSHIP}
    assert registry.call("identify_applicant", at_window)["person_id"] == kept
    [line] = registry.call("search_persons", {"id_number": citizen(1)})["persons"]
    assert (line["person_id"], line["merged_into"]) == (twice, kept)
    # The file that registered both says nothing new.
    assert results(registry.bulk("register_persons", [person(1), person(2)])) == [UNCHANGED] * 2


@pytest.mark.system("REG-01")
def test_nothing_is_recorded_of_a_merged_person_any_more(registry: Harness):
    twice, kept = registered(registry, 1, 2)
    registry.bulk("register_households", [household()])
    registry.bulk("register_organisations", NETWORK)
    merged(registry, twice, kept)
    household_id = registry.call("resolve_households", {"refs": ["H-1"]})["found"]["H-1"]
    pair = {
        "household_id": household_id,
        "helper_kind": "official",
        "paired_on": "2024-06-01",
        "helper": "某",
    }
    acts: dict[str, dict[str, Any]] = {
        "record_certificate_acts": act(twice, "new", "2024-06-03"),
        "record_applications": application(twice),
        "register_guardians": {
            "name": "某",
            "relation": "parent",
            "scope": ["subsidy"],
            "since": "2024-06-01",
        },
        "request_corrections": {"field": "name", "value": "张三", "requested_on": "2024-06-01"},
        "record_benefit_marks": {"benefit": "living_subsidy", "month": "2024-06"},
        "record_cases": {
            "channel": "visit",
            "matter": "other",
            "region": VILLAGE,
            "received_on": "2024-06-03",
            "persons": 1,
        },
        "record_appointments": appointment(),
        "record_pairs": pair,
        "record_poverty_files": {"state": "unlifted", "recorded_on": "2024-06-01", "as_of": "2024-06-01"},
    }
    outcomes = {
        method: results(registry.bulk(method, [{"ref": "R-1", **item, "person_id": twice}]))
        for method, item in acts.items()
    }
    assert outcomes == {method: [MERGED] for method in acts}
    window = application(twice, window=OTHER_TOWNSHIP, channel="any_window")
    assert results(registry.bulk("record_applications", [window])) == [MERGED]


@pytest.mark.system("REG-01")
def test_an_unmerge_restores_exactly_and_what_came_since_stays_with_the_one_kept(registry: Harness):
    twice, kept = registered(registry, 1, 2)
    before = {row.id: row for row in registry.rows(persons)}
    merged(registry, twice, kept)
    act_on_kept = act(kept, "new", "2024-06-03", sequence=2)
    assert results(registry.bulk("record_certificate_acts", [act_on_kept])) == [CREATED]
    unmerged(registry)
    assert {row.id: row for row in registry.rows(persons)} == before
    assert told(registry) == [("persons_merged", twice, kept), ("persons_unmerged", twice, kept)]
    assert registry.call("find_person", {"person_id": kept})["certificate"] is not None
    assert registry.call("find_person", {"person_id": twice})["certificate"] is None
    assert results(registry.bulk("record_certificate_acts", [act(twice, "new", "2024-06-03")])) == [CREATED]
    states = {each["ref"]: (each["action"], each["undone"]) for each in listed(registry)}
    assert states == {"M-1": ("merge", True), "U-M-1": ("unmerge", False)}


def listed(registry: Harness, caller: str | None = None, **fields: Any) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = registry.call("list_merges", fields, caller)["merges"]
    return shown


@pytest.mark.system("REG-01")
def test_a_person_registered_three_times_leads_to_the_last_kept_and_back_step_by_step(registry: Harness):
    first, second, third = registered(registry, 1, 2, 3)
    merged(registry, first, second, "M-1")
    merged(registry, second, third, "M-2")
    assert heads(registry, first, second, third) == [third, third, None]
    assert told(registry)[1:] == [("persons_merged", second, third), ("persons_merged", first, third)]
    unmerged(registry, "M-2")
    assert heads(registry, first, second, third) == [second, None, None]
    assert told(registry)[3:] == [("persons_unmerged", second, third), ("persons_merged", first, second)]
    merged(registry, second, third, "M-3")
    unmerged(registry, "M-1")
    assert heads(registry, first, second, third) == [None, third, None]


def test_several_merges_of_one_command_see_each_other(registry: Harness):
    first, second, third = registered(registry, 1, 2, 3)
    items = [merge(first, second, "A"), merge(second, third, "B"), merge(second, first, "C")]
    assert asked(registry, *items) == [CREATED] * 3
    assert decided(registry, *(decision(ref) for ref in "ABC")) == [CREATED, CREATED, MERGED]
    assert heads(registry, first, second, third) == [third, third, None]


@pytest.mark.system("REG-01")
def test_what_only_one_may_have_is_settled_before_a_merge(registry: Harness):
    twice, kept = registered(registry, 1, 2)
    registry.bulk("record_certificate_acts", [act(twice, "new", "2014-03-15")])
    assert asked(registry, merge(twice, kept)) == [("registry.merged_holds_certificate", "person_id")]
    assert asked(registry, merge(kept, twice, "M-2")) == [CREATED]
    registry.bulk("record_certificate_acts", [act(kept, "new", "2014-03-15", sequence=2)])
    # It was in order when it was asked for.
    assert decided(registry, decision("M-2")) == [("registry.both_hold_certificates", "person_id")]
    cancelled = act(twice, "cancel", "2024-03-01", reason="withdrawn")
    assert results(registry.bulk("record_certificate_acts", [cancelled])) == [CREATED]
    assert results(registry.bulk("record_applications", [application(twice, applied_on="2024-03-04")])) in (
        [CREATED],
        [("registry.blocked_after_cancellation", "applied_on")],
    )


def test_a_merged_record_applies_for_nothing(registry: Harness):
    twice, kept = registered(registry, 1, 2)
    assert results(registry.bulk("record_applications", [application(twice)])) == [CREATED]
    assert asked(registry, merge(twice, kept)) == [("registry.merged_applies", "person_id")]
    withdrawn = step("withdraw", "2024-03-05")
    assert results(registry.bulk("record_application_acts", [withdrawn])) == [CREATED]
    assert asked(registry, merge(twice, kept)) == [CREATED]


@pytest.mark.system("REG-01")
def test_who_stands_on_a_list_by_the_merged_number_is_not_missed_there(registry: Harness):
    [kept] = certified(registry, (1, "42", date(1960, 5, 17)))
    [twice] = registered(registry, 2)
    listed_there(registry, "dibao", [citizen(1)])
    listed_there(registry, "living_subsidy", [citizen(2)])
    merged(registry, twice, kept)
    matched(registry, "living_subsidy")
    assert findings(registry) == []


def test_who_asks_does_not_decide(registry: Harness):
    twice, kept = registered(registry, 1, 2)
    both = registry.caller("clerk", "checker", subject="both")
    assert asked(registry, merge(twice, kept), caller=both) == [CREATED]
    assert decided(registry, decision(), caller=both) == [("registry.decided_by_requester", "decision")]
    for method, item in (
        ("decide_merges", decision()),
        ("request_merges", merge(twice, kept)),
        ("request_unmerges", unmerge()),
    ):
        caller = registry.clerk() if method == "decide_merges" else registry.checker()
        with pytest.raises(Refused, match=r"access\.role"):
            registry.bulk(method, [item], caller)
    with (
        pytest.raises(sa.exc.IntegrityError, match="ck_merges_two_persons"),
        registry.runtime.database.write() as connection,
    ):
        connection.execute(sa.update(merges).values(decided_by="both"))


def test_sending_again_changes_nothing_and_another_content_is_refused(registry: Harness):
    twice, kept, third = registered(registry, 1, 2, 3)
    merged(registry, twice, kept)
    assert undone(registry, unmerge()) == [CREATED]
    stored = [registry.rows(merges), registry.rows(persons), registry.events()]
    assert asked(registry, merge(twice, kept)) == [UNCHANGED]
    assert undone(registry, unmerge()) == [UNCHANGED]
    assert decided(registry, decision()) == [UNCHANGED]
    assert asked(registry, merge(twice, third)) == [("registry.merge_differs", "kept_id")]
    assert undone(registry, unmerge(requested_on="2024-04-02")) == [
        ("registry.merge_differs", "requested_on")
    ]
    assert decided(registry, decision(decision="rejected")) == [("registry.decision_differs", "decision")]
    assert [registry.rows(merges), registry.rows(persons), registry.events()] == stored


def test_what_does_not_fit_is_refused_and_the_rest_is_kept(registry: Harness):
    first, second, third, fourth = registered(registry, 1, 2, 3, 4)
    merged(registry, first, second)
    assert asked(
        registry,
        merge("f" * 32, third, "A"),
        merge(third, "f" * 32, "B"),
        merge(third, third, "C"),
        merge(first, third, "D"),
        merge(third, first, "E"),
        merge(third, fourth, "F"),
    ) == [
        ("registry.unknown_person", "person_id"),
        ("registry.unknown_person", "kept_id"),
        ("registry.merged_with_itself", "kept_id"),
        ("registry.person_merged", "person_id"),
        ("registry.person_merged", "kept_id"),
        CREATED,
    ]
    assert undone(registry, unmerge("G", "Z"), unmerge("H", "F"), unmerge("I", "M-1")) == [
        ("registry.unknown_merge", "merge_ref"),
        ("registry.merge_state", "merge_ref"),
        CREATED,
    ]
    assert undone(registry, unmerge("J", "M-1")) == [CREATED]
    assert decided(
        registry,
        decision("Z"),
        decision("F", decided_on="2024-02-01"),
        decision("F", decision="rejected"),
        decision("F", ref="again"),
        decision("I"),
        decision("J"),
    ) == [
        ("registry.unknown_merge", "merge_ref"),
        ("registry.decided_before_request", "decided_on"),
        CREATED,
        ("registry.merge_state", "merge_ref"),
        CREATED,
        ("registry.merge_state", "merge_ref"),
    ]
    assert heads(registry, first, second, third, fourth) == [None] * 4


def test_another_region_can_neither_ask_decide_nor_look(registry: Harness):
    [here] = registered(registry, 1)
    [there] = [each["id"] for each in registry.bulk("register_persons", [person(2, region=OTHER_VILLAGE)])]
    clerk, checker = registry.clerk(OTHER_TOWNSHIP), registry.checker(region=OTHER_TOWNSHIP)
    assert asked(registry, merge(here, there), merge(there, here, "M-2"), caller=clerk) == [
        ("registry.unknown_person", "person_id"),
        ("registry.unknown_person", "kept_id"),
    ]
    assert asked(registry, merge(here, there)) == [CREATED]
    unknown = [("registry.unknown_merge", "merge_ref")]
    assert decided(registry, decision(), caller=checker) == unknown
    assert decided(registry, decision("Z"), caller=checker) == unknown
    assert decided(registry, decision()) == [CREATED]
    assert undone(registry, unmerge(), caller=clerk) == unknown
    assert listed(registry, clerk) == []
    assert [each["ref"] for each in listed(registry, registry.auditor(), person_id=there)] == ["M-1"]
    assert listed(registry, states=["requested"]) == []
    with pytest.raises(Refused, match=r"registry\.unknown_person"):
        registry.call("compare_persons", {"person_id": there, "other_id": here}, clerk)
    # Nor does a number tell of somebody who lives where the caller has no charge.
    found = registry.call("resolve_persons", {"id_numbers": [citizen(1)]}, registry.clerk(VILLAGE))["found"]
    assert found == {}


def test_of_two_merges_that_cross_each_other_at_once_only_one_is_made(registry: Harness):
    first, second = registered(registry, 1, 2)
    assert asked(registry, merge(first, second, "A"), merge(second, first, "B")) == [CREATED] * 2
    start = Barrier(2)

    def decide(ref: str) -> Any:
        start.wait()
        return decided(registry, decision(ref))[0]

    with ThreadPoolExecutor(2) as checkers:
        outcomes = list(checkers.map(decide, "AB"))
    assert sorted(outcomes) == sorted([CREATED, MERGED]) or sorted(outcomes) == sorted(
        [CREATED, ("registry.person_merged", "kept_id")]
    )
    assert heads(registry, first, second).count(None) == 1


def test_a_chain_that_is_made_from_both_ends_at_once_has_one_end(registry: Harness):
    people = registered(registry, *range(1, 7))
    links = [merge(people[n], people[n + 1], f"M-{n}") for n in range(5)]
    assert asked(registry, *links) == [CREATED] * 5
    start = Barrier(5)

    def decide(number: int) -> Any:
        start.wait()
        return decided(registry, decision(f"M-{number}"))[0]

    with ThreadPoolExecutor(5) as checkers:
        outcomes = list(checkers.map(decide, range(5)))
    found = heads(registry, *people)
    # Who was merged before another could be merged into them made that one's turn void, nothing else.
    assert len([each for each in found if each is not None]) == outcomes.count(CREATED)
    assert {each for each in found if each is not None}.isdisjoint(
        person_id for person_id, head in zip(people, found, strict=True) if head is not None
    )


def test_an_act_and_a_merge_at_once_leave_no_certificate_on_a_merged_person(registry: Harness):
    for number in range(1, 9, 2):
        twice, kept = registered(registry, number, number + 1)
        ref = f"M-{number}"
        assert asked(registry, merge(twice, kept, ref)) == [CREATED]
        start = Barrier(2)

        def certify(
            start: Barrier = start, twice: str = twice, number: int = number
        ) -> list[tuple[str, str | None]]:
            start.wait()
            item = act(twice, "new", "2024-06-03", sequence=number)
            return results(registry.bulk("record_certificate_acts", [item]))

        def approve(start: Barrier = start, ref: str = ref) -> list[Any]:
            start.wait()
            return decided(registry, decision(ref))

        with ThreadPoolExecutor(2) as pool:
            act_made, merge_made = pool.submit(certify), pool.submit(approve)
        outcomes = (act_made.result(), merge_made.result())
        assert outcomes in (
            ([CREATED], [("registry.merged_holds_certificate", "person_id")]),
            ([MERGED], [CREATED]),
        )


def test_a_hundred_decisions_take_a_handful_of_statements(registry: Harness):
    people = registered(registry, *range(1, 201))
    items = [merge(people[n], people[n + 100], f"M-{n}") for n in range(100)]
    assert asked(registry, *items) == [CREATED] * 100
    statements: list[str] = []
    sa.event.listen(
        registry.runtime.database.engine, "before_cursor_execute", lambda *call: statements.append(call[2])
    )
    assert decided(registry, *(decision(f"M-{n}") for n in range(100))) == [CREATED] * 100
    assert len(statements) <= 25
