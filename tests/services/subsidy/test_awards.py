"""Funds and awards: decided by the rules, once, and explained."""

import json
from typing import Any

import pytest

from chassis.rpc import Refused
from contracts import subsidy as messages
from services.subsidy import tables
from tests.services.subsidy import factories
from tests.services.subsidy.steps import codes, events
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_VILLAGE, TOWNSHIP, identifier


def test_a_placement_in_care_opens_one_award_for_its_year(subsidy: Harness) -> None:
    first, again = (
        factories.placed_in_care(1, "day"),
        factories.placed_in_care(1, "boarding", enrolment_id="f" * 32),
    )
    later = factories.placed_in_care(1, "home", enrolled_on="2025-01-02", enrolment_id="e" * 32)

    subsidy.feed("rehab", [first, again])
    subsidy.feed("rehab", [again, later])

    granted = events(subsidy, messages.AwardGranted)
    assert [(award.variant, award.period, award.granted_on) for award in granted] == [
        ("day", "2024", first.enrolled_on),
        ("home", "2025", later.enrolled_on),
    ]
    assert [json.loads(row.decision)[0]["rule"] for row in subsidy.rows(tables.awards)] == [
        "care.opened_by"
    ] * 2


def test_the_event_of_an_award_names_the_enrolment_as_its_cause(subsidy: Harness) -> None:
    [received] = subsidy.feed("rehab", [factories.placed_in_care(1)])

    assert [row.causation_id for row in subsidy.event_rows()] == [received.id]


def test_other_programmes_open_no_award(subsidy: Harness) -> None:
    subsidy.feed("rehab", [factories.placed_in_care(1, None, programme="psych_drug")])

    assert subsidy.events() == []
    assert subsidy.parked() == []


def test_a_placement_without_a_mode_is_parked_and_the_others_flow_on(subsidy: Harness) -> None:
    subsidy.feed("rehab", [factories.placed_in_care(1, None), factories.placed_in_care(2)])

    assert [row.reason for row in subsidy.parked()] == ["refused: subsidy.unknown_variant"]
    assert [award.person_id for award in events(subsidy, messages.AwardGranted)] == [identifier(2)]


def test_care_is_not_granted_by_the_office_itself(subsidy: Harness) -> None:
    subsidy.feed("registry", [factories.certified(1)])

    outcomes = subsidy.bulk("grant_awards", [factories.award(1, scheme="care", variant="home")])

    assert codes(outcomes) == ["subsidy.opened_by_enrolment"]


def test_the_same_awards_again_change_nothing_even_when_the_person_no_longer_qualifies(
    subsidy: Harness,
) -> None:
    subsidy.feed("registry", [factories.certified(1), factories.certified(2)])
    awards = [factories.award(1), factories.award(2)]
    first = subsidy.bulk("grant_awards", awards)
    subsidy.feed("registry", [factories.certified(1, category="mental")])

    again = subsidy.bulk("grant_awards", awards)

    assert [outcome["outcome"] for outcome in again] == ["unchanged", "unchanged"]
    assert [outcome["id"] for outcome in again] == [outcome["id"] for outcome in first]
    assert len(subsidy.events()) == 2


def test_a_person_is_granted_a_scheme_once_a_period(subsidy: Harness) -> None:
    subsidy.feed("registry", [factories.certified(1)])

    outcomes = subsidy.bulk(
        "grant_awards",
        [
            factories.award(1),
            factories.award(1, ref="A-1"),
            factories.award(1, ref="A-2", granted_on="2024-07-01"),
            factories.award(1, granted_on="2024-07-01"),
            factories.award(1, ref="A-3", period="2025"),
            factories.award(1, applied_on="2024-05-31"),
            factories.award(1, ref="A-4", cost="300.00"),
        ],
    )

    assert codes(outcomes) == [
        "created",
        "unchanged",
        "subsidy.already_granted",
        "subsidy.ref_reused",
        "created",
        "subsidy.ref_reused",
        "subsidy.already_granted",
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"scheme": "lottery"}, "subsidy.unknown_scheme"),
        ({"variant": "bicycle"}, "subsidy.unknown_variant"),
        ({"granted_on": "2999-06-03"}, "subsidy.day_to_come"),
        ({"period": "2024-05"}, "subsidy.wrong_period"),
        ({"period": "2009"}, "rule.not_in_force"),
        ({"person_id": "9" * 32}, "subsidy.unknown_person"),
        ({"granted_on": "2009-12-31"}, "subsidy.unknown_scheme"),
        ({"period": "next year"}, "record.invalid"),
    ],
)
def test_a_wrong_award_is_rejected_alone(subsidy: Harness, changes: dict[str, Any], code: str) -> None:
    subsidy.feed("registry", [factories.certified(1), factories.certified(2)])

    outcomes = subsidy.bulk("grant_awards", [factories.award(1) | changes, factories.award(2)])

    assert codes(outcomes) == [code, "created"]


def test_an_award_keeps_the_rules_that_admitted_it(subsidy: Harness) -> None:
    subsidy.feed("registry", [factories.certified(1)])
    subsidy.bulk("grant_awards", [factories.award(1)])

    [row] = subsidy.rows(tables.awards)

    trace = json.loads(row.decision)
    assert [rule["rule"] for rule in trace] == ["fuel.opened_by", "fuel.certificate", "fuel.categories"]
    assert trace[2]["value"] == "physical, multiple"
    assert "财建〔2010〕256号" in trace[2]["document"]


def test_a_person_outside_the_clerks_regions_is_as_unknown(subsidy: Harness) -> None:
    subsidy.feed("registry", [factories.certified(1), factories.certified(2, region=OTHER_VILLAGE)])
    clerk = subsidy.clerk(region=TOWNSHIP)

    outcomes = subsidy.bulk("grant_awards", [factories.award(1), factories.award(2)], clerk)

    assert codes(outcomes) == ["created", "subsidy.unknown_person"]


