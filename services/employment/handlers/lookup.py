"""Finding what a record refers to."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache

from kernel.errors import NotFound
from kernel.rulebook import RuleBook
from services.employment.domain.people import EmploymentAge, Person
from services.employment.domain.training import Course


def known_person(persons: Mapping[str, Person], person_id: str) -> Person:
    """person_id: who stands for the person named. Raises NotFound("employment.unknown_person")."""
    if person_id not in persons:
        raise NotFound(
            "employment.unknown_person",
            "No such person is known here in your regions; the registry's events may not have arrived yet, "
            "so send the record again later.",
            field="person_id",
        )
    return persons[person_id]


def known_course(courses: Mapping[str, Course], ref: str) -> Course:
    """Raises NotFound("employment.unknown_course")."""
    if ref not in courses:
        raise NotFound(
            "employment.unknown_course",
            "No course has this reference; open the course first.",
            field="course_ref",
        )
    return courses[ref]


def employment_age(rules: RuleBook) -> Callable[[date], EmploymentAge]:
    """Read employment age once for each day of a command, however many records ask for it."""

    @cache
    def on(day: date) -> EmploymentAge:
        return EmploymentAge.on(rules.at(day))

    return on
