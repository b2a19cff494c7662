"""A hidden risk (隐患): found, reported, being rectified, closed (闭环)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from kernel.errors import Invalid
from kernel.rulebook import RuleView
from kernel.steps import Step, check_step

Action = Literal["report", "take_up", "close"]
State = Literal["found", "reported", "rectifying", "closed"]

OPEN: tuple[State, ...] = ("found", "reported", "rectifying")


@dataclass(frozen=True, slots=True)
class Act:
    """One step. officer: who is in charge of the measure; for take_up, else None."""

    action: Action
    acted_on: date
    officer: str | None = None


@dataclass(frozen=True, slots=True)
class Risk:
    """The state after the last act. officer: who is in charge of the last measure."""

    state: State
    last_act_on: date
    officer: str | None = None


_STEPS: Mapping[Action, tuple[Step, State]] = {
    "report": (Step(("found",)), "reported"),
    "take_up": (Step(("reported", "rectifying"), frozenset({"officer"})), "rectifying"),
    "close": (Step(("rectifying",)), "closed"),
}


def found(kind: str, found_on: date, due_on: date, rules: RuleView) -> Risk:
    """A risk on the day on which it was found.

    Raises Invalid("registry.unknown_risk_kind") or Invalid("registry.due_before_found").
    """
    if kind not in rules["risk.kinds"].texts:
        raise Invalid(
            "registry.unknown_risk_kind",
            "The rules know no such kind of risk on that day; choose one that risk.kinds lists.",
            field="kind",
        )
    if due_on < found_on:
        raise Invalid(
            "registry.due_before_found", "It was found after its last day; check both.", field="due_on"
        )
    return Risk("found", found_on)


def decide(risk: Risk, act: Act, _rules: RuleView) -> Risk:
    """The risk after the act. Raises what check_step raises."""
    step, state = _STEPS[act.action]
    check_step("registry.risk", step, risk, act, act.acted_on)
    return replace(risk, state=state, last_act_on=act.acted_on, officer=act.officer or risk.officer)
