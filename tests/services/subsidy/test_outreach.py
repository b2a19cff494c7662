"""Outreach: who is entitled and has no award is found once, asked, and never granted anything by it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from chassis.rpc import Refused
from contracts import subsidy as messages
from services.reporting.service import ReportingService
from services.subsidy import person_tables, repository, tables
from services.subsidy.handlers import outreach_runs
from services.subsidy.outreach_tables import lead_acts, leads
from tests.services.reporting.steps import take, value
from tests.services.subsidy import factories
from tests.services.subsidy.steps import codes, events
from tests.services.subsidy.test_restart import Killed
from tests.support.platform import COUNTY, Harness
from tests.support.registry_events import (
    OTHER_TOWNSHIP,
    OTHER_VILLAGE,
    TOWNSHIP,
    cancelled,
    changed,
    household,
    identifier,
    merged,
    registered,
    renewed,
    unmerged,
)

UNKNOWN = "subsidy.unknown_lead"


def run(ref: str = "ZR-1", **changes: Any) -> dict[str, Any]:
    own = {"ref": ref, "scheme": "fuel", "period": "2024", "region": COUNTY, "matched_on": "2024-06-03"}
    return own | changes


def searched(subsidy: Harness, *runs: dict[str, Any], caller: str | None = None) -> list[str]:
    """Start runs and let them end; what became of each."""
    outcomes = codes(subsidy.bulk("start_outreach_runs", runs or [run()], caller))
    subsidy.run_jobs()
    return outcomes


def found(subsidy: Harness, caller: str | None = None, **asked: Any) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = subsidy.call("list_leads", asked, caller)["leads"]
    return listed


def step(lead: dict[str, Any], action: str, acted_on: str = "2024-06-10", **changes: Any) -> dict[str, Any]:
    own = {"ref": f"{action}-{lead['lead_id'][-6:]}-{acted_on}", "lead_id": lead["lead_id"]}
    return own | {"action": action, "acted_on": acted_on} | changes


def taken(subsidy: Harness, *steps: dict[str, Any], caller: str | None = None) -> list[str]:
    return codes(subsidy.bulk("record_lead_acts", steps, caller))


@pytest.fixture
def people(subsidy: Harness) -> Harness:
    """Three who fit the fuel subsidy, one in another township; and two who do not."""
    subsidy.feed(
        "registry",
        [
            *[registered(number) for number in (1, 2, 4)],
            *[registered(number, region=OTHER_VILLAGE) for number in (3, 5)],
            factories.certified(1),
            factories.certified(2, category="multiple"),
            factories.certified(3, region=OTHER_VILLAGE),
            factories.certified(4, category="visual"),
        ],
    )
    return subsidy


@pytest.mark.system("SUB-06")
def test_who_fits_the_rules_and_has_no_award_is_listed_by_street_to_be_verified(people: Harness) -> None:
    people.bulk("grant_awards", [factories.award(2)])

    assert searched(people) == ["created"]

    first, other = found(people)
    assert [lead["person_id"] for lead in (first, other)] == [identifier(1), identifier(3)]
    assert first["rules"] == ["fuel.opened_by", "fuel.certificate", "fuel.categories"]
    assert first["to_check"] == ["下肢残疾", "机动轮椅车购车凭证"]
    assert (first["state"], first["award_id"]) == ("found", None)
    [shown] = people.call("list_outreach_runs", {})["runs"]
    assert (shown["state"], shown["persons"], shown["leads"]) == ("completed", 5, 2)
    counts = people.call("show_lead_counts", {"run_id": shown["run_id"]})["counts"]
    assert counts == [
        {"region": TOWNSHIP, "state": "found", "leads": 1},
        {"region": OTHER_TOWNSHIP, "state": "found", "leads": 1},
    ]
    assert [(event.person_id, event.period) for event in events(people, messages.LeadFound)] == [
        (identifier(1), "2024"),
        (identifier(3), "2024"),
    ]
    assert len(people.rows(tables.awards)) == 1


@pytest.mark.system("SUB-06")
def test_a_lead_is_followed_up_until_its_award_closes_it(people: Harness) -> None:
    searched(people)
    lead = found(people, region=TOWNSHIP, states=["found"])[0]

    assert taken(people, step(lead, "contact"), step(lead, "apply", "2024-06-12")) == ["created"] * 2
    [granted] = people.bulk("grant_awards", [factories.award(1, granted_on="2024-06-20")])

    [now] = found(people, person_id=identifier(1))
    assert (now["state"], now["award_id"], now["last_act_on"]) == ("granted", granted["id"], "2024-06-20")
    moved = events(people, messages.LeadMoved)
    assert [(event.state, event.lead_id) for event in moved] == [
        (state, lead["lead_id"]) for state in ("contacted", "applied", "granted")
    ]
    assert taken(people, step(lead, "decline", "2024-06-21")) == ["subsidy.lead_state"]
    assert people.rows(lead_acts)[-1].recorded_by == "subsidy"


def test_what_came_of_leads_is_in_the_figures(people: Harness, tmp_path: Path) -> None:
    searched(people)
    lead = found(people, person_id=identifier(1))[0]
    taken(people, step(lead, "contact"), step(lead, "apply"))
    people.bulk("grant_awards", [factories.award(1)])

    reporting = Harness(ReportingService, f"sqlite:///{tmp_path}/reporting.db")
    reporting.feed("subsidy", people.events())
    snapshot = take(reporting)
    reporting.close()
    states = ("found", "contacted", "applied", "granted", "not_wanted")
    figures = [value(snapshot, "subsidy.outreach.persons", f"state={state}") for state in states]
    assert figures == [3, 1, 1, 1, 0]


def test_an_award_of_another_period_leaves_the_lead_open(people: Harness) -> None:
    searched(people)
    people.bulk("grant_awards", [factories.award(1, period="2023")])

    assert {lead["state"] for lead in found(people)} == {"found"}


def test_who_is_asked_already_is_not_found_again(people: Harness) -> None:
    searched(people)
    before = found(people)

    assert searched(people, run("ZR-2", period="2025", matched_on="2025-02-03")) == ["created"]

    assert found(people) == before


@pytest.mark.parametrize(("action", "reason"), [("decline", None), ("exclude", "condition_not_met")])
def test_who_declined_is_found_again_only_when_the_facts_changed(
    people: Harness, action: str, reason: str | None
) -> None:
    searched(people)
    lead = found(people, person_id=identifier(1))[0]
    assert taken(people, step(lead, action, reason=reason)) == ["created"]
    assert found(people, person_id=identifier(1))[0]["reason"] == reason

    people.feed("registry", [renewed(1)])
    searched(people, run("ZR-2"))
    assert len(found(people, person_id=identifier(1))) == 1
    people.feed("registry", [changed(1, grade=1, previous_category="physical", previous_grade=2)])
    searched(people, run("ZR-3"))
    assert [each["state"] for each in found(people, person_id=identifier(1))] == [lead_state(action), "found"]


def lead_state(action: str) -> str:
    return {"decline": "not_wanted", "exclude": "not_entitled"}[action]


def test_who_is_no_longer_certified_is_not_found(people: Harness) -> None:
    people.feed("registry", [cancelled(1)])
    searched(people, run(matched_on="2030-05-17"), run("ZR-2", matched_on="2030-05-18"))

    runs = people.call("list_outreach_runs", {})["runs"]
    assert [(each["ref"], each["leads"]) for each in runs] == [("ZR-1", 2), ("ZR-2", 0)]
    assert identifier(1) not in {lead["person_id"] for lead in found(people)}


def test_what_the_copy_does_not_know_is_to_be_checked(people: Harness) -> None:
    with people.runtime.database.write() as connection:
        unknown = sa.update(person_tables.persons).where(person_tables.persons.c.person_id == identifier(1))
        connection.execute(unknown.values(certificate_expires_on=None))
    searched(people)

    first, *others = found(people)
    assert others
    assert all(first["to_check"] == [*other["to_check"], "残疾人证有效期"] for other in others)


def test_what_does_not_fit_is_refused_and_the_rest_is_kept(people: Harness) -> None:
    outcomes = people.bulk(
        "start_outreach_runs",
        [
            run("A", scheme="lottery"),
            run("B", period="2024-05"),
            run("C", scheme="care"),
            run("D", matched_on="2009-12-31"),
            run("E"),
            run("E", period="2025"),
            run("E"),
        ],
    )
    assert codes(outcomes) == [
        "subsidy.unknown_scheme",
        "subsidy.wrong_period",
        "subsidy.opened_by_enrolment",
        "subsidy.unknown_scheme",
        "created",
        "subsidy.ref_reused",
        "unchanged",
    ]
    people.run_jobs()
    lead = found(people)[0]
    contact = step(lead, "contact")
    assert taken(
        people,
        step(lead, "contact", lead_id="f" * 32),
        step(lead, "contact", "2024-06-02"),
        step(lead, "exclude"),
        step(lead, "contact", "2024-06-11", reason="deceased"),
        step(lead, "exclude", "2024-06-12", reason="bad_weather"),
        contact,
        contact,
        contact | {"action": "apply"},
        step(lead, "contact", "2024-06-13"),
    ) == [
        UNKNOWN,
        "subsidy.act_out_of_order",
        "subsidy.lead_act_fields",
        "subsidy.lead_act_fields",
        "subsidy.unknown_reason",
        "created",
        "unchanged",
        "subsidy.ref_reused",
        "subsidy.lead_state",
    ]
    assert len(people.rows(lead_acts)) == 1


def test_sending_everything_twice_changes_nothing(people: Harness) -> None:
    searched(people)
    lead = found(people)[0]
    taken(people, step(lead, "contact"))
    kept = [people.rows(table) for table in (leads, lead_acts)], people.events()

    assert searched(people) == ["unchanged"]
    assert taken(people, step(lead, "contact")) == ["unchanged"]
    assert ([people.rows(table) for table in (leads, lead_acts)], people.events()) == kept


def test_another_township_neither_sees_nor_follows_up_what_is_not_its_own(people: Harness) -> None:
    searched(people)
    here, there = people.clerk(TOWNSHIP), people.clerk(OTHER_TOWNSHIP)
    lead = found(people, here)[0]
    run_id = lead["run_id"]

    assert [each["person_id"] for each in found(people, there)] == [identifier(3)]
    assert found(people, there, person_id=identifier(1)) == found(people, there, person_id="f" * 32) == []
    assert found(people, there, region=TOWNSHIP) == []
    counts = people.call("show_lead_counts", {"run_id": run_id}, there)["counts"]
    assert {count["region"] for count in counts} == {OTHER_TOWNSHIP}
    assert people.call("list_outreach_runs", {}, there)["runs"] == []
    unknown = step(lead, "contact", lead_id="f" * 32)
    assert taken(people, step(lead, "contact"), unknown, caller=there) == [UNKNOWN] * 2
    assert searched(people, run("ZR-2"), caller=there) == ["access.region"]
    assert searched(people, run("ZR-3", region=OTHER_TOWNSHIP), caller=there) == ["created"]


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        ("start_outreach_runs", {"items": [run()]}),
        ("record_lead_acts", {"items": [{}]}),
        ("list_outreach_runs", {}),
        ("list_leads", {}),
        ("show_lead_counts", {"run_id": "f" * 32}),
    ],
)
def test_other_roles_are_refused(subsidy: Harness, method: str, fields: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=r"access\.role"):
        subsidy.call(method, fields, subsidy.maker())


def test_leads_are_paged(people: Harness) -> None:
    searched(people)
    first = people.call("list_leads", {"limit": 2})
    second = people.call("list_leads", {"limit": 2, "after": first["after"]})

    assert [len(page["leads"]) for page in (first, second)] == [2, 1]
    assert first["leads"] + second["leads"] == found(people)
    assert second["after"] is None


@pytest.mark.parametrize("call", [1, 2])
def test_a_run_killed_in_any_step_finds_everybody_once(
    open_subsidy: Callable[[], Harness], monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    monkeypatch.setattr(outreach_runs, "PERSONS_PER_STEP", 2)
    subsidy = open_subsidy()
    subsidy.feed("registry", [event for n in range(4) for event in (registered(n), factories.certified(n))])
    subsidy.bulk("start_outreach_runs", [run()])
    original, calls = repository.people, 0

    def deadly(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call:
            raise Killed
        return original(*arguments)

    with monkeypatch.context() as dying:
        dying.setattr(repository, "people", deadly)
        with pytest.raises(Killed):
            subsidy.run_jobs()
    subsidy = open_subsidy()
    subsidy.run_jobs()

    assert sorted(lead["person_id"] for lead in found(subsidy)) == [identifier(n) for n in range(4)]
    [shown] = subsidy.call("list_outreach_runs", {})["runs"]
    assert (shown["state"], shown["persons"], shown["leads"]) == ("completed", 4, 4)


def test_an_award_granted_during_a_run_never_leaves_an_open_lead(people: Harness) -> None:
    numbers = range(10, 40)
    for number in numbers:
        people.feed("registry", [registered(number), factories.certified(number)])
    people.bulk("start_outreach_runs", [run()])
    start = Barrier(2)

    def search() -> None:
        start.wait()
        people.run_jobs()

    def grant() -> None:
        start.wait()
        for number in numbers:
            people.bulk("grant_awards", [factories.award(number)])

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(search), pool.submit(grant)]:
            done.result()
    still = {lead["person_id"] for lead in found(people, states=["found"])}
    assert still == {identifier(1), identifier(2), identifier(3)}


def test_who_was_registered_twice_is_looked_for_once_and_an_award_of_either_record_closes_the_lead(
    people: Harness,
) -> None:
    people.feed("registry", [cancelled(1), merged(1, 3)])
    people.bulk("grant_awards", [factories.award(2)])
    assert searched(people) == ["created"]
    assert [lead["person_id"] for lead in found(people)] == [identifier(3)]
    # One who was found before they were merged.
    people.feed("registry", [unmerged(1, 3), factories.certified(1)])
    assert searched(people, run("ZR-2")) == ["created"]
    assert {lead["person_id"] for lead in found(people)} == {identifier(1), identifier(3)}
    people.feed("registry", [cancelled(1), merged(1, 3)])
    people.bulk("grant_awards", [factories.award(3)])
    assert {lead["state"] for lead in found(people)} == {"granted"}


def test_of_whose_household_or_age_nothing_is_known_these_are_to_be_checked(people: Harness) -> None:
    people.feed(
        "registry",
        [
            household(1, "dibao"),
            household(2),
            *[registered(number, household_id=identifier(number)) for number in (1, 2)],
            *[factories.certified(number) for number in (1, 2)],
        ],
    )
    monthly = {"scheme": "living", "period": "2024-06"}
    assert searched(people, run(**monthly)) == ["created"]
    leads_by_person = {lead["person_id"]: lead["to_check"] for lead in found(people)}
    assert leads_by_person.pop(identifier(1)) == []
    assert identifier(2) not in leads_by_person, "the household is known, and in no hardship"
    assert leads_by_person == {identifier(number): ["家庭困难情况"] for number in (3, 4)}
