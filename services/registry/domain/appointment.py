"""Who holds a post in an organisation, until the entry of the end; a post of one holder is taken once."""

from dataclasses import dataclass, replace
from datetime import date

from kernel import ladder
from kernel.ladder import Ladder, Standing
from kernel.rulebook import RuleView
from kernel.steps import Step
from services.registry.domain.organisation import check_after
from services.registry.domain.record import check_listed

_POSTS_OF_THEIR_OWN = frozenset({"federation", "village_association"})


@dataclass(frozen=True, slots=True)
class Act(ladder.Act):
    """The end of an appointment."""

    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Appointment(Standing):
    """Whether the post is held. ended_on: first day no longer in it; reason: why."""

    ended_on: date | None = None
    reason: str | None = None


_STEPS = Ladder[Appointment](
    "registry.appointment", {"end": (Step(("in_office",), frozenset({"reason"})), "ended")}
)


def appointed(post: str, organisation_kind: str, founded_on: date, day: date, rules: RuleView) -> Appointment:
    """A new appointment in an organisation set up on a day. Raises as check_listed and check_after do."""
    kind = organisation_kind if organisation_kind in _POSTS_OF_THEIR_OWN else "special_association"
    check_listed(rules, f"organisation.posts.{kind}", post, "post")
    check_after(founded_on, day, "appointed_on")
    return Appointment("in_office", day)


def of_one_holder(post: str, rules: RuleView) -> bool:
    """Whether an organisation has one holder of the post at a time."""
    return post in rules["organisation.single_posts"].texts


def decide(appointment: Appointment, act: Act, rules: RuleView) -> Appointment:
    """The appointment after its end. Raises what check_step raises."""
    return replace(_STEPS.decide(appointment, act, rules), ended_on=act.acted_on)
