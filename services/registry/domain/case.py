"""What may happen to a petition or a hotline call (信访), in which order, and when its clocks run out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, Self

from kernel.errors import Conflict, Invalid
from kernel.rulebook import RuleView
from kernel.steps import Step, check_step
from kernel.workdays import Workdays
from services.registry.domain.span import Span

Action = Literal["accept", "decline", "assign", "extend", "answer", "rate"]
State = Literal["received", "accepted", "declined", "answered"]
Clock = Literal["notice", "answer"]

OPEN: tuple[State, ...] = ("received", "accepted")


@dataclass(frozen=True, slots=True)
class Terms:
    """The clocks of a channel by the rules of a day. extension: at most so much more, once."""

    notice: Span
    answer: Span
    extension: Span

    @classmethod
    def of(cls, rules: RuleView, channel: str) -> Self:
        """Raises NotFound("rule.not_in_force") for a day before the first value of a rule."""
        procedure = "hotline" if channel in rules["case.hotline_channels"].texts else "petition"
        return cls(
            *(Span.of(rules[f"case.{procedure}.{name}"]) for name in ("notice", "answer", "extension"))
        )


@dataclass(frozen=True, slots=True)
class Act:
    """One step. Fields that belong to other actions are None."""

    action: Action
    acted_on: date
    reason: str | None = None
    unit_id: str | None = None
    officer: str | None = None
    extended_by: int | None = None
    outcome: str | None = None
    satisfied: bool | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """The state after the last act. answer_due_on: None until accepted; satisfied: None until rated."""

    state: State
    last_act_on: date
    notice_due_on: date
    answer_due_on: date | None = None
    extended: bool = False
    unit_id: str | None = None
    officer: str | None = None
    outcome: str | None = None
    satisfied: bool | None = None

    @property
    def running(self) -> tuple[Clock, date] | None:
        """The clock that runs and its last day; None when none does."""
        if self.state == "received":
            return "notice", self.notice_due_on
        if self.state == "accepted" and self.answer_due_on is not None:
            return "answer", self.answer_due_on
        return None

    def missed(self, day: date) -> Clock | None:
        """The running clock, when its last day is before the day."""
        return self.running[0] if self.running and self.running[1] < day else None


def received(received_on: date, terms: Terms, workdays: Workdays) -> Case:
    """A new case. Raises NotFound("workdays.unknown_year")."""
    return Case("received", received_on, terms.notice.last_day(received_on, workdays))


def check_matter(rules: RuleView, matter: str) -> None:
    """Raises Invalid("registry.unknown_matter")."""
    if matter not in rules["case.matters"].texts:
        raise Invalid(
            "registry.unknown_matter",
            "The rules know no such matter on that day; choose one that case.matters lists.",
            field="matter",
        )


def decide(case: Case, act: Act, terms: Terms, workdays: Workdays) -> Case:
    """The case after the act. Raises Conflict or Invalid with the code of the broken rule and its field."""
    step, change = _STEPS[act.action]
    check_step("registry.case", step, case, act, act.acted_on)
    reasons = _REASONS.get(act.action, frozenset())
    if act.reason is not None and act.reason not in reasons:
        raise Invalid(
            "registry.case_act_fields",
            f"The reasons of the step {act.action} are {', '.join(sorted(reasons))}.",
            field="reason",
        )
    return replace(change(case, act, terms, workdays), last_act_on=act.acted_on)


_REASONS: Mapping[Action, frozenset[str]] = {
    "decline": frozenset({"not_in_charge", "in_litigation", "concluded"}),
    "extend": frozenset({"complex", "joint_handling"}),
}


def _accepted(case: Case, act: Act, terms: Terms, workdays: Workdays) -> Case:
    return replace(case, state="accepted", answer_due_on=terms.answer.last_day(act.acted_on, workdays))


def _declined(case: Case, _act: Act, _terms: Terms, _workdays: Workdays) -> Case:
    return replace(case, state="declined")


def _assigned(case: Case, act: Act, _terms: Terms, _workdays: Workdays) -> Case:
    return replace(case, unit_id=act.unit_id, officer=act.officer)


def _extended(case: Case, act: Act, terms: Terms, workdays: Workdays) -> Case:
    if case.answer_due_on is None or act.extended_by is None:
        raise AssertionError("an accepted case has a last day, and an extension its length")
    if case.extended:
        raise Conflict("registry.extended_already", "A case is extended once only.", field="action")
    if act.extended_by > terms.extension.count:
        raise Conflict(
            "registry.extension_too_long",
            f"The time may be extended by at most {terms.extension.count}.",
            field="extended_by",
            at_most=terms.extension.count,
        )
    if act.acted_on > case.answer_due_on:
        raise Conflict(
            "registry.deadline_passed",
            f"The last day was {case.answer_due_on}; time that is over cannot be extended.",
            field="acted_on",
        )
    more = Span(act.extended_by, terms.extension.unit)
    return replace(case, extended=True, answer_due_on=more.last_day(case.answer_due_on, workdays))


def _answered(case: Case, act: Act, _terms: Terms, _workdays: Workdays) -> Case:
    if case.unit_id is None:
        raise Conflict(
            "registry.case_not_assigned",
            "No unit has the case; assign it before it is answered.",
            field="action",
        )
    return replace(case, state="answered", outcome=act.outcome)


def _rated(case: Case, act: Act, _terms: Terms, _workdays: Workdays) -> Case:
    if case.satisfied is not None:
        raise Conflict(
            "registry.rated_already", "The petitioner has rated the answer before.", field="action"
        )
    return replace(case, satisfied=act.satisfied)


_Change = Callable[[Case, Act, Terms, Workdays], Case]
_STEPS: Mapping[Action, tuple[Step, _Change]] = {
    "accept": (Step(("received",)), _accepted),
    "decline": (Step(("received",), frozenset({"reason"})), _declined),
    "assign": (Step(OPEN, frozenset({"unit_id"}), frozenset({"officer"})), _assigned),
    "extend": (Step(("accepted",), frozenset({"reason", "extended_by"})), _extended),
    "answer": (Step(("accepted",), frozenset({"outcome"})), _answered),
    "rate": (Step(("answered",), frozenset({"satisfied"})), _rated),
}
