"""What the rules of training need to know of a person, and employment age."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

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
    """Employment age (就业年龄段) on one day, in completed years, both ends included, by sex."""

    min_years: int
    max_years: Mapping[str, int]

    @classmethod
    def on(cls, rules: RuleView) -> "EmploymentAge":
        """Read employment_age.* . Raises NotFound("rule.not_in_force") when it is missing that day."""
        return cls(
            rules["employment_age.min_years"].integer,
            {sex: rules[f"employment_age.max_years.{sex}"].integer for sex in SEXES},
        )

    def holds(self, person: Person, day: date) -> bool:
        """Whether the person may be of employment age on that day.

        The day of birth never leaves the registry. In the month of a birthday the person may still be of
        the old age or already of the new one, and the doubt is decided for the person at both ends.
        """
        born = person.birth_month.start
        months = (day.year - born.year) * 12 + day.month - born.month
        return self.min_years * 12 <= months <= (self.max_years[person.sex] + 1) * 12

    def check(self, person: Person, day: date, field: str) -> None:
        """Raises Refusal("employment.age"), naming the field of the record that holds the day."""
        if not self.holds(person, day):
            raise Refusal(
                "employment.age",
                f"The person is not of employment age on that day: from {self.min_years} years to "
                f"{self.max_years['male']} for men and {self.max_years['female']} for women.",
                field=field,
            )
