"""What the service keeps: enrolments, services given, home retrofits.

Two records are equal when the office sent the same content; identifiers given here are left out of it.
"""

from dataclasses import dataclass, field
from datetime import date

from kernel.errors import Conflict


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A person's place in a programme for the calendar year of `enrolled_on`."""

    id: str = field(compare=False)
    ref: str
    programme: str
    person_id: str
    basis: str
    mode: str | None
    diagnosis_level: int | None
    guardian_applied: bool
    provider: str
    enrolled_on: date

    @property
    def key(self) -> tuple[str, str, int]:
        """A person has one place in a programme and year."""
        return self.person_id, self.programme, self.enrolled_on.year


@dataclass(frozen=True, slots=True)
class Service:
    """One service of a programme, given in full."""

    id: str = field(compare=False)
    ref: str
    enrolment_id: str
    item: str
    free: bool
    completed_on: date


@dataclass(frozen=True, slots=True)
class Retrofit:
    """Accepted works of one kind in a household's home."""

    id: str = field(compare=False)
    ref: str
    household_id: str
    batch: str
    kind: str
    contractor: str
    accepted_on: date

    @property
    def key(self) -> tuple[str, str]:
        """A home is retrofitted once for each kind."""
        return self.household_id, self.kind


def check_same(known: object, sent: object) -> None:
    """Raises Conflict("rehab.ref_taken") when a known reference came back with other content."""
    if known != sent:
        raise Conflict(
            "rehab.ref_taken",
            "This reference was recorded before with other content; give a new record a new reference.",
            field="ref",
        )
