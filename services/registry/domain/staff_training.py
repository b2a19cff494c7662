"""Training of staff and commissioners (队伍培训): planned, held or cancelled; attended, then certified."""

from dataclasses import dataclass
from datetime import date

from kernel import ladder
from kernel.errors import Invalid
from kernel.ladder import Ladder, Standing
from kernel.rulebook import RuleView
from kernel.steps import Step
from services.registry.domain.record import check_listed


@dataclass(frozen=True, slots=True)
class Act(ladder.Act):
    """One step. sessions: how often they met; for hold, else None."""

    sessions: int | None = None


@dataclass(frozen=True, slots=True)
class Training(Standing):
    """Where a training stands. sessions: None until it was held."""

    sessions: int | None = None


STEPS = Ladder[Training](
    "registry.staff_training",
    {
        "hold": (Step(("planned",), frozenset({"sessions"})), "held"),
        "cancel": (Step(("planned",)), "cancelled"),
    },
)

ATTENDANCE_STEPS = Ladder[Standing](
    "registry.training_attendance", {"certify": (Step(("attended",)), "certified")}
)


def planned(kind: str, day: date, rules: RuleView) -> Training:
    """A new training. Raises what check_listed raises."""
    check_listed(rules, "staff_training.kinds", kind, "kind")
    return Training("planned", day)


def attended(day: date, held_on: date, appointed_on: date, ended_on: date | None) -> Standing:
    """An attendance of the holder of a post. held_on: last day of the training. ended_on: None in office.

    Raises Invalid("registry.outside_training") and Invalid("registry.not_in_office").
    """
    if day > held_on:
        raise Invalid(
            "registry.outside_training",
            f"The training ended on {held_on}; check the day.",
            field="attended_on",
        )
    if day < appointed_on or (ended_on is not None and day >= ended_on):
        raise Invalid(
            "registry.not_in_office", "The post was not held on that day; check both.", field="attended_on"
        )
    return Standing("attended", day)
