"""Whether who hands something in may act for the person.

A room of its own because applications and corrections both ask it, and read again what they were told.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.rows import rows_among
from chassis.transaction import Transaction
from kernel.errors import NotFound
from kernel.rulebook import RuleView
from services.registry.domain.acting import (
    Acting,
    Guardianship,
    Matter,
    Represented,
    check_acting,
    check_guardian,
    check_needed,
)
from services.registry.domain.codes import split
from services.registry.guardian_tables import guardians
from services.registry.merge_repository import GONE
from services.registry.tables import certificates, persons


def acting_of(row: Any) -> Acting:
    """Who acted, from a row of a table, or a record that has the same fields."""
    return Acting(**{each.name: getattr(row, each.name) for each in fields(Acting)})


@dataclass(frozen=True, slots=True)
class Actors:
    """People by identifier, and the guardianships that records name, by person and reference."""

    people: dict[str, Represented]
    guardianships: dict[tuple[str, str], Guardianship]

    @classmethod
    def load(cls, tx: Transaction, items: Iterable[Any]) -> "Actors":
        """Read, in two statements, whom the records are about and the guardians that they name."""
        told = list(items)
        holds = sa.and_(certificates.c.person_id == persons.c.id, certificates.c.status.not_in(GONE))
        people = sa.select(persons.c.id, persons.c.birth_date, certificates.c.category).select_from(
            persons.outerjoin(certificates, holds)
        )
        # A guardian of a record that was merged acts for the person who stands for both.
        person_id = sa.func.coalesce(persons.c.merged_into, persons.c.id).label("head_id")
        named = sa.select(guardians, person_id).join(persons, persons.c.id == guardians.c.person_id)
        return cls(
            {
                row.id: Represented(row.birth_date, row.category)
                for row in rows_among(tx, people, persons.c.id, {item.person_id for item in told})
            },
            {
                (row.head_id, row.ref): Guardianship(split(row.scope), row.since, row.ended_on or row.until)
                for row in rows_among(
                    tx, named, guardians.c.ref, {item.guardian_ref for item in told} - {None}
                )
            },
        )

    def check(self, person_id: str, acting: Acting, matter: Matter, day: date, rules: RuleView) -> None:
        """Refuse who may not act in this on the day.

        Raises what domain.acting raises, and NotFound("registry.unknown_guardian"), also for the guardian of
        somebody else.
        """
        check_acting(acting)
        check_needed(acting, self.people[person_id], day, rules)
        if acting.guardian_ref is None:
            return
        guardianship = self.guardianships.get((person_id, acting.guardian_ref))
        if guardianship is None:
            raise NotFound(
                "registry.unknown_guardian",
                "The person has no such guardian; register them first.",
                field="guardian_ref",
            )
        check_guardian(guardianship, rules[f"guardian.scopes.{matter}"].texts, day)
