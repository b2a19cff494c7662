"""Records whose steps lead from state to state, so that none can be left out: a table of steps each."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Generic, TypeVar

from kernel.rulebook import RuleView
from kernel.steps import Step, check_step


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a record stands after its last step, or since its beginning."""

    state: str
    last_act_on: date


@dataclass(frozen=True, slots=True)
class Act:
    """One step."""

    action: str
    acted_on: date


File = TypeVar("File", bound=Standing)


@dataclass(frozen=True)
class Ladder(Generic[File]):
    """The steps of one kind of record. noun: service and what it is, as "registry.term".

    steps: each action with what it needs and the state it leads to; None: the record stays where it is.
    """

    noun: str
    steps: Mapping[str, tuple[Step, str | None]]

    def decide(self, file: File, act: Act, _rules: RuleView) -> File:
        """The record after the act; what both have a field for is taken over. Raises as check_step does."""
        step, state = self.steps[act.action]
        check_step(self.noun, step, file, act, act.acted_on)
        told: dict[str, Any] = {each.name: getattr(act, each.name) for each in fields(act)}
        kept = {each.name for each in fields(file)}
        taken = {name: value for name, value in told.items() if name in kept and value is not None}
        return replace(file, state=state or file.state, last_act_on=act.acted_on, **taken)

    @property
    def open(self) -> tuple[str, ...]:
        """The states from which a step leads on, in the order of the table."""
        return tuple(dict.fromkeys(state for step, _ in self.steps.values() for state in step.states))