def test_what_somebody_elsewhere_is_granted_cannot_be_asked_for_by_granting_it(subsidy: Harness) -> None:
    subsidy.feed("registry", [factories.certified(1)])
    assert codes(subsidy.bulk("grant_awards", [factories.award(1)])) == ["created"]
    same, other, nobody = (
        factories.award(1),
        factories.award(1, ref="other", granted_on="2024-06-04"),
        factories.award(2),
    )

    outcomes = subsidy.bulk("grant_awards", [same, other, nobody], subsidy.clerk(region=OTHER_VILLAGE))

    assert codes(outcomes) == ["subsidy.unknown_person"] * 3


def test_allotments_are_kept_by_their_number(subsidy: Harness) -> None:
    first = subsidy.bulk("record_fund_allotments", [factories.allotment(), factories.allotment()])
    again = subsidy.bulk("record_fund_allotments", [factories.allotment()])
    other = subsidy.bulk("record_fund_allotments", [factories.allotment(amount="1.00")])

    assert codes(first + again + other) == ["created", "unchanged", "unchanged", "subsidy.ref_reused"]
    assert [event.amount for event in events(subsidy, messages.FundAllotted)] == ["133500.00"]


def withdrawal(**changes: Any) -> dict[str, Any]:
    """An item of `withdraw_fund_allotments`."""
    item = {"ref": "w-1", "allotment_ref": factories.allotment()["ref"], "amount": "100000.00"}
    return item | {"document": "多录一个零", "withdrawn_on": "2024-03-01"} | changes


def test_an_allotment_entered_wrongly_is_taken_back_by_an_entry_of_its_own(subsidy: Harness) -> None:
    subsidy.bulk("record_fund_allotments", [factories.allotment()])

    first = subsidy.bulk("withdraw_fund_allotments", [withdrawal(), withdrawal()])
    again = subsidy.bulk("withdraw_fund_allotments", [withdrawal()])
    other = subsidy.bulk("withdraw_fund_allotments", [withdrawal(amount="1.00")])

    assert codes(first + again + other) == ["created", "unchanged", "unchanged", "subsidy.ref_reused"]
    assert [event.amount for event in events(subsidy, messages.FundWithdrawn)] == ["100000.00"]
    [source] = subsidy.call("spending_progress", {"year": "2024"}, subsidy.auditor())["sources"]
    assert (source["allotted"], source["left"]) == ("33500.00", "33500.00")
    balances = subsidy.call("trial_balance", {}, subsidy.auditor())["accounts"]
    assert {(each["debit"], each["credit"]) for each in balances} == {
        ("133500.00", "100000.00"),
        ("100000.00", "133500.00"),
    }


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": "0.00"}, "subsidy.amount_not_positive"),
        ({"amount": "133500.01"}, "subsidy.allotment_drawn"),
        ({"allotment_ref": "nobody"}, "subsidy.unknown_allotment"),
    ],
)
def test_a_wrong_withdrawal_is_rejected(subsidy: Harness, changes: dict[str, Any], code: str) -> None:
    subsidy.bulk("record_fund_allotments", [factories.allotment()])

    assert codes(subsidy.bulk("withdraw_fund_allotments", [withdrawal(**changes)])) == [code]


def test_an_allotment_elsewhere_answers_as_one_that_does_not_exist(subsidy: Harness) -> None:
    subsidy.bulk("record_fund_allotments", [factories.allotment()])
    elsewhere = subsidy.clerk(region="360121000000")

    assert codes(subsidy.bulk("withdraw_fund_allotments", [withdrawal()], elsewhere)) == [
        "subsidy.unknown_allotment"
    ]


def test_two_withdrawals_of_one_command_cannot_take_more_than_there_is(subsidy: Harness) -> None:
    subsidy.bulk("record_fund_allotments", [factories.allotment()])

    outcomes = subsidy.bulk("withdraw_fund_allotments", [withdrawal(), withdrawal(ref="w-2")])

    assert codes(outcomes) == ["created", "subsidy.allotment_drawn"]


def test_what_a_run_has_drawn_is_not_taken_back(subsidy: Harness) -> None:
    subsidy.bulk("record_fund_allotments", [factories.allotment(scheme="fuel", amount="300.00")])
    subsidy.feed("registry", [factories.certified(1)])
    subsidy.bulk("grant_awards", [factories.award(1)])
    subsidy.call("plan_disbursement", factories.plan("fuel"), subsidy.maker())
    subsidy.run_jobs()

    outcomes = subsidy.bulk("withdraw_fund_allotments", [withdrawal(amount="40.01")])
    rest = subsidy.bulk("withdraw_fund_allotments", [withdrawal(amount="40.00")])

    assert codes(outcomes + rest) == ["subsidy.allotment_drawn", "created"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": "0.00"}, "subsidy.amount_not_positive"),
        ({"amount": "-5.00"}, "subsidy.amount_not_positive"),
        ({"year": "2024-05"}, "subsidy.wrong_period"),
        ({"scheme": "lottery"}, "subsidy.unknown_scheme"),
        ({"region": "360121000000"}, "access.region"),
        ({"source": "lottery"}, "record.invalid"),
    ],
)
def test_a_wrong_allotment_is_rejected(subsidy: Harness, changes: dict[str, Any], code: str) -> None:
    assert codes(subsidy.bulk("record_fund_allotments", [factories.allotment(**changes)])) == [code]


def test_only_a_clerk_grants(subsidy: Harness) -> None:
    with pytest.raises(Refused) as refused:
        subsidy.bulk("grant_awards", [factories.award(1)], subsidy.maker())

    assert refused.value.code == "access.role"
