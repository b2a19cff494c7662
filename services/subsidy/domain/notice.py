"""What a public notice (公示) of a claim shows, and of whom it shows nothing."""

from datetime import date
from typing import Literal, get_args

from kernel.ages import AgeBand
from kernel.periods import Period
from kernel.rulebook import RuleView

Unnamed = Literal["minors", "asked"]
UNNAMED: tuple[Unnamed, ...] = get_args(Unnamed)
"""Who may be counted and not named, in the words of rule claims.notice.unnamed."""


def unnamed(birth_month: str | None, day: date, rules: RuleView, *, asked: bool) -> Unnamed | None:
    """Why a person is counted and not named on that day; None for who is named.

    birth_month: "1980-05", None where it is not known: such a person may be a minor. asked: whether it was
    asked that the person not be named.
    """
    reasons = rules["claims.notice.unnamed"].texts
    if "minors" in reasons and _may_be_minor(birth_month, day, rules["claims.notice.minors"].integer):
        return "minors"
    return "asked" if asked and "asked" in reasons else None


def _may_be_minor(birth_month: str | None, day: date, of_age: int) -> bool:
    return birth_month is None or AgeBand(max_years=of_age - 1).holds(Period.parse(birth_month), day)
