"""Homes: the persons of a village, put together by ones, twos and threes."""

from dataclasses import dataclass
from datetime import date
from random import Random

from canlian.sample.people import Person, chance
from canlian.sample.shape import Shape

_OLD = 60


@dataclass(slots=True)
class Household:
    """A home with its members. flags: as the registry knows them, in alphabetical order."""

    ref: str
    village: str
    members: list[Person]
    flags: list[str]

    @property
    def registered_on(self) -> date:
        return min(member.registered_on for member in self.members)


def make_households(shape: Shape, persons: list[Person]) -> list[Household]:
    """Give every person a home."""
    random = chance(shape, "households")
    sizes = range(1, len(shape.household_sizes) + 1)
    by_village: dict[str, list[Person]] = {}
    for person in persons:
        by_village.setdefault(person.village, []).append(person)
    households: list[Household] = []
    for village, people in sorted(by_village.items()):
        random.shuffle(people)
        placed = 0
        while placed < len(people):
            size = random.choices(sizes, shape.household_sizes)[0]
            members = people[placed : placed + size]
            placed += len(members)
            for member in members:
                member.household = len(households)
            ref = f"H{shape.office}-{len(households) + 1:07d}"
            households.append(Household(ref, village, members, _flags(random, shape, members)))
    return households


def _flags(random: Random, shape: Shape, members: list[Person]) -> list[str]:
    flags = {flag for flag, share in shape.household_flags.items() if random.random() < share}
    if sum(bool(member.acts) for member in members) > 1:
        flags.add("multiple_disabled")
        if any(shape.year - member.born.year >= _OLD for member in members):
            flags.add("old_carer")
    return sorted(flags)
