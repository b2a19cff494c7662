"""Ages of people of whom only the month of birth is known."""

from dataclasses import dataclass
from datetime import date

from kernel.periods import Period


@dataclass(frozen=True, slots=True)
class AgeBand:
    """Ages in completed years, both ends included; max_years None leaves the band open."""

    min_years: int = 0
    max_years: int | None = None

    def holds(self, birth_month: Period, day: date) -> bool:
        """Whether a person born in that month may be of this age on that day.

        birth_month: a period of kind "month". The day of birth never leaves the registry. In the month of a
        birthday the person may still be of the old age or already of the new one, and the doubt is decided
        for the person at both ends.
        """
        born = birth_month.start
        months = (day.year - born.year) * 12 + day.month - born.month
        if months < self.min_years * 12:
            return False
        return self.max_years is None or months <= (self.max_years + 1) * 12
