"""What makes two records look like one person (疑似重复)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from kernel.rulebook import RuleView

Sign = Literal[
    "same_name_and_birth", "same_sound_and_birth", "same_name_and_phone", "same_household_and_birth"
]


@dataclass(frozen=True, slots=True)
class Traits:
    """What is compared of a person. sounds: the words that the name may be written as; phone: in plain."""

    name: str = field(repr=False)
    sounds: frozenset[str] = field(repr=False)
    birth_date: date
    sex: str
    household_id: str | None
    phone: str | None = field(repr=False)


def looked_for(rules: RuleView) -> frozenset[str]:
    """The signs that count on a day. Raises NotFound("rule.not_in_force")."""
    return frozenset(rules["duplicate.signs"].texts)


def signs_of(one: Traits, other: Traits, wanted: Collection[str]) -> frozenset[Sign]:
    """The wanted signs that the two records are of one person; mostly none."""
    found: set[Sign] = set()
    named, born = one.name == other.name, one.birth_date == other.birth_date
    if named and born:
        found.add("same_name_and_birth")
    if born and not named and one.sounds & other.sounds:
        found.add("same_sound_and_birth")
    if named and one.phone is not None and one.phone == other.phone:
        found.add("same_name_and_phone")
    at_home = one.household_id is not None and one.household_id == other.household_id
    if born and at_home and one.sex == other.sex:
        found.add("same_household_and_birth")
    return frozenset(found.intersection(wanted))


def seen(signs: Collection[str], dismissed: Collection[str]) -> bool:
    """Whether somebody has looked at the pair with all of these signs already."""
    return set(signs) <= set(dismissed)
