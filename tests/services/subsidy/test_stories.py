"""Three systems of the field, from the first record to the last payment."""

from typing import Any

import pytest

from contracts import subsidy as messages
from tests.services.subsidy import factories
from tests.services.subsidy.steps import balances, events, pay
from tests.support import registry_events
from tests.support.platform import Harness


def sum_by_variant(payments: list[messages.PaymentMade]) -> dict[str, int]:
    count: dict[str, int] = {}
    for payment in payments:
        count[payment.variant] = count.get(payment.variant, 0) + 1
    return count


@pytest.mark.system("SUB-12")
def test_jinzhai_pays_89_persons_in_care_out_of_two_sources_to_the_fen(subsidy: Harness) -> None:
    modes = ["boarding"] * 2 + ["day"] * 5 + ["home"] * 82
    subsidy.bulk(
        "record_fund_allotments",
        [
            factories.allotment(),
            factories.allotment(
                ref="金财社2024-3", source="county", amount="74500.00", document="县级政府配套"
            ),
        ],
    )
    subsidy.feed("rehab", [factories.placed_in_care(n, mode) for n, mode in enumerate(modes)])

    run = pay(subsidy, "care")

    assert (run["state"], run["lines"], run["paid_lines"]) == ("paid", 89, 89)
    assert run["amount"] == "208000.00"
    assert run["sources"] == [
        {"source": "superior", "amount": "133500.00"},
        {"source": "county", "amount": "74500.00"},
    ]
    payments = events(subsidy, messages.PaymentMade)
    assert sum_by_variant(payments) == {"boarding": 2, "day": 5, "home": 82}
    assert {payment.paid_on for payment in payments} == {factories.PAY_DAY}
    assert balances(subsidy) == {
        "allotted:county:care": ("0.00", "74500.00"),
        "allotted:superior:care": ("0.00", "133500.00"),
        "expense:care": ("208000.00", "0.00"),
        "funds:county:care": ("74500.00", "74500.00"),
        "funds:superior:care": ("133500.00", "133500.00"),
        "payable:county:care": ("74500.00", "74500.00"),
        "payable:superior:care": ("133500.00", "133500.00"),
        "transit:county:care": ("74500.00", "74500.00"),
        "transit:superior:care": ("133500.00", "133500.00"),
    }


@pytest.mark.system("SUB-12")
def test_the_line_in_which_the_superior_money_ends_is_borne_by_both(subsidy: Harness) -> None:
    subsidy.bulk("record_fund_allotments", [factories.allotment(amount="2500.01")])
    subsidy.feed("rehab", [factories.placed_in_care(n) for n in range(3)])

    pay(subsidy, "care")

    parts = [
        {share.source: share.amount for share in payment.sources}
        for payment in events(subsidy, messages.PaymentMade)
    ]
    assert parts == [
        {"superior": "2000.00"},
        {"superior": "500.01", "county": "1499.99"},
        {"county": "2000.00"},
    ]


@pytest.mark.system("SUB-06")
def test_143_holders_of_a_vehicle_get_260_yuan_each(subsidy: Harness) -> None:
    subsidy.feed("registry", [factories.certified(n) for n in range(143)])
    outcomes = subsidy.bulk("grant_awards", [factories.award(n) for n in range(143)])
    assert {outcome["outcome"] for outcome in outcomes} == {"created"}

    run = pay(subsidy, "fuel")

    assert (run["lines"], run["amount"]) == (143, "37180.00")
    assert run["sources"] == [{"source": "county", "amount": "37180.00"}]
    assert len({payment.person_id for payment in events(subsidy, messages.PaymentMade)}) == 143


@pytest.mark.system("SUB-06")
@pytest.mark.parametrize(
    ("event", "code"),
    [
        (registry_events.registered(1), "subsidy.certificate_required"),
        (factories.certified(1, category="intellectual"), "subsidy.category_not_admitted"),
        (factories.certified(1, expires_on="2024-06-02"), "subsidy.certificate_expired"),
    ],
)
def test_fuel_is_for_holders_with_a_physical_disability(subsidy: Harness, event: Any, code: str) -> None:
    subsidy.feed("registry", [event])

    [outcome] = subsidy.bulk("grant_awards", [factories.award(1)])

    assert (outcome["outcome"], outcome["error"]["code"]) == ("rejected", code)
    assert subsidy.events() == []


@pytest.mark.system("SUB-07")
def test_31_students_of_higher_and_44_of_secondary_vocational_education_are_aided(subsidy: Harness) -> None:
    stages = ["higher"] * 31 + ["secondary_vocational"] * 44
    subsidy.feed("registry", [factories.certified(n, category="hearing") for n in range(75)])
    aid = [
        factories.award(n, scheme="student_aid", variant=stage, ref=f"2024-ZX-{n}")
        for n, stage in enumerate(stages)
    ]
    subsidy.bulk("grant_awards", aid)

    run = pay(subsidy, "student_aid")

    assert sum_by_variant(events(subsidy, messages.PaymentMade)) == {"higher": 31, "secondary_vocational": 44}
    assert (run["state"], run["paid_lines"]) == ("paid", 75)


@pytest.mark.system("SUB-07")
def test_student_aid_is_for_holders_of_a_certificate(subsidy: Harness) -> None:
    subsidy.feed("registry", [registry_events.registered(1)])

    [outcome] = subsidy.bulk("grant_awards", [factories.award(1, scheme="student_aid", variant="higher")])

    assert outcome["error"]["code"] == "subsidy.certificate_required"
