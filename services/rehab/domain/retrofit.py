"""Whose home may be retrofitted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from kernel.errors import Refusal
from kernel.rulebook import RuleView
from services.rehab.domain.people import Certificate


@dataclass(frozen=True, slots=True)
class Household:
    """A household as the registry's events told of it, with the certificates of its members."""

    id: str
    region: str
    flags: frozenset[str]
    certificates: tuple[Certificate, ...]


@dataclass(frozen=True, slots=True)
class RetrofitRule:
    """The conditions of one kind of retrofit on one day.

    flags: the household must bear at least one of these; empty asks for none.
    severe_member: a member must hold a valid certificate of grade 1 or 2.
    """

    kind: str
    flags: Collection[str]
    severe_member: bool

    @classmethod
    def on(cls, rules: RuleView, kind: str) -> "RetrofitRule":
        """Read retrofit.<kind>.* . Raises NotFound("rule.not_in_force") when a rule is missing that day."""
        name = f"retrofit.{kind}."
        return cls(kind, rules[f"{name}flags"].texts, rules[f"{name}severe_member"].switch)

    def check(self, household: Household, day: date) -> None:
        """Raises Refusal "rehab.household_flags" or "rehab.severe_member"."""
        if self.flags and household.flags.isdisjoint(self.flags):
            raise Refusal(
                "rehab.household_flags",
                f"A {self.kind} retrofit is for households in hardship: the registry must have marked this "
                f"one with {' or '.join(self.flags)}.",
                field="household_id",
            )
        if self.severe_member and not any(held.severe_on(day) for held in household.certificates):
            raise Refusal(
                "rehab.severe_member",
                f"A {self.kind} retrofit is for homes of severely disabled persons: no member of this "
                "household holds a certificate of grade 1 or 2 valid on the day of acceptance.",
                field="household_id",
            )
