"""A claim for a subsidy (补贴申请): its states, its steps, its clocks, and where each step is taken."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from kernel.regions import LEVELS, RegionCode
from kernel.rulebook import RuleView
from kernel.workdays import Workdays

Action = Literal[
    "ask",
    "complete",
    "accept",
    "decline",
    "push",
    "check",
    "review",
    "approve",
    "post",
    "object",
    "dismiss",
    "award",
    "refuse",
    "tell",
    "withdraw",
    "hide_name",
]
State = Literal[
    "handed_in",
    "incomplete",
    "accepted",
    "arrived",
    "checked",
    "reviewed",
    "approved",
    "posted",
    "objected",
    "granted",
    "refused",
    "told",
    "withdrawn",
]
Clock = Literal["acceptance", "decision", "closing", "telling"]

OPEN: tuple[State, ...] = (
    "handed_in",
    "incomplete",
    "accepted",
    "arrived",
    "checked",
    "reviewed",
    "approved",
    "posted",
    "objected",
)
"""The states before it is granted, refused or withdrawn; a person has one such claim of a scheme."""
AT_WINDOW: frozenset[State] = frozenset({"handed_in", "incomplete", "accepted", "granted", "refused"})
"""The states in which the window has to act, where it is not the home."""


@dataclass(frozen=True, slots=True)
class Act:
    """One step. reason: for decline and refuse; for check and review what was found against the claim."""

    action: Action
    acted_on: date
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a claim stands after its last act. away: whether it was handed in elsewhere than at home.

    clock, due_on: the clock that runs and its last day, None where none does. obstacle: what hand-in, or the
    last check or review, found against it. checked_by, reviewed_by: accounts. posted_until: last day of the
    notice. objected_on: day of an objection that is not decided. reason: why it was refused. name_hidden:
    whether it was asked that the notice not name the person.
    """

    away: bool
    state: State
    last_act_on: date
    clock: Clock | None = None
    due_on: date | None = None
    obstacle: str | None = None
    checked_by: str | None = None
    reviewed_by: str | None = None
    posted_until: date | None = None
    objected_on: date | None = None
    reason: str | None = None
    name_hidden: bool = False

    def missed(self, day: date) -> bool:
        """Whether the last day of the running clock is before the day."""
        return self.due_on is not None and self.due_on < day


@dataclass(frozen=True, slots=True)
class Office:
    """What decides beside the claim: the rules of the step's day at home, working days, who takes the step.

    notice_days: working days for which the scheme has a decision posted, None where it has none posted.
    checkers, reviewers: accounts that ever did so with the claim, however often it was looked at again.
    """

    rules: RuleView
    workdays: Workdays
    by: str
    notice_days: int | None = None
    checkers: frozenset[str] = frozenset()
    reviewers: frozenset[str] = frozenset()

    def last_day(self, clock: Clock, start: date) -> date:
        """The last day of a clock that begins after `start`. Raises NotFound("workdays.unknown_year")."""
        return self.workdays.after(start, self.rules[f"claims.{clock}"].integer)

    @property
    def levels(self) -> tuple[str, ...]:
        """Who looks at a claim, from the lowest level; the last one decides."""
        return self.rules["claims.levels"].texts


def seat(region: str, level: str) -> str:
    """The division of that level in which a home lies; the home itself where it names no lower one."""
    home = RegionCode(region)
    above = LEVELS[: LEVELS.index(home.level) + 1]
    return next((str(home.at_level(each)) for each in above if each == level), region)
