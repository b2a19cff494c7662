"""Any window, online, province by province: who takes which step of a claim, what is late, who sees it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from chassis.rpc import Refused
from contracts import subsidy as messages
from services.subsidy.claim_tables import claim_overdue
from services.subsidy.handlers import claim_clocks
from tests.services.subsidy import factories
from tests.services.subsidy.claim_records import (
    DISTRICT,
    HOME,
    STREET,
    WINDOW,
    at_home,
    at_window,
    claim,
    decided,
    decider,
    examined,
    handed_in,
    listed,
    live,
    look,
    shown,
    step,
    taken,
)
from tests.services.subsidy.steps import events
from tests.support.platform import COUNTY, Harness
from tests.support.registry_events import OTHER_TOWNSHIP, household, identifier, registered

CREATED = "created"
SUZHOU = "320508000000"
NOT_YOURS = "subsidy.not_your_step"
UNKNOWN = "subsidy.unknown_claim"


def away(number: int = 1, **changes: Any) -> dict[str, Any]:
    return claim(number, window=WINDOW, **changes)


@pytest.mark.system("SUB-01")
def test_the_window_takes_and_pushes_it_the_home_decides_and_the_window_tells(subsidy: Harness) -> None:
    live(subsidy)
    there, here = at_window(subsidy), at_home(subsidy)
    assert handed_in(subsidy, away(), caller=there) == [CREATED]
    assert listed(subsidy, there)["SQ-1"]["desk"] == WINDOW
    assert taken(subsidy, step("accept", "2026-02-27"), caller=here) == [NOT_YOURS]
    steps = [step("accept", "2026-02-27"), step("push", "2026-03-02")]
    assert taken(subsidy, *steps, caller=there) == [CREATED] * 2
    assert listed(subsidy, here)["SQ-1"]["desk"] == HOME
    assert listed(subsidy, here)["SQ-1"]["due_on"] == "2026-03-16"
    checks = [step("check", "2026-03-04"), step("review", "2026-03-06")]
    assert taken(subsidy, *checks, caller=there) == [NOT_YOURS] * 2
    assert taken(subsidy, *checks) == [CREATED] * 2
    approve = step("approve", "2026-03-09")
    assert decided(subsidy, approve, caller=decider(subsidy, WINDOW)) == [NOT_YOURS]
    assert decided(subsidy, approve) == [CREATED]
    assert taken(subsidy, step("post", "2026-03-10"), caller=there) == [NOT_YOURS]
    # Who objects may do so anywhere.
    assert taken(subsidy, step("post", "2026-03-10"), caller=here) == [CREATED]
    assert taken(subsidy, step("object", "2026-03-11"), caller=there) == [CREATED]
    assert decided(subsidy, step("refuse", "2026-03-12", reason="objection_upheld")) == [CREATED]
    assert listed(subsidy, there)["SQ-1"]["desk"] == WINDOW
    assert shown(subsidy, caller=there)["reasons"][0]["rule"] == "claims.refusal.objection_upheld"
    assert taken(subsidy, step("tell", "2026-03-13"), caller=here) == [NOT_YOURS]
    assert taken(subsidy, step("tell", "2026-03-13"), caller=there) == [CREATED]


def test_what_a_window_of_another_office_pushed_is_recorded_at_home(subsidy: Harness) -> None:
    live(subsidy)
    pushed = claim(window=SUZHOU)
    assert handed_in(subsidy, pushed, caller=at_window(subsidy)) == ["subsidy.unknown_person"]
    assert handed_in(subsidy, pushed) == [CREATED]
    assert taken(subsidy, step("accept", "2026-02-27"), step("push", "2026-03-02")) == [CREATED] * 2
    assert listed(subsidy)["SQ-1"]["window"] == SUZHOU


def test_a_window_that_is_not_elsewhere_or_not_the_callers_is_refused(subsidy: Harness) -> None:
    live(subsidy)
    subsidy.feed("registry", [registered(2)])
    at_home_here = claim(2, window=WINDOW)
    assert handed_in(subsidy, at_home_here, caller=at_window(subsidy)) == ["subsidy.window_at_home"]
    assert handed_in(subsidy, away(), caller=at_window(subsidy, OTHER_TOWNSHIP)) == ["access.region"]
    assert handed_in(subsidy, claim(window="000000000000")) == ["region.malformed"]
    assert handed_in(subsidy, claim(), caller=at_window(subsidy)) == ["subsidy.unknown_person"]


@pytest.mark.parametrize(
    ("changes", "applied_on", "outcome"),
    [
        ({"window": SUZHOU}, "2021-04-21", "subsidy.not_at_any_window"),
        ({"window": SUZHOU}, "2021-04-22", CREATED),
        ({"channel": "online"}, "2022-05-14", "subsidy.not_online"),
        ({"channel": "online"}, "2022-05-15", CREATED),
        (
            {"window": SUZHOU, "scheme": "fuel", "variant": "vehicle"},
            "2026-02-26",
            "subsidy.not_at_any_window",
        ),
        ({"channel": "online", "scheme": "fuel", "variant": "vehicle"}, "2026-02-26", "subsidy.not_online"),
        ({"applicant": "committee"}, "2026-02-26", CREATED),
        ({"applicant": "neighbour"}, "2026-02-26", "record.invalid"),
    ],
)
def test_the_two_subsidies_are_taken_anywhere_and_online_from_their_days_on(
    subsidy: Harness, changes: dict[str, Any], applied_on: str, outcome: str
) -> None:
    live(subsidy)
    assert handed_in(subsidy, claim(applied_on=applied_on, **changes)) == [outcome]


def test_a_township_checks_and_the_county_reviews_and_decides(subsidy: Harness) -> None:
    live(subsidy)
    handed_in(subsidy)
    village, street = at_home(subsidy, HOME), at_home(subsidy, STREET)
    accept, check, review = examined()
    assert taken(subsidy, accept, check, caller=village) == [CREATED, NOT_YOURS]
    assert taken(subsidy, check, review, caller=street) == [CREATED, NOT_YOURS]
    assert taken(subsidy, review) == [CREATED]
    approve = step("approve", "2026-03-09")
    assert decided(subsidy, approve, caller=decider(subsidy, STREET)) == [NOT_YOURS]
    assert decided(subsidy, approve) == [CREATED]


def test_where_the_township_decides_the_county_does_not_review(subsidy: Harness) -> None:
    """Fujian."""
    village, street = "350102001001", "350102001000"
    subsidy.feed(
        "registry",
        [
            household(1, "dibao", region=village),
            registered(1, region=village, household_id=identifier(1)),
            factories.certified(1, region=village),
        ],
    )
    clerk = at_home(subsidy, street)
    assert handed_in(subsidy, caller=clerk) == [CREATED]
    assert taken(subsidy, *examined(ending="check"), caller=clerk) == [CREATED] * 2
    county = at_home(subsidy, "350102000000")
    assert taken(subsidy, step("review", "2026-03-06"), caller=county) == ["subsidy.no_review"]
    refuse = step("refuse", "2026-03-09", reason="condition_not_met")
    assert decided(subsidy, refuse, caller=decider(subsidy, street)) == [CREATED]


def test_others_neither_see_nor_touch_a_claim(subsidy: Harness) -> None:
    live(subsidy)
    there, other = at_window(subsidy), at_window(subsidy, OTHER_TOWNSHIP)
    handed_in(subsidy, away(), caller=there)
    claim_id = listed(subsidy, there)["SQ-1"]["claim_id"]

    assert listed(subsidy, other) == listed(subsidy, other, person_id=identifier(1)) == {}
    for asked in (claim_id, "f" * 32):
        with pytest.raises(Refused, match=r"subsidy\.unknown_claim"):
            subsidy.call("show_claim", {"claim_id": asked}, other)
    assert subsidy.call("show_claim_lights", {"day": "2026-03-02"}, other)["lights"] == []
    steps = [step("accept", "2026-02-27"), step("accept", "2026-02-27", 9)]
    assert taken(subsidy, *steps, caller=other) == [UNKNOWN] * 2
    decisions = [step("approve", "2026-02-27"), step("approve", "2026-02-27", 9)]
    assert decided(subsidy, *decisions, caller=decider(subsidy, OTHER_TOWNSHIP)) == [UNKNOWN] * 2
    # Not even that a number is taken.
    assert handed_in(subsidy, claim(), caller=other) == ["subsidy.unknown_person"]


@pytest.mark.system("SUB-02")
def test_each_clock_that_runs_out_is_told_once_with_the_desk_whose_turn_it_was(subsidy: Harness) -> None:
    live(subsidy)
    there = at_window(subsidy)
    handed_in(subsidy, away(), caller=there)
    look(subsidy, "2027-01-05")
    look(subsidy, "2027-01-06")
    taken(subsidy, step("accept", "2026-03-03"), step("push", "2026-03-04"), caller=there)
    taken(subsidy, step("check", "2026-03-16"), step("review", "2026-03-18"))
    decided(subsidy, step("approve", "2026-03-20"))
    taken(subsidy, step("post", "2026-03-23"))
    decided(subsidy, step("award", "2026-04-01", ref="early"), step("award", "2026-04-16"))
    taken(subsidy, step("tell", "2026-04-30"), caller=there)
    look(subsidy, "2027-01-07")

    told = [(each.clock, each.overdue_on, each.desk) for each in events(subsidy, messages.ClaimOverdue)]
    assert told == [
        ("acceptance", date(2026, 3, 3), WINDOW),
        ("decision", date(2026, 3, 19), HOME),
        ("closing", date(2026, 4, 8), HOME),
        ("telling", date(2026, 4, 22), WINDOW),
    ]
    assert [each.late for each in events(subsidy, messages.ClaimApproved)] == [True]
    assert len(subsidy.rows(claim_overdue)) == 4


def test_clocks_are_told_part_by_part_and_not_on_the_day_of_recording(
    subsidy: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claim_clocks, "CLAIMS_PER_STEP", 1)
    live(subsidy, 1, 2)
    with time_machine.travel(datetime(2026, 5, 6, 4, tzinfo=UTC), tick=False):
        # A caller of that day: tokens are made on the day on which they are used.
        clerk = subsidy.caller("clerk", subject="in May", region=DISTRICT)
        assert handed_in(subsidy, claim(1), claim(2), caller=clerk) == [CREATED] * 2
        assert taken(subsidy, step("accept", "2026-02-27", 2), caller=clerk) == [CREATED]
    look(subsidy, "2026-05-06")
    assert events(subsidy, messages.ClaimOverdue) == []
    look(subsidy, "2026-05-07")
    told = events(subsidy, messages.ClaimOverdue)
    assert [each.clock for each in told] == ["acceptance", "decision"]


def test_lights_turn_yellow_two_working_days_before_the_last_and_red_after_it(subsidy: Harness) -> None:
    live(subsidy, 1, 2)
    handed_in(subsidy, claim(1), claim(2, applied_on="2026-03-02"))

    def lights(day: str) -> list[tuple[int, int, int]]:
        found = subsidy.call("show_claim_lights", {"day": day}, at_home(subsidy))["lights"]
        assert {(each["desk"], each["clock"]) for each in found} == {(HOME, "acceptance")}
        return [(each["running"], each["yellow"], each["red"]) for each in found]

    # The last days are 2 and 5 March; Saturday 28 February is worked.
    assert lights("2026-02-26") == [(2, 0, 0)]
    assert lights("2026-02-27") == [(2, 1, 0)]
    assert lights("2026-03-03") == [(2, 1, 1)]
    assert lights("2026-03-06") == [(2, 0, 2)]
    assert list(listed(subsidy, due_before="2026-03-05")) == ["SQ-1"]


def test_claims_are_listed_page_by_page_and_by_what_is_asked(subsidy: Harness) -> None:
    live(subsidy, 1, 2, 3)
    handed_in(subsidy, claim(1), claim(2), claim(3, scheme="nursing", variant="grade_2"))
    taken(subsidy, step("accept", "2026-02-27", 2))
    home = at_home(subsidy)
    first = subsidy.call("list_claims", {"limit": 2}, home)
    second = subsidy.call("list_claims", {"limit": 2, "after": first["after"]}, home)
    assert [each["ref"] for each in first["claims"] + second["claims"]] == ["SQ-1", "SQ-2", "SQ-3"]
    assert second["after"] is None
    assert list(listed(subsidy, states=["arrived"])) == ["SQ-2"]
    assert list(listed(subsidy, scheme="nursing")) == ["SQ-3"]
    assert list(listed(subsidy, person_id=identifier(1))) == ["SQ-1"]
    assert list(listed(subsidy, desk=STREET)) == ["SQ-1", "SQ-2", "SQ-3"]
    assert listed(subsidy, desk=COUNTY) == {}
    assert list(listed(subsidy, at_home(subsidy, DISTRICT))) == ["SQ-1", "SQ-2", "SQ-3"]
