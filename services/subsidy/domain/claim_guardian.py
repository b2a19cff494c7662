"""Whether a guardian who applies for a subsidy is known to be one: of the person, on the day, for this."""

from dataclasses import dataclass
from datetime import date

from kernel.errors import Conflict, Invalid, NotFound, Refusal
from kernel.rulebook import RuleView

GUARDIAN = "guardian"
UNPROVEN = "guardian_unproven"
"""The obstacle of a claim that is taken all the same, a reason that has a rule claims.refusal."""
REFUSED = "refused"
GUARDIANS = ("to_check", REFUSED)
"""Words of the rule claims.guardian."""


@dataclass(frozen=True, slots=True)
class Guardianship:
    """As the registry tells of it. until: last day as it is known, None where none is."""

    person_id: str
    scope: frozenset[str]
    since: date | None
    until: date | None

    def holds(self, day: date) -> bool:
        """Whether it holds on the day, the first and the last one included."""
        return self.since is not None and self.since <= day <= (self.until or date.max)


@dataclass(frozen=True, slots=True)
class Named:
    """The guardian whom a claim names. known: None where no such guardian of the person is known."""

    known: Guardianship | None


def guardian_obstacle(applicant: str, named: Named | None, day: date, rules: RuleView) -> str | None:
    """What a check has to clear: UNPROVEN, or None where nobody applies as guardian, or one who is.

    day: that of the hand-in. Raises Invalid("subsidy.applicant_fields") when somebody else names one; and
    where rule claims.guardian refuses, Invalid("subsidy.guardian_needed"),
    NotFound("subsidy.unknown_guardian"), Conflict("subsidy.guardian_not_then") or
    Conflict("subsidy.guardian_scope").
    """
    if applicant != GUARDIAN:
        if named is not None:
            raise Invalid(
                "subsidy.applicant_fields",
                "Only who applies as guardian names a guardianship; leave it out.",
                field="guardianship_id",
            )
        return None
    doubt = _doubt(named, day, rules["claims.guardian_scopes"].texts)
    if doubt is not None and rules["claims.guardian"].text == REFUSED:
        raise doubt
    return UNPROVEN if doubt is not None else None


def _doubt(named: Named | None, day: date, scopes: tuple[str, ...]) -> Refusal | None:
    if named is None:
        return Invalid(
            "subsidy.guardian_needed",
            "A claim by a guardian names the guardianship; register it and name it.",
            field="guardianship_id",
        )
    if named.known is None:
        return NotFound(
            "subsidy.unknown_guardian",
            "The person has no such guardian; if the registry has just registered them, send it again in a "
            "moment, with a new idempotency key.",
            field="guardianship_id",
        )
    if not named.known.holds(day):
        return Conflict(
            "subsidy.guardian_not_then",
            "The guardianship does not hold on the day of hand-in; name the guardian of that day.",
            field="guardianship_id",
        )
    if named.known.scope.isdisjoint(scopes):
        return Conflict(
            "subsidy.guardian_scope",
            "The guardian does not act for the person in this; name one who does.",
            field="guardianship_id",
        )
    return None
