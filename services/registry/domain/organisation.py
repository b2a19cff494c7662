"""Organisations of disabled persons (残联、残疾人协会): where each kind stands, and their money."""

from datetime import date

from kernel.errors import Invalid
from kernel.ladder import Ladder, Standing
from kernel.regions import RegionCode
from kernel.rulebook import RuleView
from kernel.steps import Step
from services.registry.domain.correction import check_amount
from services.registry.domain.record import check_listed

STEPS = Ladder[Standing](
    "registry.organisation",
    {
        "qualify": (Step(("established",)), "qualified"),
        "disqualify": (Step(("qualified",)), "established"),
        "dissolve": (Step(("established", "qualified")), "dissolved"),
    },
)


def established(kind: str, region: str, established_on: date) -> Standing:
    """A new organisation. Raises Invalid("registry.organisation_level")."""
    if (RegionCode(region).level == "village") != (kind == "village_association"):
        raise Invalid(
            "registry.organisation_level",
            "A village association belongs to a village or community, any other organisation to a division "
            "above it; check kind and region.",
            field="region",
        )
    return Standing("established", established_on)


def check_after(founded_on: date, day: date, field: str) -> None:
    """Refuse what an organisation did before it was set up.

    Raises Invalid("registry.before_establishment") naming the field with the day.
    """
    if day < founded_on:
        raise Invalid(
            "registry.before_establishment",
            f"The organisation was set up on {founded_on}; check the day.",
            field=field,
        )


def check_activity(kind: str, participants: int, volunteers: int, rules: RuleView) -> None:
    """Raises what check_listed raises, Invalid("registry.volunteers_exceed") for more than took part."""
    check_listed(rules, "organisation.activity_kinds", kind, "kind")
    if volunteers > participants:
        raise Invalid(
            "registry.volunteers_exceed",
            "More served as volunteers than took part; count the volunteers among the participants.",
            field="volunteers",
        )


def check_funds(amount: int, purpose: str, rules: RuleView) -> None:
    """An amount in fen. Raises what check_listed and check_amount raise."""
    check_listed(rules, "organisation.fund_purposes", purpose, "purpose")
    check_amount(amount, "amount")
