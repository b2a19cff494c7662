"""Volunteers (志愿者) and their hours, which belong to days of one year, so that a year's add up."""

import unicodedata
from datetime import date

from kernel.errors import Conflict, Invalid
from kernel.ladder import Ladder, Standing
from kernel.rulebook import RuleView
from kernel.steps import Step
from services.registry.domain.record import check_listed

_HOURS_A_DAY = 24

STEPS = Ladder[Standing](
    "registry.volunteer",
    {
        "activate": (Step(("registered",)), "active"),
        "leave": (Step(("registered", "active")), "left"),
    },
)


def registered(origin: str, day: date, rules: RuleView) -> Standing:
    """A new volunteer. Raises what check_listed raises."""
    check_listed(rules, "volunteer.origins", origin, "origin")
    return Standing("registered", day)


def compared_number(number: str) -> str:
    """A number of the volunteer network as it is compared: without spaces, half-width, in capitals."""
    return "".join(unicodedata.normalize("NFKC", number).split()).upper()


def check_hours(since: date, until: date, hours: int, member_since: date, left_on: date | None) -> None:
    """Refuse hours that cannot be. member_since, left_on: of the volunteer, None while active.

    Raises Invalid("registry.hours_span"), Invalid("registry.hours_exceed_days") and
    Invalid("registry.outside_membership").
    """
    if until < since or since.year != until.year:
        raise Invalid(
            "registry.hours_span",
            "The days are not in order or not of one year; record the hours of each year by themselves.",
            field="until",
        )
    if hours > _HOURS_A_DAY * ((until - since).days + 1):
        raise Invalid("registry.hours_exceed_days", "These are more hours than the days have.", field="hours")
    if since < member_since or (left_on is not None and until > left_on):
        raise Invalid(
            "registry.outside_membership", "The person was no volunteer on all of these days.", field="since"
        )


def check_same_days(days: tuple[date, date], earlier: tuple[date, date]) -> None:
    """Refuse to take hours back on other days than they were recorded for, or a year's sum would be wrong.

    Raises Conflict("registry.correction_of_other_days").
    """
    if days != earlier:
        raise Conflict(
            "registry.correction_of_other_days",
            "Take hours back on the days for which they were recorded.",
            field="since",
        )
