"""Guardianships (监护): from a first day to a last one."""

from datetime import date

from kernel.errors import Conflict, Invalid


def check_span(since: date, until: date | None, field: str) -> None:
    """Raises Invalid("registry.guardianship_span") for a last day before the first."""
    if until is not None and until < since:
        raise Invalid(
            "registry.guardianship_span", "It would end before it begins; check both days.", field=field
        )


def check_end(since: date, until: date | None, ended_on: date | None, day: date) -> None:
    """Whether a guardianship may be ended on that day. until: as set beforehand; ended_on: as ended already.

    Raises Conflict("registry.guardianship_ended"), also when the set day comes first, or what check_span
    raises.
    """
    if ended_on is not None or (until is not None and until < day):
        raise Conflict(
            "registry.guardianship_ended", "The guardianship has ended already.", field="guardian_ref"
        )
    check_span(since, day, "ended_on")
