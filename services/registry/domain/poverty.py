"""A person of the poverty register (建档立卡): registered, lifted, fallen back; and monitored beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from kernel.errors import Conflict, Invalid
from kernel.rulebook import RuleView
from kernel.steps import Step, check_step

Action = Literal["register", "lift", "return", "monitor", "end_monitoring"]
State = Literal["never_poor", "unlifted", "lifted"]

_ANY: tuple[State, ...] = ("never_poor", "unlifted", "lifted")


@dataclass(frozen=True, slots=True)
class Act:
    """One change. as_of: the day whose state the source tells. kind: for monitor, else None."""

    action: Action
    acted_on: date
    as_of: date
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Poverty:
    """The status after the last change. kind: of the monitoring, None without."""

    state: State
    last_act_on: date
    as_of: date
    kind: str | None = None


def recorded(state: State, recorded_on: date, as_of: date) -> Poverty:
    """A new entry. Raises Invalid("registry.source_before_act")."""
    _check_source(recorded_on, as_of)
    return Poverty(state, recorded_on, as_of)


def decide(poverty: Poverty, act: Act, rules: RuleView) -> Poverty:
    """The status after the change.

    Raises what check_step raises, Invalid("registry.source_before_act"),
    Invalid("registry.unknown_monitored_kind") or Conflict("registry.not_monitored").
    """
    step, change = _STEPS[act.action]
    check_step("registry.poverty_file", step, poverty, act, act.acted_on)
    _check_source(act.acted_on, act.as_of)
    if act.kind is not None and act.kind not in rules["poverty.monitored_kinds"].texts:
        raise Invalid(
            "registry.unknown_monitored_kind", "The rules know no such monitoring on that day.", field="kind"
        )
    return replace(change(poverty, act), last_act_on=act.acted_on, as_of=act.as_of)


def _check_source(acted_on: date, as_of: date) -> None:
    if as_of < acted_on:
        raise Invalid(
            "registry.source_before_act",
            "The source tells of a day before the change; it cannot know of it.",
            field="as_of",
        )


def _to(state: State) -> Callable[[Poverty, Act], Poverty]:
    return lambda poverty, _act: replace(poverty, state=state)


def _monitored(poverty: Poverty, act: Act) -> Poverty:
    return replace(poverty, kind=act.kind)


def _ended(poverty: Poverty, _act: Act) -> Poverty:
    if poverty.kind is None:
        raise Conflict("registry.not_monitored", "The person is not monitored.", field="action")
    return replace(poverty, kind=None)


# The day of the source is of every step, so a step has it as it has its day.
_SOURCE = frozenset({"as_of"})
_STEPS: Mapping[Action, tuple[Step, Callable[[Poverty, Act], Poverty]]] = {
    "register": (Step(("never_poor",), _SOURCE), _to("unlifted")),
    "lift": (Step(("unlifted",), _SOURCE), _to("lifted")),
    "return": (Step(("lifted",), _SOURCE), _to("unlifted")),
    "monitor": (Step(_ANY, _SOURCE | {"kind"}), _monitored),
    "end_monitoring": (Step(_ANY, _SOURCE), _ended),
}
