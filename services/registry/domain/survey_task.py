"""A surveyor's task: one person to ask in a round, again after a refusal; corrected until it is closed."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from kernel.errors import Conflict
from kernel.rulebook import RuleView
from kernel.steps import Step, check_step
from services.registry.domain.codes import split
from services.registry.domain.questionnaire import Questionnaire

Action = Literal["visit", "correct", "reassign"]
State = Literal["to_visit", "to_revisit", "answered", "gone"]

_AFTER: Mapping[str, State] = {
    "answered": "answered",
    "refused": "to_revisit",
    "absent": "to_revisit",
    "moved": "gone",
    "deceased": "gone",
}
OPEN: tuple[State, ...] = ("to_visit", "to_revisit")


@dataclass(frozen=True, slots=True)
class Act:
    """One step. answers: as written by `written`. needs: as joined codes, or None."""

    action: Action
    acted_on: date
    method: str | None = None
    result: str | None = None
    answers: str | None = None
    needs: str | None = None
    surveyor: str | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """The state after the last act. round_id: never changed. result: of the last visit."""

    state: State
    last_act_on: date
    round_id: str
    surveyor: str
    visits: int = 0
    result: str | None = None
    answers: str | None = None
    needs: str | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """The round of a task as its steps see it."""

    state: str
    last_act_on: date
    questionnaire: Questionnaire


def written(answers: Mapping[str, str]) -> str:
    """Answers as one canonical text."""
    return json.dumps(answers, sort_keys=True)


def decide(surveys: Mapping[str, Survey], task: Task, act: Act, _rules: RuleView) -> Task:
    """The task after the act. surveys: the rounds by identifier.

    Raises what check_step and Questionnaire.check raise, and Conflict("registry.survey_round_state") while
    the round takes no such step.
    """
    survey = surveys[task.round_id]
    step, rounds, change = _STEPS[act.action]
    if act.action == "visit" and act.result == "answered":
        step = replace(step, needs=step.needs | {"answers"}, may=frozenset({"needs"}))
    check_step("registry.survey_task", step, task, act, act.acted_on)
    if survey.state not in rounds or act.acted_on < survey.last_act_on:
        raise Conflict(
            "registry.survey_round_state",
            f"The round is {survey.state} since {survey.last_act_on}; this step is for one that is "
            f"{' or '.join(rounds)}.",
            field="action",
            state=survey.state,
        )
    if act.answers is not None:
        survey.questionnaire.check(json.loads(act.answers), split(act.needs))
    return replace(change(task, act), last_act_on=act.acted_on)


def _visited(task: Task, act: Act) -> Task:
    return replace(
        task,
        state=_AFTER[act.result or ""],
        visits=task.visits + 1,
        result=act.result,
        answers=act.answers,
        needs=act.needs,
    )


def _corrected(task: Task, act: Act) -> Task:
    return replace(task, answers=act.answers, needs=act.needs)


def _reassigned(task: Task, act: Act) -> Task:
    return replace(task, surveyor=act.surveyor or "")


_STEPS: Mapping[Action, tuple[Step, tuple[str, ...], Callable[[Task, Act], Task]]] = {
    "visit": (Step(OPEN, frozenset({"method", "result"})), ("surveying",), _visited),
    "correct": (
        Step(("answered",), frozenset({"answers"}), frozenset({"needs"})),
        ("surveying", "checking"),
        _corrected,
    ),
    "reassign": (Step(OPEN, frozenset({"surveyor"})), ("opened", "surveying"), _reassigned),
}
