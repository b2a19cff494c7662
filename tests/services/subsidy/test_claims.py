"""From an application to a decision: granted once, refused with its reasons, posted and objected to."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from chassis.rpc import Refused
from contracts import subsidy as messages
from services.reporting.service import ReportingService
from services.subsidy import tables
from services.subsidy.claim_tables import claim_acts, claims
from services.subsidy.domain.claim_state import OPEN
from services.subsidy.outreach_tables import lead_acts, leads
from tests.services.reporting.steps import take, value
from tests.services.subsidy import factories
from tests.services.subsidy.claim_records import (
    DISTRICT,
    at_home,
    claim,
    decided,
    decider,
    examined,
    handed_in,
    listed,
    live,
    posted,
    shown,
    step,
    taken,
)
from tests.services.subsidy.monthly import pay_month
from tests.services.subsidy.own_rules import state
from tests.services.subsidy.steps import codes, events
from tests.support.platform import Harness
from tests.support.registry_events import flagged, identifier, merged, registered

CREATED = "created"
GRANT = step("award", "2026-03-20")


@pytest.mark.system("SUB-01")
def test_a_claim_handed_in_in_february_and_decided_in_march_is_paid_from_february(subsidy: Harness) -> None:
    """Worked example 1 of the rules: hand-in 2026-02-26, decision 2026-03-20."""
    live(subsidy)
    assert handed_in(subsidy) == [CREATED]
    assert taken(subsidy, *examined()) == [CREATED] * 3
    assert decided(subsidy, step("approve", "2026-03-09")) == [CREATED]
    assert taken(subsidy, step("post", "2026-03-10")) == [CREATED]
    assert decided(subsidy, step("award", "2026-03-19", ref="early")) == ["subsidy.notice_running"]
    assert decided(subsidy, GRANT) == [CREATED]
    assert taken(subsidy, step("tell", "2026-03-23")) == [CREATED]

    [award] = events(subsidy, messages.AwardGranted)
    assert (award.period, award.granted_on) == ("2026-02", date(2026, 3, 20))
    [granted] = events(subsidy, messages.ClaimGranted)
    assert (granted.award_id, granted.late) == (award.award_id, False)
    now = shown(subsidy)
    assert (now["claim"]["state"], now["claim"]["award_id"]) == ("told", award.award_id)
    assert [each["rule"] for each in now["reasons"]][-1] == "living.paid_from"
    assert [each["action"] for each in now["steps"]] == [
        "accept",
        "check",
        "review",
        "approve",
        "post",
        "award",
        "tell",
    ]
    assert [pay_month(subsidy, "living", month)["amount"] for month in ("2026-02", "2026-03")] == [
        "217.00"
    ] * 2


@pytest.mark.system("SUB-06")
def test_a_yearly_claim_is_for_the_year_of_its_hand_in_or_for_the_one_asked_for(subsidy: Harness) -> None:
    live(subsidy, 1, 2)
    fuel = {"scheme": "fuel", "variant": "vehicle"}
    ahead = claim(2, **fuel, proof="LBH-2", period="2027")
    assert handed_in(subsidy, claim(1, **fuel, proof="LBH-1"), ahead) == [CREATED] * 2
    assert set(taken(subsidy, *examined(1), *examined(2))) == {CREATED}
    steps = [step("approve", "2026-03-09", n) for n in (1, 2)]
    assert decided(subsidy, *steps) == [CREATED] * 2
    taken(subsidy, *(step("post", "2026-03-10", n) for n in (1, 2)))
    assert decided(subsidy, *(step("award", "2026-04-20", n) for n in (1, 2))) == [CREATED] * 2

    assert [each.period for each in events(subsidy, messages.AwardGranted)] == ["2026", "2027"]


@pytest.mark.system("SUB-02")
def test_a_refusal_tells_the_citizen_the_rule_its_value_and_its_document(subsidy: Harness) -> None:
    live(subsidy, grade=3)
    nursing = claim(scheme="nursing", variant="grade_2", applicant="relative")
    assert handed_in(subsidy, nursing) == [CREATED]
    taken(subsidy, *examined())
    assert decided(subsidy, step("approve", "2026-03-09")) == ["subsidy.grade_not_admitted"]

    assert decided(subsidy, step("refuse", "2026-03-10")) == [CREATED]

    now = shown(subsidy)
    [broken] = [each for each in now["reasons"] if "不符合。" in each["text"]]
    assert (broken["rule"], broken["value"]) == ("nursing.grades.grade_2", "2")
    assert broken["document"] in broken["text"]
    assert (now["claim"]["reason"], now["claim"]["award_id"]) == ("grade_not_admitted", None)
    [refused] = events(subsidy, messages.ClaimRefused)
    assert (refused.reason, refused.clock, refused.late) == ("grade_not_admitted", "decision", False)
    assert subsidy.rows(tables.awards) == []


def test_what_excludes_another_benefit_is_the_reason_of_a_refusal(subsidy: Harness) -> None:
    live(subsidy)
    handed_in(subsidy, claim(benefits={"orphan_allowance": ""}))
    taken(subsidy, *examined())
    assert decided(subsidy, step("approve", "2026-03-09")) == ["subsidy.benefit_excludes"]
    assert decided(subsidy, step("refuse", "2026-03-09")) == [CREATED]
    last = shown(subsidy)["reasons"][-1]
    assert (last["rule"], last["value"]) == ("living.overlap.orphan_allowance", "excluded")
    assert last["text"].startswith("与孤儿基本生活保障")


def test_a_reason_that_no_register_tells_is_stated_by_the_rules(subsidy: Harness) -> None:
    live(subsidy)
    handed_in(subsidy)
    taken(subsidy, *examined())
    assert decided(
        subsidy,
        step("refuse", "2026-03-09"),
        step("refuse", "2026-03-10", reason="bad_weather"),
        step("refuse", "2026-03-11", reason="false_material"),
        step("refuse", "2026-03-12", reason="deceased"),
    ) == ["subsidy.entitled", "subsidy.unknown_reason", CREATED, "subsidy.claim_state"]
    [reason] = shown(subsidy)["reasons"]
    assert reason["text"].startswith("材料真实性：申请材料或所述情况不属实。不予批准。")


def test_nobody_is_granted_twice_by_a_claim_and_by_the_office(subsidy: Harness) -> None:
    live(subsidy)
    posted(subsidy)
    other = factories.award(1, scheme="living", variant="dibao", period="2026-03", granted_on="2026-03-11")
    assert codes(subsidy.bulk("grant_awards", [other], at_home(subsidy))) == [CREATED]

    assert decided(subsidy, GRANT) == ["subsidy.already_granted"]
    assert decided(subsidy, step("refuse", "2026-03-20", reason="already_granted")) == [CREATED]
    handed_in(subsidy, claim(ref="SQ-2", applied_on="2026-03-23"))
    days = [("accept", "2026-03-23"), ("check", "2026-03-24"), ("review", "2026-03-24")]
    taken(subsidy, *(step(action, day, 2) for action, day in days))
    assert decided(subsidy, step("approve", "2026-03-25", 2)) == ["subsidy.already_granted"]
    assert decided(subsidy, step("refuse", "2026-03-25", 2, reason="already_granted")) == [CREATED]
    assert len(subsidy.rows(tables.awards)) == 1


def test_what_changed_during_the_notice_forbids_the_award(subsidy: Harness) -> None:
    live(subsidy)
    posted(subsidy)
    subsidy.feed(
        "registry", [flagged(1, "dibao", "extreme_poverty", region=listed(subsidy)["SQ-1"]["region"])]
    )

    assert decided(subsidy, GRANT) == ["subsidy.household_excluded"]
    assert listed(subsidy)["SQ-1"]["state"] == "posted"
    assert decided(subsidy, step("refuse", "2026-03-20")) == [CREATED]
    assert subsidy.rows(tables.awards) == []


def test_an_objection_stops_the_notice_until_it_is_decided(subsidy: Harness) -> None:
    live(subsidy)
    posted(subsidy)
    # The notice stands until 19 March; of its seven days two are over, and five are left.
    assert taken(subsidy, step("object", "2026-03-12")) == [CREATED]
    assert decided(subsidy, GRANT) == ["subsidy.claim_state"]
    assert decided(subsidy, step("dismiss", "2026-03-23")) == [CREATED]
    assert listed(subsidy)["SQ-1"]["posted_until"] == "2026-03-30"
    assert decided(subsidy, step("award", "2026-03-30")) == ["subsidy.notice_running"]
    assert taken(subsidy, step("object", "2026-03-31")) == ["subsidy.objection_too_late"]
    assert decided(subsidy, step("award", "2026-03-31")) == [CREATED]


def test_an_objection_that_is_right_ends_in_a_refusal(subsidy: Harness) -> None:
    live(subsidy)
    posted(subsidy)
    taken(subsidy, step("object", "2026-03-19"))
    assert decided(subsidy, step("refuse", "2026-03-23", reason="objection_upheld")) == [CREATED]
    assert [each.clock for each in events(subsidy, messages.ClaimRefused)] == ["closing"]


def test_what_a_check_found_must_be_cleared_by_another_check(subsidy: Harness) -> None:
    live(subsidy)
    handed_in(subsidy)
    taken(subsidy, step("accept", "2026-02-27"), step("check", "2026-03-04", reason="condition_not_met"))
    assert decided(subsidy, step("approve", "2026-03-04")) == ["subsidy.claim_not_examined"]
    assert taken(subsidy, step("review", "2026-03-05")) == [CREATED]
    assert decided(subsidy, step("approve", "2026-03-05")) == ["subsidy.obstacle_stands"]
    assert listed(subsidy)["SQ-1"]["obstacle"] == "condition_not_met"
    assert shown(subsidy)["reasons"] == []
    assert taken(subsidy, step("check", "2026-03-05", reason="bad_weather")) == ["subsidy.unknown_reason"]
    assert taken(subsidy, step("check", "2026-03-06"), step("review", "2026-03-06")) == [CREATED] * 2
    assert decided(subsidy, step("approve", "2026-03-06")) == [CREATED]


def test_who_checked_or_reviewed_does_not_decide(subsidy: Harness) -> None:
    live(subsidy)
    handed_in(subsidy)
    checks = subsidy.caller("clerk", subject="one", region=DISTRICT)
    reviews = subsidy.caller("clerk", subject="two", region=DISTRICT)
    taken(subsidy, *examined(ending="check"), caller=checks)
    taken(subsidy, step("review", "2026-03-06"), caller=reviews)
    for subject in ("one", "two"):
        own = decider(subsidy, subject=subject)
        assert decided(subsidy, step("approve", "2026-03-09"), caller=own) == ["subsidy.decided_by_examiner"]
    again = subsidy.caller("clerk", subject="three", region=DISTRICT)
    assert taken(subsidy, step("check", "2026-03-09"), caller=again) == [CREATED]
    assert taken(subsidy, step("review", "2026-03-09"), caller=reviews) == [CREATED]
    for subject in ("one", "two", "three"):
        own = decider(subsidy, subject=subject)
        assert decided(subsidy, step("approve", "2026-03-10"), caller=own) == ["subsidy.decided_by_examiner"]
    assert decided(subsidy, step("approve", "2026-03-10")) == [CREATED]


def test_one_person_does_not_both_check_and_review(subsidy: Harness) -> None:
    live(subsidy)
    handed_in(subsidy)
    one, two = (subsidy.caller("clerk", subject=name, region=DISTRICT) for name in ("one", "two"))
    review = step("review", "2026-03-06")
    both = [*examined(ending="check"), review]
    assert taken(subsidy, *both, caller=one) == [CREATED, CREATED, "subsidy.checked_by_reviewer"]
    assert taken(subsidy, review, caller=two) == [CREATED]
    # Nor when a colleague looks at it again in between.
    assert taken(subsidy, step("check", "2026-03-09"), caller=two) == ["subsidy.checked_by_reviewer"]
    assert taken(subsidy, step("check", "2026-03-09")) == [CREATED]
    assert taken(subsidy, step("review", "2026-03-09"), caller=one) == ["subsidy.checked_by_reviewer"]
    assert taken(subsidy, step("review", "2026-03-09"), caller=two) == [CREATED]


def test_where_the_office_allows_it_one_person_checks_and_reviews(subsidy: Harness) -> None:
    state(subsidy, "text", "2026-01-01", claims__check_and_review="allowed")
    live(subsidy)
    handed_in(subsidy)
    one = subsidy.caller("clerk", subject="one", region=DISTRICT)
    assert taken(subsidy, *examined(), caller=one) == [CREATED] * 3


def test_what_is_missing_stops_the_clock_until_it_is_there(subsidy: Harness) -> None:
    live(subsidy)
    handed_in(subsidy)
    assert listed(subsidy)["SQ-1"]["due_on"] == "2026-03-02"
    assert taken(subsidy, step("ask", "2026-02-27")) == [CREATED]
    assert (listed(subsidy)["SQ-1"]["state"], listed(subsidy)["SQ-1"]["due_on"]) == ("incomplete", None)
    assert taken(subsidy, step("accept", "2026-03-09")) == ["subsidy.claim_state"]
    assert taken(subsidy, step("complete", "2026-03-09")) == [CREATED]
    assert listed(subsidy)["SQ-1"]["due_on"] == "2026-03-12"


def test_no_step_of_a_claim_is_of_a_day_to_come(subsidy: Harness) -> None:
    live(subsidy)
    assert handed_in(subsidy) == [CREATED]
    with time_machine.travel(datetime(2026, 3, 5, 4, tzinfo=UTC), tick=False):
        early = subsidy.caller("clerk", subject="early", region=DISTRICT)
        assert taken(subsidy, *examined(), caller=early) == [CREATED, CREATED, "subsidy.day_to_come"]
        asked = step("approve", "2026-03-09")
        assert decided(subsidy, asked, caller=decider(subsidy, subject="early")) == ["subsidy.day_to_come"]
    assert taken(subsidy, *examined()) == ["unchanged", "unchanged", CREATED]
    assert decided(subsidy, step("approve", "2026-03-09")) == [CREATED]


def test_a_window_declines_only_for_what_a_window_can_tell(subsidy: Harness) -> None:
    live(subsidy)
    handed_in(subsidy)
    assert taken(
        subsidy,
        step("decline", "2026-02-27"),
        step("decline", "2026-02-28", reason="no_care_need"),
        step("decline", "2026-03-02", reason="incomplete"),
        step("tell", "2026-03-03"),
    ) == ["subsidy.claim_act_fields", "subsidy.unknown_reason", CREATED, CREATED]
    assert shown(subsidy)["reasons"][0]["rule"] == "claims.refusal.incomplete"
    assert handed_in(subsidy, claim(ref="SQ-2")) == [CREATED]


def test_what_cannot_be_applied_for_is_refused_and_the_rest_is_kept(subsidy: Harness) -> None:
    live(subsidy)
    assert handed_in(
        subsidy,
        claim(scheme="lottery"),
        claim(variant="gold"),
        claim(scheme="care", variant="home"),
        claim(period="2026"),
        claim(person_id="f" * 32),
        claim(applied_on="2007-12-31"),
        claim(applied_on="2090-01-04"),
        claim(benefits={"x": "much"}),
        claim(),
        claim(),
        claim(variant="dibao", applicant="agent"),
        claim(ref="SQ-9"),
        claim(ref="SQ-8", scheme="nursing", variant="grade_2"),
    ) == [
        "subsidy.unknown_scheme",
        "subsidy.unknown_variant",
        "subsidy.opened_by_enrolment",
        "subsidy.wrong_period",
        "subsidy.unknown_person",
        "subsidy.unknown_scheme",
        "subsidy.day_to_come",
        "record.invalid",
        CREATED,
        "unchanged",
        "subsidy.ref_reused",
        "subsidy.claim_open",
        CREATED,
    ]


def test_a_claim_that_was_withdrawn_can_be_made_anew(subsidy: Harness) -> None:
    live(subsidy)
    posted(subsidy)
    assert handed_in(subsidy, claim(ref="SQ-2")) == ["subsidy.claim_open"]
    assert taken(subsidy, step("withdraw", "2026-03-11")) == [CREATED]
    assert handed_in(subsidy, claim(ref="SQ-2")) == [CREATED]
    assert decided(subsidy, GRANT) == ["subsidy.claim_state"]


def test_everything_sent_twice_changes_nothing_and_tells_nobody(subsidy: Harness) -> None:
    live(subsidy)
    posted(subsidy)
    decided(subsidy, GRANT)
    kept = [*map(subsidy.rows, (claims, claim_acts, tables.awards)), subsidy.events()]

    assert handed_in(subsidy) == ["unchanged"]
    assert taken(subsidy, *examined(), step("post", "2026-03-10")) == ["unchanged"] * 4
    assert decided(subsidy, step("approve", "2026-03-09"), GRANT) == ["unchanged"] * 2
    assert [*map(subsidy.rows, (claims, claim_acts, tables.awards)), subsidy.events()] == kept
    assert decided(subsidy, GRANT | {"acted_on": "2026-03-23"}) == ["subsidy.ref_reused"]


def test_of_deciders_at_once_only_one_decides(subsidy: Harness) -> None:
    live(subsidy)
    posted(subsidy)
    start = Barrier(4)

    def decide(number: int) -> str:
        start.wait()
        action = "award" if number % 2 else "refuse"
        reason = None if number % 2 else "condition_not_met"
        one = step(action, "2026-03-20", ref=f"d-{number}", reason=reason)
        return decided(subsidy, one, caller=decider(subsidy, subject=f"decider {number}"))[0]

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(decide, range(4)))
    assert outcomes == [CREATED, *["subsidy.claim_state"] * 3]
    granted = len(events(subsidy, messages.ClaimGranted))
    assert len(subsidy.rows(tables.awards)) == granted == 1 - len(events(subsidy, messages.ClaimRefused))


def test_of_a_claim_and_a_grant_at_once_one_award_comes(subsidy: Harness) -> None:
    numbers = range(1, 13)
    live(subsidy, *numbers)
    posted(subsidy, *numbers)
    start = Barrier(2)

    def award() -> list[str]:
        start.wait()
        return [decided(subsidy, step("award", "2026-03-20", n))[0] for n in numbers]

    def grant() -> list[str]:
        start.wait()
        other = {"scheme": "living", "variant": "dibao", "period": "2026-03", "granted_on": "2026-03-19"}
        return [
            codes(subsidy.bulk("grant_awards", [factories.award(n, **other)], at_home(subsidy)))[0]
            for n in reversed(numbers)
        ]

    with ThreadPoolExecutor(2) as pool:
        by_claim, by_office = (each.result() for each in [pool.submit(award), pool.submit(grant)])
    assert {*by_claim, *by_office} == {CREATED, "subsidy.already_granted"}
    assert [*by_claim, *by_office].count(CREATED) == len(subsidy.rows(tables.awards)) == len(numbers)


def test_of_windows_handing_in_the_same_claim_at_once_one_is_kept(subsidy: Harness) -> None:
    live(subsidy)
    start = Barrier(4)

    def hand_in(number: int) -> str:
        start.wait()
        return handed_in(subsidy, claim(ref=f"SQ-{number}"))[0]

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(hand_in, range(4)))
    assert outcomes == [CREATED, *["subsidy.claim_open"] * 3]


def test_the_database_itself_refuses_a_second_open_claim(subsidy: Harness) -> None:
    live(subsidy)
    handed_in(subsidy)
    [row] = subsidy.rows(claims)
    twin = dict(row._mapping) | {"claim_id": "f" * 32, "ref": "SQ-2"}
    for each in OPEN:
        with pytest.raises(sa.exc.IntegrityError), subsidy.runtime.database.write() as connection:
            connection.execute(sa.insert(claims).values(twin | {"state": each}))


def test_the_history_of_a_claim_can_be_neither_changed_nor_deleted(subsidy: Harness) -> None:
    live(subsidy)
    handed_in(subsidy)
    taken(subsidy, step("accept", "2026-02-27"))
    for statement in (sa.update(claim_acts).values(action="check"), sa.delete(claim_acts)):
        with (
            pytest.raises(sa.exc.DBAPIError, match="append-only"),
            subsidy.runtime.database.write() as connection,
        ):
            connection.execute(statement)


def test_who_was_registered_twice_has_one_open_claim_and_one_award(subsidy: Harness) -> None:
    live(subsidy, 1, 2)
    posted(subsidy, 1)
    subsidy.feed("registry", [merged(1, 2)])

    assert handed_in(subsidy, claim(2)) == ["subsidy.claim_open"]
    assert handed_in(subsidy, claim(1)) == ["unchanged"]
    assert decided(subsidy, GRANT) == [CREATED]
    assert [row.person_id for row in subsidy.rows(tables.awards)] == [identifier(2)]


def test_a_lead_moves_to_applied_by_the_claim_and_to_granted_by_the_award(subsidy: Harness) -> None:
    live(subsidy, 1, 2)
    search = {"ref": "ZR-1", "scheme": "living", "period": "2026-02", "region": DISTRICT}
    handed_in(subsidy, claim(2))
    home = at_home(subsidy)
    subsidy.bulk("start_outreach_runs", [search | {"matched_on": "2026-02-20"}], home)
    subsidy.run_jobs()
    [lead] = subsidy.rows(leads)
    assert (lead.person_id, lead.state) == (identifier(1), "found"), "who has applied is not asked"

    posted(subsidy, 1)
    [lead] = subsidy.rows(leads)
    assert (lead.state, lead.last_act_on) == ("applied", date(2026, 2, 26))
    decided(subsidy, GRANT)
    [lead] = subsidy.rows(leads)
    assert (lead.state, lead.award_id) == ("granted", subsidy.rows(tables.awards)[0].award_id)
    assert [row.recorded_by for row in subsidy.rows(lead_acts)] == ["subsidy"] * 2
    assert [each.state for each in events(subsidy, messages.LeadMoved)] == ["applied", "granted"]


def test_a_claim_handed_in_during_a_run_of_outreach_leaves_nobody_to_be_asked(subsidy: Harness) -> None:
    numbers = range(1, 31)
    live(subsidy, *numbers)
    search = {"ref": "ZR-1", "scheme": "living", "period": "2026-02", "region": DISTRICT}
    subsidy.bulk("start_outreach_runs", [search | {"matched_on": "2026-02-20"}], at_home(subsidy))
    start = Barrier(2)

    def look_for_people() -> None:
        start.wait()
        subsidy.run_jobs()

    def hand_in() -> None:
        start.wait()
        for number in numbers:
            assert handed_in(subsidy, claim(number)) == [CREATED]

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(look_for_people), pool.submit(hand_in)]:
            done.result()
    assert {row.state for row in subsidy.rows(leads)} <= {"applied"}


def test_what_came_of_claims_is_in_the_figures(subsidy: Harness, tmp_path: Path) -> None:
    live(subsidy, 1, 2, 3)
    handed_in(subsidy, claim(1), claim(2), claim(3, channel="online"))
    taken(subsidy, *examined(1), *examined(2), step("decline", "2026-03-02", 3, reason="incomplete"))
    decided(subsidy, step("approve", "2026-03-09"))
    decided(subsidy, step("refuse", "2026-03-31", 2, reason="false_material"))
    decided(subsidy, step("refuse", "2026-03-31", 1, reason="false_material"))

    reporting = Harness(ReportingService, f"sqlite:///{tmp_path}/reporting.db", DISTRICT[:6])
    reporting.feed("subsidy", subsidy.events())
    snapshot = take(reporting, DISTRICT, "2026", reporting.maker(region=DISTRICT), office=DISTRICT[:6])
    reporting.close()
    figures = {
        ("handed_in", ""): 3,
        ("handed_in", "channel=online"): 1,
        ("decided", ""): 2,
        ("decided", "late=no"): 1,
        ("decided", "late=yes"): 1,
        ("refused", ""): 3,
        ("refused", "reason=false_material"): 2,
        ("refused", "reason=incomplete"): 1,
        ("overdue_steps", "clock=decision"): 1,
    }
    assert {key: value(snapshot, f"subsidy.claims.{key[0]}", key[1]) for key in figures} == figures


def test_hundreds_of_claims_take_a_handful_of_statements(subsidy: Harness) -> None:
    numbers = range(1, 201)
    live(subsidy, *numbers)
    statements: list[str] = []

    def counted(*call: Any) -> None:
        statements.append(call[2])

    sa.event.listen(subsidy.runtime.database.engine, "before_cursor_execute", counted)
    assert set(handed_in(subsidy, *map(claim, numbers))) == {CREATED}
    assert len(statements) <= 20
    assert set(taken(subsidy, *(each for n in numbers for each in examined(n)))) == {CREATED}
    assert set(decided(subsidy, *(step("approve", "2026-03-09", n) for n in numbers))) == {CREATED}
    taken(subsidy, *(step("post", "2026-03-10", n) for n in numbers))
    statements.clear()
    assert set(decided(subsidy, *(step("award", "2026-03-20", n) for n in numbers))) == {CREATED}
    assert len(statements) <= 25


@pytest.mark.parametrize(
    ("method", "fields", "role"),
    [
        ("record_claims", {"items": [{}]}, "checker"),
        ("record_claim_acts", {"items": [{}]}, "checker"),
        ("decide_claims", {"items": [{}]}, "clerk"),
        ("decide_claims", {"items": [{}]}, "maker"),
        ("list_claims", {}, "maker"),
        ("show_claim", {"claim_id": "f" * 32}, "maker"),
        ("show_claim_lights", {"day": "2026-03-02"}, "maker"),
    ],
)
def test_other_roles_are_refused(subsidy: Harness, method: str, fields: dict[str, Any], role: str) -> None:
    with pytest.raises(Refused, match=r"access\.role"):
        subsidy.call(method, fields, subsidy.caller(role))


def test_events_of_claims_hold_identifiers_and_no_more(subsidy: Harness) -> None:
    live(subsidy)
    subsidy.feed("registry", [registered(2)])
    posted(subsidy)
    decided(subsidy, GRANT)
    told = [event for event in subsidy.events() if isinstance(event, messages.ClaimEvent)]
    assert [type(event).__name__ for event in told] == [
        "ClaimHandedIn",
        "ClaimMoved",
        "ClaimMoved",
        "ClaimMoved",
        "ClaimApproved",
        "ClaimMoved",
        "ClaimGranted",
    ]
    assert not any(
        word in event.model_dump_json() for event in told for word in ("physical", "grade", "birth")
    )
