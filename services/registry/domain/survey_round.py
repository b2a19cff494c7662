"""A round of the needs survey: every division is trained before it begins, and closing freezes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from kernel.errors import Conflict, Invalid
from kernel.regions import RegionCode
from kernel.rulebook import RuleView
from kernel.steps import Step, check_step
from services.registry.domain.codes import joined, split

Action = Literal["train", "begin", "check", "close"]
State = Literal["opened", "surveying", "checking", "closed"]


@dataclass(frozen=True, slots=True)
class Act:
    """One step. Fields that belong to other actions are None."""

    action: Action
    acted_on: date
    trained: str | None = None
    persons: int | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """The state after the last act.

    training_regions: to be trained before it begins, never changed. trained: those that were. Both as joined
    codes.
    """

    state: State
    last_act_on: date
    training_regions: str
    trained: str = ""


def opened(opened_on: date, region: str, training_regions: list[str]) -> Round:
    """A new round. Raises Invalid("registry.training_region_outside")."""
    whole = RegionCode(region)
    if not all(RegionCode(each).within(whole) for each in training_regions):
        raise Invalid(
            "registry.training_region_outside",
            "A division to be trained lies outside the one that is surveyed.",
            field="training_regions",
        )
    return Round("opened", opened_on, joined(training_regions))


def decide(survey: Round, act: Act, _rules: RuleView) -> Round:
    """The round after the act.

    Raises what check_step raises, Conflict("registry.trained_already"),
    Invalid("registry.no_training_region") or Conflict("registry.regions_not_trained").
    """
    step, change = _STEPS[act.action]
    check_step("registry.survey_round", step, survey, act, act.acted_on)
    return replace(change(survey, act), last_act_on=act.acted_on)


def _trained(survey: Round, act: Act) -> Round:
    before = split(survey.trained)
    if act.trained in before:
        raise Conflict(
            "registry.trained_already", "The training of this division is recorded.", field="trained"
        )
    if act.trained is None or act.trained not in split(survey.training_regions):
        raise Invalid(
            "registry.no_training_region",
            "The round does not name this division among those to be trained.",
            field="trained",
        )
    return replace(survey, trained=joined({*before, act.trained}))


def _begun(survey: Round, _act: Act) -> Round:
    if survey.trained != survey.training_regions:
        raise Conflict(
            "registry.regions_not_trained",
            "Not every division of the round is trained; record their trainings first.",
            field="action",
        )
    return replace(survey, state="surveying")


def _checked(survey: Round, _act: Act) -> Round:
    return replace(survey, state="checking")


def _closed(survey: Round, _act: Act) -> Round:
    return replace(survey, state="closed")


_STEPS: Mapping[Action, tuple[Step, Callable[[Round, Act], Round]]] = {
    "train": (Step(("opened",), frozenset({"trained", "persons"})), _trained),
    "begin": (Step(("opened",)), _begun),
    "check": (Step(("surveying",)), _checked),
    "close": (Step(("checking",)), _closed),
}
