"""A finding of a match (疑似): given to somebody, verified, and followed up when it was confirmed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from kernel.errors import Conflict, Invalid
from kernel.rulebook import RuleView
from kernel.steps import Step, check_step

Action = Literal["assign", "verify", "close"]
State = Literal["raised", "assigned", "confirmed", "dismissed", "closed"]

OPEN: tuple[State, ...] = ("raised", "assigned", "confirmed")


@dataclass(frozen=True, slots=True)
class Act:
    """One step. Fields that belong to other actions are None."""

    action: Action
    acted_on: date
    officer: str | None = None
    due_on: date | None = None
    outcome: str | None = None
    result: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """The state after the last act. proposes: what may follow, never changed.

    officer, due_on: of what is to be done now; None when nothing is.
    """

    state: State
    last_act_on: date
    proposes: str
    officer: str | None = None
    due_on: date | None = None
    outcome: str | None = None
    result: str | None = None


_RESULTS: Mapping[str, frozenset[str]] = {
    "open": frozenset({"benefit_opened", "not_eligible", "waived"}),
    "stop": frozenset({"benefit_stopped"}),
    "close": frozenset({"certificate_cancelled"}),
    "move": frozenset({"certificate_moved", "certificate_cancelled"}),
}
"""What may come of each proposal that was confirmed."""


def decide(finding: Finding, act: Act, _rules: RuleView) -> Finding:
    """The finding after the act.

    Raises what check_step raises, Invalid("registry.due_before_act"),
    Conflict("registry.result_of_another_proposal"), or Invalid("registry.match_finding_act_fields") when a
    confirmed one has nobody to follow it up.
    """
    step, change = _STEPS[act.action]
    check_step("registry.match_finding", step, finding, act, act.acted_on)
    if act.due_on is not None and act.due_on < act.acted_on:
        raise Invalid(
            "registry.due_before_act",
            "The last day is before the day of the step; check both.",
            field="due_on",
        )
    return replace(change(finding, act), last_act_on=act.acted_on)


def _assigned(finding: Finding, act: Act) -> Finding:
    state: State = "assigned" if finding.state == "raised" else finding.state
    return replace(finding, state=state, officer=act.officer, due_on=act.due_on)


def _verified(finding: Finding, act: Act) -> Finding:
    confirmed = act.outcome == "confirmed"
    for name in ("officer", "due_on"):
        if (getattr(act, name) is not None) is not confirmed:
            raise Invalid(
                "registry.match_finding_act_fields",
                "A confirmed finding needs who follows it up and until when; another one has neither.",
                field=name,
            )
    state: State = "confirmed" if confirmed else "dismissed"
    return replace(finding, state=state, officer=act.officer, due_on=act.due_on, outcome=act.outcome)


def _closed(finding: Finding, act: Act) -> Finding:
    possible = _RESULTS[finding.proposes]
    if act.result not in possible:
        raise Conflict(
            "registry.result_of_another_proposal",
            f"What was proposed may end as {', '.join(sorted(possible))}.",
            field="result",
        )
    return replace(finding, state="closed", officer=None, due_on=None, result=act.result)


_STEPS: Mapping[Action, tuple[Step, Callable[[Finding, Act], Finding]]] = {
    "assign": (Step(OPEN, frozenset({"officer", "due_on"})), _assigned),
    "verify": (Step(("assigned",), frozenset({"outcome"}), frozenset({"officer", "due_on"})), _verified),
    "close": (Step(("confirmed",), frozenset({"result"})), _closed),
}
