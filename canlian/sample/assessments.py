"""Applications for a first certificate of those who were assessed at home on an assessment day (上门评残)."""

from datetime import date

from canlian.sample.people import Person
from canlian.sample.records import Records
from canlian.sample.registry_shape import AssessmentDay

_ADULT = 18


def assess_at_home(records: Records, told: AssessmentDay) -> None:
    """Let so many of the year's first certificates that were made at home come from an application."""
    fitting = [person for person in records.crowd.persons if _at_home(person, records.shape.year)]
    for person in records.choose("assessment day", records.random("assessment day"), fitting, told.persons):
        _apply(records, person, told)


def _at_home(person: Person, year: int) -> bool:
    """Whether a severely disabled adult got the first certificate at home in the year."""
    if not person.acts or person.acts[0].mode != "home_visit" or not person.severe:
        return False
    first = person.acts[0]
    return first.action == "new" and first.day.year == year and year - person.born.year > _ADULT


def _apply(records: Records, person: Person, told: AssessmentDay) -> None:
    [act] = person.acts
    person.registered_on, act.day, act.applied = told.applied_on, told.issued_on, True
    ref = records.ref("applications.csv", "S", records.shape.year)
    records.add(
        "applications.csv",
        ref=ref,
        id_number=person.id_number,
        kind="new",
        mode="home_visit",
        applied_on=told.applied_on,
    )
    found = {
        "place": "home",
        "assessor": told.assessor,
        "category": act.category,
        "grade": act.grade,
        "campaign": told.campaign,
        "guided": "true",
    }
    steps: tuple[tuple[str, date, dict[str, object]], ...] = (
        ("accept", told.applied_on, {}),
        ("assess", told.day, found),
        ("post", told.day, {}),
        ("approve", told.issued_on, {}),
        ("issue", told.issued_on, {}),
        ("tell", told.issued_on, {}),
    )
    for place, (action, day, more) in enumerate(steps, 1):
        records.add(
            "application_acts.csv",
            ref=f"{ref}-{place}",
            application_ref=ref,
            action=action,
            acted_on=day,
            **more,
        )
