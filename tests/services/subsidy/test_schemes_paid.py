"""Schemes of the offices that published them, from the grant to the payment."""

from pathlib import Path
from typing import Any

import pytest

from contracts import subsidy as messages
from kernel.rulebook import RuleBook
from services.subsidy.domain import schemes
from tests.services.subsidy import factories
from tests.services.subsidy.steps import codes, events, pay
from tests.support.platform import Harness
from tests.support.registry_events import household, identifier, registered

RULES = Path(schemes.__file__).parents[1] / "rules"


def under_rules_of(subsidy: Harness, office: str) -> None:
    """Let the service apply another office's rules to its own people: one in hardship, born in 1947."""
    subsidy.runtime.rules = RuleBook.load(RULES, office)
    subsidy.feed(
        "registry",
        [
            household(1, "hardship"),
            registered(1, household_id=identifier(1), birth_month="1947-05"),
            factories.certified(1),
        ],
    )


@pytest.mark.parametrize(
    ("office", "award", "amount"),
    [
        pytest.param(
            "330109",
            {"scheme": "allowance", "variant": "holder"},
            "453.00",
            marks=pytest.mark.system("SUB-03"),
        ),
        pytest.param(
            "330109",
            {"scheme": "pension_premium", "variant": "flexible_employment", "cost": "6000.00"},
            "5259.00",
            marks=pytest.mark.system("SUB-04"),
        ),
        pytest.param(
            "320582",
            {"scheme": "pension_early", "variant": "men", "period": "2024-06"},
            "80.00",
            marks=pytest.mark.system("SUB-04"),
        ),
        pytest.param(
            "320500",
            {"scheme": "medical_premium", "variant": "outpatient"},
            "200.00",
            marks=pytest.mark.system("SUB-05"),
        ),
        pytest.param(
            "330109",
            {"scheme": "hardship_visit", "variant": "summer", "period": "2024-06-03", "cost": "500.00"},
            "500.00",
            marks=pytest.mark.system("SUB-09"),
        ),
    ],
)
def test_what_an_office_published_is_granted_and_paid(
    subsidy: Harness, office: str, award: dict[str, Any], amount: str
) -> None:
    under_rules_of(subsidy, office)
    assert codes(subsidy.bulk("grant_awards", [factories.award(1, **award)])) == ["created"]

    run = pay(subsidy, award["scheme"], period=award.get("period", "2024"))

    assert (run["state"], run["lines"], run["amount"]) == ("paid", 1, amount)
    [payment] = events(subsidy, messages.PaymentMade)
    assert (payment.scheme, payment.variant, payment.amount) == (award["scheme"], award["variant"], amount)


@pytest.mark.system("SUB-08")
def test_a_home_is_repaired_once_and_never_again(subsidy: Harness) -> None:
    under_rules_of(subsidy, "330109")
    repair = {"scheme": "housing", "variant": "repair"}
    seen = {"person_id": identifier(1), "scheme": "housing", "seen_on": "2024-05-06"}
    proofs = [seen | {"ref": "D-1", "fact": "danger_grade", "value": "C"}]
    proofs += [seen | {"ref": "D-2", "fact": "works_accepted"}]
    assert codes(subsidy.bulk("record_proofs", proofs)) == ["created", "created"]
    first = factories.award(1, **repair)
    again = factories.award(1, ref="WF-2", period="2026", granted_on="2026-02-03", **repair)

    outcomes = subsidy.bulk("grant_awards", [first]) + subsidy.bulk("grant_awards", [again, first])

    assert codes(outcomes) == ["created", "subsidy.already_granted", "unchanged"]


def test_a_cost_is_part_of_what_the_number_of_an_award_names(subsidy: Harness) -> None:
    under_rules_of(subsidy, "330109")
    premium = {"scheme": "pension_premium", "variant": "flexible_employment"}

    outcomes = subsidy.bulk(
        "grant_awards", [factories.award(1, cost=cost, **premium) for cost in ("400.00", "400.00", "401.00")]
    )

    assert codes(outcomes) == ["created", "unchanged", "subsidy.ref_reused"]
