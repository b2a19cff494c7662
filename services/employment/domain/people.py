"""What the rules of training need to know of a person, and employment age."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kernel.ages import AgeBand
from kernel.errors import Refusal
from kernel.periods import Period
from kernel.rulebook import RuleView

SEXES = ("male", "female")


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the registry's events told of them.

    birth_month: a period of kind "month". certificate_expires_on: last day of the certificate, or None.
    """

    id: str
    region: str
    birth_month: Period
    sex: str
    certificate_expires_on: date | None

    def certified_on(self, day: date) -> bool:
        """Whether the certificate is valid on that day."""
        return self.certificate_expires_on is not None and day <= self.certificate_expires_on


@dataclass(frozen=True, slots=True)
class EmploymentAge:
    """Employment age (就业年龄段) on one day, by sex."""

    bands: Mapping[str, AgeBand]

    @classmethod
    def on(cls, rules: RuleView) -> "EmploymentAge":
        """Read employment_age.* . Raises NotFound("rule.not_in_force") when it is missing that day."""
        lowest = rules["employment_age.min_years"].integer
        highest = {sex: rules[f"employment_age.max_years.{sex}"].integer for sex in SEXES}
        return cls({sex: AgeBand(lowest, years) for sex, years in highest.items()})

    def check(self, person: Person, day: date, field: str) -> None:
        """Raises Refusal("employment.age"), naming the field of the record that holds the day.

        In the month of a birthday both ages count, for the person's benefit (kernel.ages).
        """
        if not self.bands[person.sex].holds(person.birth_month, day):
            men, women = self.bands["male"], self.bands["female"]
            raise Refusal(
                "employment.age",
                f"The person is not of employment age on that day: from {men.min_years} years to "
                f"{men.max_years} for men and {women.max_years} for women.",
                field=field,
            )
