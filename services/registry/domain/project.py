"""Construction projects (建设项目): milestones in their order, and never more paid than was approved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from kernel import ladder
from kernel.errors import Conflict, Invalid
from kernel.ladder import Ladder, Standing
from kernel.rulebook import RuleView
from kernel.steps import Step
from services.registry.domain.record import check_listed

OPEN = ("proposed", "approved", "tendered", "started", "structure_done")
_FUNDED = (*OPEN[1:], "accepted")
_AMOUNT = frozenset({"amount_fen"})


@dataclass(frozen=True, slots=True)
class Act(ladder.Act):
    """One step. amount_fen: for approve, adjust, pay and take_back; expected_output_fen: for approve."""

    amount_fen: int | None = None
    expected_output_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Project(Standing):
    """Where a project stands: its last milestone, and its money in fen."""

    approved_fen: int = 0
    paid_fen: int = 0


_STEPS = Ladder[Project](
    "registry.project",
    {
        "approve": (Step(("proposed",), _AMOUNT, frozenset({"expected_output_fen"})), "approved"),
        "adjust": (Step(_FUNDED, _AMOUNT), None),
        "tender": (Step(("approved",)), "tendered"),
        "start": (Step(("tendered",)), "started"),
        "finish_structure": (Step(("started",)), "structure_done"),
        "accept": (Step(("structure_done",)), "accepted"),
        "pay": (Step((*_FUNDED, "abandoned"), _AMOUNT), None),
        "take_back": (Step((*_FUNDED, "abandoned"), _AMOUNT), None),
        "abandon": (Step(OPEN), "abandoned"),
    },
)


def proposed(facility_kind: str, day: date, rules: RuleView) -> Project:
    """A new project. Raises what check_listed raises."""
    check_listed(rules, "facility.kinds", facility_kind, "facility_kind")
    return Project("proposed", day)


def decide(project: Project, act: Act, rules: RuleView) -> Project:
    """The project after the act.

    Raises what check_step raises, Invalid("registry.amount_not_positive"),
    Conflict("registry.paid_more_than_approved") and Conflict("registry.taken_back_more_than_paid").
    """
    after = _STEPS.decide(project, act, rules)
    if act.amount_fen is None:
        return after
    if act.amount_fen <= 0:
        raise Invalid("registry.amount_not_positive", "Give an amount above zero.", field="amount")
    after = _MONEY[act.action](after, act.amount_fen)
    if after.paid_fen > after.approved_fen:
        raise Conflict(
            "registry.paid_more_than_approved",
            "More would be paid than is approved; record the change of the approval first.",
            field="amount",
        )
    if after.paid_fen < 0:
        raise Conflict("registry.taken_back_more_than_paid", "More comes back than was paid.", field="amount")
    return after


_MONEY: Mapping[str, Callable[[Project, int], Project]] = {
    "approve": lambda project, fen: replace(project, approved_fen=fen),
    "adjust": lambda project, fen: replace(project, approved_fen=fen),
    "pay": lambda project, fen: replace(project, paid_fen=project.paid_fen + fen),
    "take_back": lambda project, fen: replace(project, paid_fen=project.paid_fen - fen),
}
