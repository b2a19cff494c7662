"""Training needs, courses and trainees, and what may happen to them.

Two records are equal when the office sent the same content; identifiers given here are left out of it.
"""

from dataclasses import dataclass, field
from datetime import date

from kernel.errors import Conflict, Invalid, Refusal
from services.employment.domain.people import EmploymentAge, Person


@dataclass(frozen=True, slots=True)
class Need:
    """A person's wish for training, found by asking village by village (摸排)."""

    id: str = field(compare=False)
    ref: str
    person_id: str
    type: str
    registered_on: date

    @property
    def key(self) -> tuple[str, str, int]:
        """A person is asked once a year for each type of training."""
        return self.person_id, self.type, self.registered_on.year

    def check(self, person: Person, age: EmploymentAge) -> None:
        """Raises Refusal "employment.certificate" or "employment.age"."""
        if not person.certified_on(self.registered_on):
            raise Refusal(
                "employment.certificate",
                "The person holds no certificate valid on the day of registration; wait until the registry "
                "has recorded it.",
                field="person_id",
            )
        age.check(person, self.registered_on, "registered_on")


@dataclass(frozen=True, slots=True)
class Course:
    """A training course from its first to its last day, with a number of places."""

    id: str = field(compare=False)
    ref: str
    title: str
    type: str
    region: str
    starts_on: date
    ends_on: date
    capacity: int

    def check(self) -> None:
        """Raises Invalid("employment.course_dates")."""
        if self.ends_on < self.starts_on:
            raise Invalid(
                "employment.course_dates",
                "The course ends before it starts; check both dates.",
                field="ends_on",
            )

    def check_place(self, taken: int, day: date) -> None:
        """Whether one more may be enrolled that day when `taken` places are given.

        Raises Refusal("employment.outside_course") or Conflict("employment.course_full").
        """
        if not self.starts_on <= day <= self.ends_on:
            raise Refusal(
                "employment.outside_course",
                f"The course runs from {self.starts_on} to {self.ends_on}; enrol on one of its days.",
                field="enrolled_on",
            )
        if taken >= self.capacity:
            raise Conflict(
                "employment.course_full",
                f"All {self.capacity} places of the course are taken; open another course.",
                field="course_ref",
            )


@dataclass(frozen=True, slots=True)
class Trainee:
    """A person in a course."""

    id: str = field(compare=False)
    course_id: str
    person_id: str
    enrolled_on: date

    @property
    def key(self) -> tuple[str, str]:
        """A person is in a course once."""
        return self.course_id, self.person_id

    def check_completion(self, day: date) -> None:
        """Raises Refusal("employment.before_enrolment"): also what lies before the course's start."""
        if day < self.enrolled_on:
            raise Refusal(
                "employment.before_enrolment",
                "The training was completed before the person was enrolled in the course; check the date.",
                field="completed_on",
            )


@dataclass(frozen=True, slots=True)
class Completion:
    """The end of a trainee's course, with a vocational certificate or without."""

    trainee_id: str
    certified: bool
    completed_on: date


def check_same(known: object, sent: object, code: str, fault_field: str) -> None:
    """Raises Conflict with that code when a record came back with other content."""
    if known != sent:
        raise Conflict(
            code,
            "This was recorded before with other content; correct what is wrong, or use a new reference.",
            field=fault_field,
        )
