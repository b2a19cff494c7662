"""Duties (履职) that holders of posts did; their days lie in one month, so that a month's add up."""

from datetime import date

from kernel.errors import Conflict, Invalid
from kernel.rulebook import RuleView
from services.registry.domain.record import check_listed

Done = tuple[str, date, date]
"""What was done on which days: kind, first and last day."""


def check_duty(done: Done, appointed_on: date, ended_on: date | None, rules: RuleView) -> None:
    """Refuse duties that cannot be. ended_on: first day no longer in the post, None in office.

    Raises what check_listed raises, Invalid("registry.duty_span") and Invalid("registry.not_in_office").
    """
    kind, since, until = done
    check_listed(rules, "duty.kinds", kind, "kind")
    if until < since or since.replace(day=1) != until.replace(day=1):
        raise Invalid(
            "registry.duty_span",
            "The days are not in order or not of one month; record the duties of each month by themselves.",
            field="until",
        )
    if since < appointed_on or (ended_on is not None and until >= ended_on):
        raise Invalid(
            "registry.not_in_office", "The post was not held on all of these days; check both.", field="since"
        )


def check_same_duty(done: Done, earlier: Done) -> None:
    """Refuse to take back what was not recorded so, or a month's sum would be wrong.

    Raises Conflict("registry.correction_of_other_duty").
    """
    if done != earlier:
        raise Conflict(
            "registry.correction_of_other_duty",
            "Take duties back with the kind and the days for which they were recorded.",
            field="corrects_ref",
        )
