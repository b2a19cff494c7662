"""Finding what a record refers to: persons, and the rules of its day."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import TypeVar

from kernel.errors import NotFound
from kernel.rulebook import RuleBook, RuleView
from services.rehab.domain.people import Person

Read = TypeVar("Read")


def known_person(persons: Mapping[str, Person], person_id: str) -> Person:
    """person_id: who stands for the person named. Raises NotFound("rehab.unknown_person")."""
    if person_id not in persons:
        raise NotFound(
            "rehab.unknown_person",
            "No such person is known here in your regions; the registry's events may not have arrived yet, "
            "so send the record again later.",
            field="person_id",
        )
    return persons[person_id]


def dated(rules: RuleBook, read: Callable[[RuleView, str], Read]) -> Callable[[date, str], Read]:
    """Read dated rules once for each day and key of a command, however many records ask for them."""
    view = cache(rules.at)

    @cache
    def on(day: date, key: str) -> Read:
        return read(view(day), key)

    return on
