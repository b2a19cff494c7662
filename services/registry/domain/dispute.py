"""A dispute (矛盾纠纷) that a screening round found: mediated, settled, or gone on as a petition."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from kernel.errors import Invalid
from kernel.rulebook import RuleView
from kernel.steps import Step, check_step

Action = Literal["mediate", "settle", "escalate"]
State = Literal["found", "mediating", "settled", "escalated"]

OPEN: tuple[State, ...] = ("found", "mediating")


@dataclass(frozen=True, slots=True)
class Act:
    """One step. case_id: the petition that the dispute became; for escalate, else None."""

    action: Action
    acted_on: date
    case_id: str | None = None


@dataclass(frozen=True, slots=True)
class Dispute:
    """The state after the last act."""

    state: State
    last_act_on: date


_STEPS: Mapping[Action, tuple[Step, State]] = {
    "mediate": (Step(OPEN), "mediating"),
    "settle": (Step(("mediating",)), "settled"),
    "escalate": (Step(OPEN, frozenset({"case_id"})), "escalated"),
}


def found(found_on: date, held_on: date, kind: str, rules: RuleView) -> Dispute:
    """A dispute found by the round that was held from that day on.

    Raises Invalid("registry.unknown_dispute_kind") or Invalid("registry.found_before_round").
    """
    if kind not in rules["dispute.kinds"].texts:
        raise Invalid(
            "registry.unknown_dispute_kind",
            "The rules know no such kind of dispute on that day; choose one that dispute.kinds lists.",
            field="kind",
        )
    if found_on < held_on:
        raise Invalid(
            "registry.found_before_round",
            f"The round was held from {held_on}; check the day of the dispute.",
            field="found_on",
        )
    return Dispute("found", found_on)


def decide(dispute: Dispute, act: Act, _rules: RuleView) -> Dispute:
    """The dispute after the act. Raises what check_step raises."""
    step, state = _STEPS[act.action]
    check_step("registry.dispute", step, dispute, act, act.acted_on)
    return replace(dispute, state=state, last_act_on=act.acted_on)
