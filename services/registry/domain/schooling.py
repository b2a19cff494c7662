"""A child of school age (适龄残疾儿童): suspected out of school, verified, then placed; nobody is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, cast

from kernel.errors import Invalid
from kernel.rulebook import RuleView
from kernel.steps import Step, check_step
from services.registry.domain.matching import Check, full_years

Action = Literal["verify", "enrol", "teach_at_home", "exempt"]
State = Literal["suspected", "at_school", "out_of_school", "enrolled", "home_teaching", "exempt"]

_TO_PLACE: tuple[State, ...] = ("out_of_school", "enrolled", "home_teaching", "exempt")


@dataclass(frozen=True, slots=True)
class Act:
    """One step. Fields that belong to other actions are None."""

    action: Action
    acted_on: date
    outcome: str | None = None
    form: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Schooling:
    """The state after the last act. form: of the school; reason: of the exemption; else None."""

    state: State
    last_act_on: date
    form: str | None = None
    reason: str | None = None


def suspected(suspected_on: date, birth_date: date, rules: RuleView) -> Schooling:
    """A new record, for the ages that a match looks for. Raises Invalid("registry.not_of_school_age")."""
    check = Check.of(rules, "school_enrolment")
    age = full_years(birth_date, suspected_on)
    if not (check.min_age or 0) <= age <= (check.max_age or age):
        raise Invalid(
            "registry.not_of_school_age",
            f"Schooling is compulsory from {check.min_age} to {check.max_age} years of age.",
            field="person_id",
        )
    return Schooling("suspected", suspected_on)


def decide(schooling: Schooling, act: Act, _rules: RuleView) -> Schooling:
    """The schooling after the act. Raises what check_step raises."""
    step, state = _STEPS[act.action]
    check_step("registry.schooling", step, schooling, act, act.acted_on)
    reached = cast("State", act.outcome) if state is None else state
    return replace(schooling, state=reached, last_act_on=act.acted_on, form=act.form, reason=act.reason)


_STEPS: Mapping[Action, tuple[Step, State | None]] = {
    "verify": (Step(("suspected",), frozenset({"outcome"})), None),
    "enrol": (Step(_TO_PLACE, frozenset({"form"})), "enrolled"),
    "teach_at_home": (Step(_TO_PLACE), "home_teaching"),
    "exempt": (Step(_TO_PLACE, frozenset({"reason"})), "exempt"),
}
