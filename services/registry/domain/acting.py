"""Who hands something in for a person: the person, a guardian (监护人) or an agent (代理人)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kernel.errors import Conflict, Invalid
from kernel.rulebook import RuleView
from services.registry.domain.span import years_later

Kind = Literal["self", "guardian", "agent"]
Matter = Literal["application", "correction", "account"]
"""For what a guardian's scope has to be; account: a correction of the bank account."""

MINOR = "minor"
"""The word of guardian.needed for who is younger than guardian.adult_years; its others are categories."""


@dataclass(frozen=True, slots=True)
class Acting:
    """Who handed it in. acted_by: None where nobody told. agent_kind: what an agent is to the person."""

    acted_by: Kind | None = None
    guardian_ref: str | None = None
    agent_kind: str | None = None


@dataclass(frozen=True, slots=True)
class Represented:
    """The person as far as it decides whether a guardian is needed. category: of the certificate held."""

    born_on: date
    category: str | None


@dataclass(frozen=True, slots=True)
class Guardianship:
    """For what, and from when until when. until: last day as it is known, None: none is."""

    scope: frozenset[str]
    since: date
    until: date | None


def check_acting(acting: Acting) -> None:
    """Refuse a field that belongs to another kind, or its lack. Raises Invalid("registry.acting_fields")."""
    for kind, name in (("guardian", "guardian_ref"), ("agent", "agent_kind")):
        needed = acting.acted_by == kind
        if (getattr(acting, name) is not None) != needed:
            raise Invalid(
                "registry.acting_fields",
                f"Who acts {'needs' if needed else 'must not have'} the field.",
                field=name,
            )


def check_guardian(guardianship: Guardianship, scopes: Collection[str], day: date) -> None:
    """Refuse who is not a guardian on the day, or not for this. scopes: those of which one suffices.

    Raises Conflict("registry.guardian_not_then") or Conflict("registry.guardian_scope").
    """
    if not guardianship.since <= day <= (guardianship.until or date.max):
        raise Conflict(
            "registry.guardian_not_then",
            "The guardianship does not hold on that day; name the guardian of the day.",
            field="guardian_ref",
        )
    if guardianship.scope.isdisjoint(scopes):
        raise Conflict(
            "registry.guardian_scope",
            "The guardian does not act for the person in this; name one who does.",
            field="guardian_ref",
        )


def check_needed(acting: Acting, person: Represented, day: date, rules: RuleView) -> None:
    """Refuse without a guardian what the rules want from one. Raises Conflict("registry.guardian_needed")."""
    needed = rules["guardian.needed"].texts
    minor = day < years_later(person.born_on, rules["guardian.adult_years"].integer)
    if acting.acted_by != "guardian" and (person.category in needed or (minor and MINOR in needed)):
        raise Conflict(
            "registry.guardian_needed",
            "A guardian has to act for this person; register the guardian and name them.",
            field="acted_by",
        )
