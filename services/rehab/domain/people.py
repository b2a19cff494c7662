"""What the programmes' rules need to know of a person."""

from dataclasses import dataclass
from datetime import date

from kernel.disability import Category, is_severe
from kernel.periods import Period


@dataclass(frozen=True, slots=True)
class Certificate:
    """A disabled person's certificate that was not cancelled; valid to the end of its last day."""

    category: Category
    grade: int
    expires_on: date

    def valid_on(self, day: date) -> bool:
        """Whether it is valid on that day."""
        return day <= self.expires_on

    def severe_on(self, day: date) -> bool:
        """Whether it shows on that day a severe disability, grade 1 or 2."""
        return self.valid_on(day) and is_severe(self.grade)


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the registry's events told of them. birth_month: a period of kind "month"."""

    id: str
    region: str
    birth_month: Period
    certificate: Certificate | None
