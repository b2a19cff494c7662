"""Awards that go on from month to month: begun, paid each month, stopped, and never twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from chassis import clock
from chassis.rpc import Refused
from contracts import subsidy as messages
from services.subsidy import tables
from tests.services.subsidy import factories
from tests.services.subsidy.monthly import DISTRICT, grant, live, living, nursing, pay_month, stop
from tests.services.subsidy.own_rules import state
from tests.services.subsidy.steps import events, pay
from tests.support.platform import Harness
from tests.support.registry_events import flagged


def paid(subsidy: Harness) -> list[tuple[str, str, str]]:
    return [(each.scheme, each.period, each.amount) for each in events(subsidy, messages.PaymentMade)]


@pytest.mark.system("SUB-01")
@pytest.mark.system("SUB-02")
def test_both_subsidies_are_paid_from_the_month_of_hand_in_until_they_stop(subsidy: Harness) -> None:
    live(subsidy)
    assert grant(subsidy, living(), nursing()) == ["created", "created"]

    for month in ("2026-02", "2026-03"):
        for scheme in ("living", "nursing"):
            pay_month(subsidy, scheme, month)

    assert sorted(paid(subsidy)) == [
        ("living", "2026-02", "217.00"),
        ("living", "2026-03", "217.00"),
        ("nursing", "2026-02", "290.00"),
        ("nursing", "2026-03", "290.00"),
    ]  # 1 014 yuan together
    award_id = events(subsidy, messages.AwardGranted)[0].award_id
    assert stop(subsidy, award_id) == ["created"]
    [stopped] = events(subsidy, messages.AwardStopped)
    assert (stopped.scheme, stopped.reason, stopped.last_period) == ("living", "death", "2026-04")
    assert pay_month(subsidy, "living", "2026-04")["amount"] == "217.00"
    with pytest.raises(Exception, match="nothing_to_pay"):
        pay_month(subsidy, "living", "2026-05")
    assert pay_month(subsidy, "nursing", "2026-05")["amount"] == "290.00"


def test_a_month_paid_twice_pays_nothing_more(subsidy: Harness) -> None:
    live(subsidy)
    grant(subsidy, living())

    assert [pay_month(subsidy, "living", "2026-02")["amount"] for _ in range(2)] == ["217.00", "217.00"]
    assert len(paid(subsidy)) == 1


def test_a_person_has_one_open_award_of_a_scheme(subsidy: Harness) -> None:
    live(subsidy)

    assert grant(subsidy, living(), living()) == ["created", "unchanged"]
    later = living(ref="SH-1b", period="2026-05", granted_on="2026-05-20", applied_on="2026-05-03")
    assert grant(subsidy, later) == ["subsidy.already_granted"]
    stop(subsidy, events(subsidy, messages.AwardGranted)[0].award_id)
    assert grant(subsidy, later) == ["created"]
    assert pay_month(subsidy, "living", "2026-04")["amount"] == "217.00"
    assert pay_month(subsidy, "living", "2026-05")["amount"] == "217.00"


@pytest.mark.parametrize(
    ("month", "day", "admitted"), [("2026-04", "2026-03-01", True), ("2026-05", "2026-03-31", False)]
)
def test_a_month_is_not_paid_long_before_it_begins(
    subsidy: Harness, month: str, day: str, admitted: bool
) -> None:
    live(subsidy)
    assert grant(subsidy, living()) == ["created"]
    fields = factories.plan("living", region=DISTRICT, period=month, pay_on=day)

    if admitted:
        assert subsidy.call("plan_disbursement", fields, subsidy.maker(region=DISTRICT))["period"] == month
        return
    with pytest.raises(Refused, match=r"subsidy\.period_to_come"):
        subsidy.call("plan_disbursement", fields, subsidy.maker(region=DISTRICT))


def test_of_offices_granting_the_same_person_at_once_one_succeeds(subsidy: Harness) -> None:
    live(subsidy)
    start = Barrier(4)

    def one(number: int) -> list[str]:
        start.wait()
        month = f"2026-0{number + 2}"
        return grant(subsidy, living(ref=f"SH-{number}", period=month, granted_on="2026-06-20"))

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(outcome for told in pool.map(one, range(4)) for outcome in told)
    assert outcomes == ["created", *["subsidy.already_granted"] * 3]


def test_of_two_schemes_that_exclude_each_other_granted_at_once_one_succeeds(subsidy: Harness) -> None:
    state(subsidy, "text", living__overlap__nursing="excluded", nursing__overlap__living="excluded")
    numbers = range(1, 7)
    for number in numbers:
        live(subsidy, number)
    start = Barrier(2)

    def all_of(item: Callable[[int], dict[str, Any]]) -> list[str]:
        outcomes = []
        for number in numbers:
            start.wait()
            outcomes += grant(subsidy, item(number))
        return outcomes

    with ThreadPoolExecutor(2) as pool:
        told = list(zip(*pool.map(all_of, (living, nursing)), strict=True))
    assert [sorted(pair) for pair in told] == [["created", "subsidy.benefit_excludes"]] * 6


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"period": "2026-01"}, "subsidy.begins_too_early"),
        ({"applied_on": "2026-03-21"}, "subsidy.granted_before_application"),
        ({"applied_on": None}, "subsidy.begins_too_early"),
        ({"period": "2026"}, "subsidy.wrong_period"),
        ({"benefits": {"orphan_allowance": ""}}, "subsidy.benefit_excludes"),
        ({"benefits": {"welfare_living_allowance": "217.00"}}, "subsidy.higher_benefit_kept"),
        ({"benefits": {"welfare_living_allowance": "much"}}, "record.invalid"),
        ({"variant": "hardship"}, "subsidy.unknown_variant"),
    ],
)
def test_a_wrong_monthly_award_is_rejected(subsidy: Harness, changes: dict[str, Any], code: str) -> None:
    live(subsidy)

    assert grant(subsidy, living(**changes)) == [code]


def test_the_household_must_be_as_the_scheme_asks_on_the_day_of_the_grant(subsidy: Harness) -> None:
    live(subsidy, 1, "old_carer")
    assert grant(subsidy, living()) == ["subsidy.household_not_admitted"]

    subsidy.feed("registry", [flagged(1, "dibao", region=DISTRICT)])

    assert grant(subsidy, living()) == ["created"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "created"),
        ({"reason": "boredom"}, "subsidy.unknown_stop_reason"),
        ({"happened_on": "2009-12-31"}, "subsidy.unknown_scheme"),
    ],
)
def test_a_stop_needs_an_award_and_a_reason_of_the_rules(
    subsidy: Harness, changes: dict[str, Any], code: str
) -> None:
    live(subsidy)
    grant(subsidy, living())
    award_id = events(subsidy, messages.AwardGranted)[0].award_id

    assert stop(subsidy, award_id, **changes) == [code]
    assert stop(subsidy, "9" * 32, ref="TF-2", **changes) == ["subsidy.unknown_award"]


def test_the_rule_gives_the_last_month(subsidy: Harness) -> None:
    live(subsidy)
    grant(subsidy, living(), nursing())
    first, second = (each.award_id for each in events(subsidy, messages.AwardGranted))

    stop(subsidy, first, reason="certificate_expired", happened_on="2026-06-30")
    stop(subsidy, second, ref="TF-2", reason="matched", happened_on="2026-06-30")

    assert [each.last_period for each in events(subsidy, messages.AwardStopped)] == ["2026-06", "2026-05"]
    assert {row.last_period for row in subsidy.rows(tables.awards)} == {"2026-06", "2026-05"}


def test_a_stop_sent_again_changes_nothing_and_only_an_earlier_one_can_follow(subsidy: Harness) -> None:
    live(subsidy)
    grant(subsidy, living())
    award_id = events(subsidy, messages.AwardGranted)[0].award_id

    assert stop(subsidy, award_id) == ["created"]
    assert stop(subsidy, award_id) == ["unchanged"]
    assert stop(subsidy, award_id, happened_on="2026-04-11") == ["subsidy.ref_reused"]
    assert stop(subsidy, award_id, ref="TF-2", happened_on="2026-05-11") == ["subsidy.already_stopped"]
    assert stop(subsidy, award_id, ref="TF-3", happened_on="2026-03-11") == ["created"]
    assert len(subsidy.rows(tables.award_stops)) == 2


def test_an_award_stopped_before_its_first_month_is_never_paid(subsidy: Harness) -> None:
    live(subsidy)
    grant(subsidy, living())
    award_id = events(subsidy, messages.AwardGranted)[0].award_id

    assert stop(subsidy, award_id, happened_on="2026-01-31") == ["created"]

    with pytest.raises(Exception, match="nothing_to_pay"):
        pay_month(subsidy, "living", "2026-02")


def test_what_was_granted_wrongly_is_stopped_and_granted_anew_from_the_same_month(subsidy: Harness) -> None:
    live(subsidy)
    assert grant(subsidy, living(period="2026-03")) == ["created"]
    [wrong] = events(subsidy, messages.AwardGranted)
    anew = living(ref="SH-1b", period="2026-03", granted_on="2026-03-25")
    assert grant(subsidy, anew) == ["subsidy.already_granted"]

    assert stop(subsidy, wrong.award_id, reason="request", happened_on="2026-02-26") == ["created"]

    assert grant(subsidy, living(period="2026-03"), anew) == ["unchanged", "created"]
    earlier = living(ref="SH-1c", period="2026-02", granted_on="2026-03-25")
    assert grant(subsidy, earlier) == ["subsidy.already_granted"]
    assert pay_month(subsidy, "living", "2026-03")["amount"] == "217.00"


def test_the_bank_is_not_told_to_pay_on_a_day_that_is_over(subsidy: Harness) -> None:
    live(subsidy)
    grant(subsidy, living())
    before = clock.office_day(clock.now())

    pay_month(subsidy, "living", "2026-02")

    [told], [paid] = events(subsidy, messages.PaymentInstructed), events(subsidy, messages.PaymentMade)
    assert before <= told.pay_on == paid.paid_on <= clock.office_day(clock.now())


def test_no_award_is_stopped_on_a_day_to_come(subsidy: Harness) -> None:
    live(subsidy)
    grant(subsidy, living())
    award_id = events(subsidy, messages.AwardGranted)[0].award_id

    assert stop(subsidy, award_id, happened_on="2999-04-10") == ["subsidy.day_to_come"]

    assert stop(subsidy, award_id) == ["created"]


def test_what_lies_in_another_region_is_stopped_by_nobody_here(subsidy: Harness) -> None:
    live(subsidy)
    grant(subsidy, living())
    award_id = events(subsidy, messages.AwardGranted)[0].award_id
    item = {"ref": "TF-1", "award_id": award_id, "reason": "death", "happened_on": "2026-04-10"}

    [outcome] = subsidy.bulk("stop_awards", [item], subsidy.clerk())

    assert outcome["error"]["code"] == "subsidy.unknown_award"


def test_yearly_awards_end_by_themselves(subsidy: Harness) -> None:
    subsidy.feed("registry", [factories.certified(1)])
    [outcome] = subsidy.bulk("grant_awards", [factories.award(1)])
    item = {"ref": "TF-1", "award_id": outcome["id"], "reason": "death", "happened_on": "2024-08-10"}

    [stopped] = subsidy.bulk("stop_awards", [item])

    assert stopped["error"]["code"] == "subsidy.not_open_ended"


def test_a_later_year_of_a_yearly_scheme_is_not_paid_by_the_award_of_another(subsidy: Harness) -> None:
    subsidy.feed("registry", [factories.certified(1)])
    subsidy.bulk("grant_awards", [factories.award(1)])
    pay(subsidy, "fuel")

    with pytest.raises(Exception, match="nothing_to_pay"):
        pay(subsidy, "fuel", period="2025")


def test_a_relief_that_is_only_recorded_is_never_planned(subsidy: Harness) -> None:
    subsidy.feed("registry", [factories.certified(1)])
    relief = factories.award(1, scheme="tax_relief", variant="tax", cost="1234.56")
    [outcome] = subsidy.bulk("grant_awards", [relief])
    assert outcome["outcome"] == "created"

    with pytest.raises(Exception, match="recorded_only"):
        pay(subsidy, "tax_relief")
