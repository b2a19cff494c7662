"""Paired help (结对帮扶): a helper visits a household until it is lifted out of poverty, or the pair ends."""

from dataclasses import dataclass, replace
from datetime import date

from kernel import ladder
from kernel.errors import Conflict
from kernel.ladder import Ladder, Standing
from kernel.rulebook import RuleView
from kernel.steps import Step
from services.registry.domain.record import check_listed

OPEN = ("paired", "helping")


@dataclass(frozen=True, slots=True)
class Act(ladder.Act):
    """One step. reason: why the pair ended; for end, else None."""

    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Pair(Standing):
    """Where a pair stands."""

    visits: int = 0
    reason: str | None = None


_STEPS = Ladder[Pair](
    "registry.pair",
    {
        "visit": (Step(OPEN), "helping"),
        # Who was never visited has not been helped.
        "lift": (Step(("helping",)), "lifted"),
        "end": (Step(OPEN, frozenset({"reason"})), "ended"),
    },
)


def paired(
    helper_kind: str, day: date, household_id: str, household_of_person: str | None, rules: RuleView
) -> Pair:
    """A new pair. household_of_person: None where the register knows none.

    Raises what check_listed raises, Conflict("registry.person_of_another_household").
    """
    check_listed(rules, "pair.helper_kinds", helper_kind, "helper_kind")
    if household_of_person not in {None, household_id}:
        raise Conflict(
            "registry.person_of_another_household",
            "The person is registered in another household; check both.",
            field="person_id",
        )
    return Pair("paired", day)


def decide(pair: Pair, act: Act, rules: RuleView) -> Pair:
    """The pair after the act. Raises what check_step raises."""
    after = _STEPS.decide(pair, act, rules)
    return replace(after, visits=pair.visits + 1) if act.action == "visit" else after
