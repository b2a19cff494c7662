"""A request for legal help (法律援助): decided by the agency, then the help is given."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from kernel.errors import Invalid
from kernel.rulebook import RuleView
from kernel.steps import Step, check_step
from kernel.workdays import Workdays
from services.registry.domain.span import Span

Action = Literal["grant", "refuse", "give"]
State = Literal["requested", "granted", "refused", "given"]

OPEN: tuple[State, ...] = ("requested", "granted")
_DECISION = ("legal_aid.decision_days", "legal_aid.decision_working_days")


@dataclass(frozen=True, slots=True)
class Act:
    """One step. outcome, hours: for give, else None."""

    action: Action
    acted_on: date
    outcome: str | None = None
    hours: int | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """The state after the last act. decision_due_on: last day of the decision."""

    state: State
    last_act_on: date
    decision_due_on: date
    outcome: str | None = None
    hours: int | None = None


_STEPS: Mapping[Action, tuple[Step, State]] = {
    "grant": (Step(("requested",)), "granted"),
    "refuse": (Step(("requested",)), "refused"),
    "give": (Step(("granted",), frozenset({"outcome", "hours"})), "given"),
}


def requested(requested_on: date, kind: str, rules: RuleView, workdays: Workdays) -> Matter:
    """A new matter.

    Raises Invalid("registry.unknown_legal_aid_kind"), NotFound("rule.not_in_force") before the first rule,
    NotFound("workdays.unknown_year").
    """
    if kind not in rules["legal_aid.kinds"].texts:
        raise Invalid(
            "registry.unknown_legal_aid_kind",
            "The rules know no such kind of help on that day; choose one that legal_aid.kinds lists.",
            field="kind",
        )
    rule = rules[next((key for key in _DECISION if key in rules), _DECISION[0])]
    return Matter("requested", requested_on, Span.of(rule).last_day(requested_on, workdays))


def decide(matter: Matter, act: Act, _rules: RuleView) -> Matter:
    """The matter after the act. Raises what check_step raises."""
    step, state = _STEPS[act.action]
    check_step("registry.legal_aid", step, matter, act, act.acted_on)
    return replace(matter, state=state, last_act_on=act.acted_on, outcome=act.outcome, hours=act.hours)
