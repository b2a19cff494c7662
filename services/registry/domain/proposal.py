"""A suggestion or proposal (人大代表建议、政协提案): the proposer is met, replied to, and rates the reply."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from kernel.errors import Conflict
from kernel.rulebook import RuleView
from kernel.steps import Step, check_step
from services.registry.domain.span import months_later

Action = Literal["consult", "extend", "reply", "rate"]
State = Literal["assigned", "consulted", "replied"]

OPEN: tuple[State, ...] = ("assigned", "consulted")


@dataclass(frozen=True, slots=True)
class Act:
    """One step. reply_class: for reply; satisfied: for rate; else None."""

    action: Action
    acted_on: date
    reply_class: str | None = None
    satisfied: bool | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """The state after the last act, and what decides about the next: role and day of assignment."""

    state: State
    last_act_on: date
    role: str
    assigned_on: date
    reply_due_on: date
    extended: bool = False
    reply_class: str | None = None
    satisfied: bool | None = None


def assigned(assigned_on: date, kind: str, role: str, rules: RuleView) -> Proposal:
    """A new proposal. Raises NotFound("rule.not_in_force") for a day before the first rule."""
    due_on = months_later(assigned_on, rules[f"proposal.{kind}.reply"].integer)
    return Proposal("assigned", assigned_on, role, assigned_on, due_on)


def decide(proposal: Proposal, act: Act, rules: RuleView) -> Proposal:
    """The proposal after the act.

    Raises Conflict with the code of the broken rule, and what check_step raises.
    """
    step, change = _STEPS[act.action]
    check_step("registry.proposal", step, proposal, act, act.acted_on)
    return replace(change(proposal, act, rules), last_act_on=act.acted_on)


def _consulted(proposal: Proposal, _act: Act, _rules: RuleView) -> Proposal:
    return replace(proposal, state="consulted")


def _extended(proposal: Proposal, act: Act, rules: RuleView) -> Proposal:
    if proposal.extended:
        raise Conflict("registry.extended_already", "A proposal is extended once only.", field="action")
    if act.acted_on > proposal.reply_due_on:
        raise Conflict(
            "registry.deadline_passed",
            f"The last day was {proposal.reply_due_on}; time that is over cannot be extended.",
            field="acted_on",
        )
    due_on = months_later(proposal.assigned_on, rules["proposal.extended_reply"].integer)
    return replace(proposal, extended=True, reply_due_on=due_on)


def _replied(proposal: Proposal, act: Act, rules: RuleView) -> Proposal:
    if (
        proposal.state == "assigned"
        and proposal.role != "assisting"
        and rules["proposal.consult_first"].switch
    ):
        raise Conflict(
            "registry.proposer_not_consulted",
            "Speak with the proposer, and record that, before the reply.",
            field="action",
        )
    return replace(proposal, state="replied", reply_class=act.reply_class)


def _rated(proposal: Proposal, act: Act, _rules: RuleView) -> Proposal:
    if proposal.satisfied is not None:
        raise Conflict("registry.rated_already", "The proposer has rated the reply before.", field="action")
    return replace(proposal, satisfied=act.satisfied)


_Change = Callable[[Proposal, Act, RuleView], Proposal]
_STEPS: Mapping[Action, tuple[Step, _Change]] = {
    "consult": (Step(OPEN), _consulted),
    "extend": (Step(OPEN), _extended),
    "reply": (Step(OPEN, frozenset({"reply_class"})), _replied),
    "rate": (Step(("replied",), frozenset({"satisfied"})), _rated),
}
