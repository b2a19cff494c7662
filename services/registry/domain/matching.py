"""Checks of a match with other departments' lists: whom each is about, and who is not as it expects.

What each check asks for are rules (match.check.<name>.…), so that an office adds checks without code.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Self

from kernel.errors import Invalid
from kernel.rulebook import RuleView


@dataclass(frozen=True, slots=True)
class Subject:
    """A certified person as a check sees them. flags: that the household has.
    needs: as a survey recorded.
    """

    birth_date: date
    category: str
    grade: int
    flags: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Check:
    """One check by the rules of a day. Conditions that are empty or None ask for nothing.

    among: kinds of list that the person stands on, all of them. against: the kind of list that decides; None:
    everybody whom the check is about is to be verified. expected: whether they should stand on it.
    flags, needs: at least one of them. ages: completed years, both included. proposes: what may follow.
    """

    name: str
    among: frozenset[str]
    against: str | None
    expected: bool
    proposes: str
    categories: frozenset[str]
    grades: frozenset[str]
    flags: frozenset[str]
    needs: frozenset[str]
    min_age: int | None
    max_age: int | None

    @classmethod
    def of(cls, rules: RuleView, name: str) -> Self:
        """Raises Invalid("registry.unknown_match_check")."""
        if name not in rules["match.checks"].texts:
            raise Invalid(
                "registry.unknown_match_check",
                "The rules know no such check on that day; choose some that match.checks lists.",
                field="checks",
            )

        def texts(what: str) -> frozenset[str]:
            key = f"match.check.{name}.{what}"
            return frozenset(rules[key].texts) if key in rules else frozenset()

        def number(what: str) -> int | None:
            key = f"match.check.{name}.{what}"
            return rules[key].integer if key in rules else None

        against = f"match.check.{name}.against"
        return cls(
            name,
            texts("among"),
            rules[against].text if against in rules else None,
            rules[f"match.check.{name}.expected"].switch if against in rules else False,
            rules[f"match.check.{name}.proposes"].text,
            texts("categories"),
            texts("grades"),
            texts("flags"),
            texts("needs"),
            number("min_age"),
            number("max_age"),
        )

    @property
    def lists(self) -> frozenset[str]:
        """The kinds of list without which it cannot be made."""
        return self.among | {self.against} if self.against else self.among

    def selects(self, subject: Subject, listed: Collection[str], day: date) -> bool:
        """Whether the check is about the person, who stands on lists of these kinds."""
        age = full_years(subject.birth_date, day)
        return (
            (not self.grades or str(subject.grade) in self.grades)
            and (not self.categories or subject.category in self.categories)
            and (self.min_age is None or age >= self.min_age)
            and (self.max_age is None or age <= self.max_age)
            and (not self.flags or not self.flags.isdisjoint(subject.flags))
            and (not self.needs or not self.needs.isdisjoint(subject.needs))
            and self.among.issubset(listed)
        )

    def suspects(self, listed: Collection[str]) -> bool:
        """Whether a person whom it is about is not as it expects."""
        return self.against is None or (self.against in listed) is not self.expected

    def row_kind(self, listed: Collection[str]) -> str | None:
        """The kind of list whose row shows best why a person is suspected; None when no row does."""
        if self.against in listed:
            return self.against
        return min(self.among, default=None)


def full_years(birth_date: date, day: date) -> int:
    """Age in completed years (周岁) on a day; a year is complete on the birthday."""
    before = (day.month, day.day) < (birth_date.month, birth_date.day)
    return day.year - birth_date.year - before
