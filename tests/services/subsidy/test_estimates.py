"""What a rate would cost before it is issued."""

from typing import Any

import pytest

from chassis.rpc import Refused
from services.subsidy import tables
from services.subsidy.fund_tables import fund_allotments
from tests.services.subsidy import factories
from tests.services.subsidy.monthly import DISTRICT, clerk, grant, live, living, stop
from tests.support.platform import Harness


def estimate(subsidy: Harness, caller: str | None = None, **changes: Any) -> list[tuple[Any, ...]]:
    fields: dict[str, Any] = {
        "scheme": "living",
        "variant": "dibao",
        "region": DISTRICT,
        "rate": "250",
        "first": "2026-03",
        "periods": 1,
    }
    told = subsidy.call("estimate_rate", fields | changes, caller or clerk(subsidy))["periods"]
    return [(each["period"], each["awards"], each["amount"], each["new_amount"]) for each in told]


def two(subsidy: Harness) -> str:
    """Two awards from February 2026 on; the identifier of the first."""
    live(subsidy, 1)
    live(subsidy, 2)
    outcomes = subsidy.bulk("grant_awards", [living(1), living(2)], clerk(subsidy))
    first: str = outcomes[0]["id"]
    return first


def test_each_month_is_priced_by_the_old_and_the_new_rate(subsidy: Harness) -> None:
    stop(subsidy, two(subsidy), happened_on="2026-03-10")

    assert estimate(subsidy, periods=3) == [
        ("2026-03", 2, "434.00", "500.00"),
        ("2026-04", 1, "217.00", "250.00"),
        ("2026-05", 1, "217.00", "250.00"),
    ]
    assert estimate(subsidy, first="2026-01") == [("2026-01", 0, "0.00", "0.00")]
    assert subsidy.rows(tables.runs) == []


def test_the_new_rate_uses_up_the_superior_money_sooner(subsidy: Harness) -> None:
    two(subsidy)
    allotment = {"scheme": "living", "region": DISTRICT, "year": "2026", "amount": "900.00"}
    subsidy.bulk("record_fund_allotments", [factories.allotment(**allotment)], clerk(subsidy))
    fields = {"scheme": "living", "variant": "dibao", "region": DISTRICT, "rate": "250", "first": "2026-03"}

    told = subsidy.call("estimate_rate", fields | {"periods": 2}, clerk(subsidy))["periods"]

    assert told[0]["new_sources"] == [{"source": "superior", "amount": "500.00"}]
    assert told[1]["sources"] == [{"source": "superior", "amount": "434.00"}]
    assert told[1]["new_sources"] == [
        {"source": "superior", "amount": "400.00"},
        {"source": "county", "amount": "100.00"},
    ]
    assert [row.drawn_fen for row in subsidy.rows(fund_allotments)] == [0]


def test_yearly_schemes_are_priced_by_the_year(subsidy: Harness) -> None:
    subsidy.feed("registry", [factories.certified(1)])
    subsidy.bulk("grant_awards", [factories.award(1)])
    fields = {"scheme": "fuel", "variant": "vehicle", "region": "341524000000", "first": "2024", "periods": 2}

    told = estimate(subsidy, subsidy.clerk(), rate="300.50", **fields)

    assert told == [("2024", 1, "260.00", "300.50"), ("2025", 0, "0.00", "0.00")]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"region": "310000000000"}, "access.region"),
        ({"scheme": "lottery"}, "subsidy.unknown_scheme"),
        ({"variant": "hardship"}, "subsidy.unknown_variant"),
        ({"first": "2026"}, "subsidy.wrong_period"),
        ({"first": "2025-12"}, "rule.not_in_force"),
        ({"rate": "0"}, "subsidy.amount_not_positive"),
        ({"rate": "much"}, "request.invalid"),
    ],
)
def test_a_wrong_question_is_told(subsidy: Harness, changes: dict[str, str], code: str) -> None:
    live(subsidy)
    grant(subsidy, living())

    with pytest.raises(Refused) as refused:
        estimate(subsidy, **changes)

    assert refused.value.code == code
