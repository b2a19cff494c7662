"""Who was registered twice is granted and paid once, by whichever record."""

from typing import Any

import pytest

from chassis.rpc import Refused
from contracts import subsidy as messages
from services.subsidy import tables
from tests.services.registry.factories import results
from tests.services.subsidy import factories
from tests.services.subsidy.steps import events, find, freeze, pay
from tests.support.platform import Harness
from tests.support.registry_events import (
    OTHER_VILLAGE,
    TOWNSHIP,
    cancelled,
    identifier,
    merged,
    registered,
    unmerged,
)

CREATED, UNCHANGED = ("created", None), ("unchanged", None)


def granted(subsidy: Harness, *items: dict[str, Any]) -> list[Any]:
    return results(subsidy.bulk("grant_awards", items))


def known(subsidy: Harness, *numbers: int, **changes: Any) -> None:
    for number in numbers:
        subsidy.feed("registry", [registered(number, **changes), factories.certified(number, **changes)])


def test_the_merged_person_is_not_granted_a_second_time(subsidy: Harness) -> None:
    known(subsidy, 1, 2)
    assert granted(subsidy, factories.award(1)) == [CREATED]
    subsidy.feed("registry", [cancelled(1), merged(1, 2)])
    assert granted(subsidy, factories.award(2)) == [UNCHANGED]
    other_day = factories.award(2, ref="other", granted_on="2024-06-04")
    assert granted(subsidy, other_day) == [("subsidy.already_granted", None)]
    # The same file again, by either name, and another year for the one who is left.
    assert granted(subsidy, factories.award(1)) == [UNCHANGED]
    assert granted(subsidy, factories.award(1, ref="later", period="2025")) == [CREATED]
    assert [award.person_id for award in events(subsidy, messages.AwardGranted)] == [
        identifier(1),
        identifier(2),
    ]


def test_an_enrolment_of_either_record_opens_one_award(subsidy: Harness) -> None:
    subsidy.feed("registry", [registered(1), registered(2), merged(1, 2)])
    subsidy.feed("rehab", [factories.placed_in_care(1), factories.placed_in_care(2)])
    subsidy.feed("rehab", [factories.placed_in_care(1, enrolment_id="d" * 32)])
    assert [award.person_id for award in events(subsidy, messages.AwardGranted)] == [identifier(2)]


def test_of_awards_that_both_records_had_before_one_is_paid(subsidy: Harness) -> None:
    known(subsidy, 1, 2, 3)
    assert granted(subsidy, *(factories.award(number) for number in (1, 2, 3))) == [CREATED] * 3
    subsidy.feed("registry", [cancelled(1), merged(1, 2)])
    run = pay(subsidy, "fuel")
    assert (run["lines"], run["amount"]) == (2, "520.00")
    paid = {payment.person_id for payment in events(subsidy, messages.PaymentMade)}
    assert paid == {identifier(1), identifier(3)}
    again = freeze(subsidy, "fuel")
    assert again["run_id"] == run["run_id"], "there is nothing left to pay"


def test_a_payment_of_either_record_excludes_one_of_the_other_until_they_are_two_again(
    subsidy: Harness,
) -> None:
    known(subsidy, 1)
    known(subsidy, 2, region=OTHER_VILLAGE)
    assert granted(subsidy, factories.award(2)) == [CREATED]
    # The one who is kept is paid for an award that was granted later.
    assert granted(subsidy, factories.award(1)) == [CREATED]
    pay(subsidy, "fuel", region=TOWNSHIP)
    subsidy.feed("registry", [cancelled(2), merged(2, 1)])
    before = subsidy.rows(tables.payments)
    assert find(subsidy, freeze(subsidy, "fuel", region=TOWNSHIP)["run_id"])["lines"] == 1
    assert "nothing_to_pay" in refused(subsidy)
    subsidy.feed("registry", [unmerged(2, 1)])
    run = pay(subsidy, "fuel")
    assert (run["lines"], run["state"]) == (1, "paid")
    assert len(subsidy.rows(tables.payments)) == len(before) + 1
    assert {row.person_id for row in subsidy.rows(tables.payments)} == {identifier(1), identifier(2)}


def refused(subsidy: Harness) -> str:
    with pytest.raises(Refused) as refusal:
        subsidy.call("plan_disbursement", factories.plan("fuel"), subsidy.maker())
    return str(refusal.value)


def test_of_three_records_of_one_person_one_is_paid(subsidy: Harness) -> None:
    known(subsidy, 1, 2, 3)
    assert granted(subsidy, *(factories.award(number) for number in (1, 2))) == [CREATED] * 2
    subsidy.feed("registry", [cancelled(1), cancelled(2), merged(1, 3), merged(2, 3)])
    assert pay(subsidy, "fuel")["lines"] == 1
    assert [payment.person_id for payment in events(subsidy, messages.PaymentMade)] == [identifier(1)]
