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


@dataclass(frozen=True, slots=True)
class AgeBand:
    """Ages in completed years, both ends included; max_years None leaves the band open."""

    min_years: int = 0
    max_years: int | None = None

    def holds(self, birth_month: Period, day: date) -> bool:
        """Whether a person born in that month may be of this age on that day.

        The day of birth never leaves the registry. In the month of a birthday the person may still be of
        the old age or already of the new one, and the doubt is decided for the person at both ends.
        """
        born = birth_month.start
        months = (day.year - born.year) * 12 + day.month - born.month
        if months < self.min_years * 12:
            return False
        return self.max_years is None or months <= (self.max_years + 1) * 12
