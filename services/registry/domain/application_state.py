"""An application for a certificate (残疾人证申请) as it stands, a step of it, what decides beside it.

What may follow on what is decided in application.py.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from kernel.rulebook import RuleView
from kernel.workdays import Workdays
from services.registry.domain.span import Span, years_later

Kind = Literal["new", "renewal", "reissue", "replacement", "change", "move", "cancel", "reassessment"]
Channel = Literal["local", "any_window", "for_other_province", "from_other_province"]
Action = Literal[
    "accept",
    "decline",
    "assess",
    "post",
    "dispute",
    "reassess",
    "approve",
    "reject",
    "forward",
    "issue",
    "tell",
    "withdraw",
]
State = Literal[
    "applied",
    "accepted",
    "declined",
    "assessed",
    "posted",
    "disputed",
    "approved",
    "rejected",
    "forwarded",
    "issued",
    "told",
    "withdrawn",
]
Clock = Literal["acceptance", "decision", "telling"]

UNDER_WAY: tuple[State, ...] = ("accepted", "assessed", "posted")
OPEN: tuple[State, ...] = ("applied", *UNDER_WAY, "disputed", "approved")
CROSS_PROVINCE: tuple[Channel, ...] = ("for_other_province", "from_other_province")


@dataclass(frozen=True, slots=True)
class Act:
    """One step. Fields that belong to other actions are None.

    reason: for decline and reject. For assess and reassess: place (hospital or home), assessor (code of the
    hospital or panel), standard (None: the one in force), category and grade (both None: the standard is not
    met), campaign (code of the assessment day), guided (whether the family was shown how to train at home).
    """

    action: Action
    acted_on: date
    reason: str | None = None
    place: str | None = None
    assessor: str | None = None
    standard: str | None = None
    category: str | None = None
    grade: int | None = None
    campaign: str | None = None
    guided: bool | None = None


@dataclass(frozen=True, slots=True)
class Application:
    """The state after the last act.

    due_on: last day of the clock that runs, None where none does. assessed_on, standard: of the last
    assessment. category, grade: its result, None where the standard is not met. posted_until, dispute_until:
    last days of the notice and of a dispute. level: who reassessed, or does, last. issued: whether a
    certificate came of it.
    """

    kind: Kind
    channel: Channel
    state: State
    last_act_on: date
    due_on: date | None = None
    assessed_on: date | None = None
    standard: str | None = None
    category: str | None = None
    grade: int | None = None
    posted_until: date | None = None
    dispute_until: date | None = None
    level: str | None = None
    issued: bool = False

    @property
    def clock(self) -> Clock | None:
        """The clock that runs; None when none does."""
        if self.due_on is None:
            return None
        if self.state == "applied":
            return "acceptance"
        return "decision" if self.state in UNDER_WAY else "telling"

    def missed(self, day: date) -> bool:
        """Whether the last day of the running clock is before the day."""
        return self.due_on is not None and self.due_on < day


@dataclass(frozen=True, slots=True)
class Office:
    """What decides beside the file: the rules of the step's day, working days, when the person was born."""

    rules: RuleView
    workdays: Workdays
    born_on: date

    def last_day(self, rule: str, start: date) -> date:
        """The last day of a rule's period after `start`. Raises NotFound("workdays.unknown_year")."""
        return Span.of(self.rules[rule]).last_day(start, self.workdays)

    def timed(self, channel: Channel, clock: Clock, start: date) -> date | None:
        """The last day of a clock; None for a channel that has none."""
        if channel not in self.rules["application.timed_channels"].texts:
            return None
        return self.last_day(f"application.{clock}", start)

    def minor(self, day: date) -> bool:
        """Whether the person is too young for a public notice on that day."""
        return day < years_later(self.born_on, self.rules["application.notice.adult_years"].integer)
