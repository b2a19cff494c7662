"""Rules of a made-up scheme, each with a default that a test may replace."""

from datetime import date

from kernel.rule_values import RuleValue
from kernel.rulebook import RuleBook
from services.subsidy.domain.schemes import Scheme

DAY = date(2024, 6, 3)


def rule(key: str, value: str | tuple[str, ...], unit: str) -> RuleValue:
    return RuleValue(f"visit.{key}", value, unit, date(2020, 1, 1), date(2020, 1, 1), "慰问办法", title=key)


def scheme(**rules: tuple[str | tuple[str, ...], str]) -> Scheme:
    """A scheme called visit. Each rule is named by its key with two underscores for a dot."""
    stated = {
        "variants": (("spring", "summer"), "texts"),
        "cadence": ("year", "text"),
        "opened_by": ("office", "text"),
        "formula": ("fixed", "text"),
    } | rules
    values = [rule(name.replace("__", "."), *told) for name, told in stated.items()]
    return Scheme.of(RuleBook({value.key: (value,) for value in values}).at(DAY), "visit")
