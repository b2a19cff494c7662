"""Questions about cases, the reading of what is sealed in them, and the daily look at their deadlines."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.message import Command, DimensionKey, Identifier, Message, Query, Reference, RegionText, Reply
from contracts.registry.cases import CaseOutcome, Channel
from contracts.registry.files import Purpose

CaseState = Literal["received", "accepted", "declined", "answered"]


class CaseView(Message):
    """A case as the registry shows it: without the words of people."""

    case_id: Identifier
    ref: Reference
    channel: Channel = Field(description="How it came in")
    matter: DimensionKey = Field(description="What it is about")
    region: RegionText
    person_id: Identifier | None = Field(description="The registered person whom it is about")
    persons: int = Field(description="How many came together")
    received_on: date = Field(description="Day of receipt")
    repeat_of: Identifier | None = Field(description="The earlier case that it repeats")
    state: CaseState = Field(description="Where it stands")
    unit_id: Identifier | None = Field(description="The unit that has it")
    officer: Reference | None = Field(description="Account of the officer or leader in charge")
    notice_due_on: date = Field(description="Last day for telling whether it is accepted")
    answer_due_on: date | None = Field(description="Last day for the answer; null until it is accepted")
    outcome: CaseOutcome | None = Field(description="What came of it; null until it is answered")
    satisfied: bool | None = Field(description="What the petitioner said; null until it is rated")


class CasePage(Reply):
    """Cases in the order of their identifiers, which is about that of their recording."""

    cases: list[CaseView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListCases(Query):
    """Cases of the caller's regions, page by page: for export, for a list of work, for a person's file."""

    TYPE: ClassVar[str] = "registry.list_cases"
    REPLY: ClassVar[type[Reply]] = CasePage

    region: RegionText | None = Field(default=None, description="Only those of this division and below")
    person_id: Identifier | None = Field(default=None, description="Only those of this person")
    unit_id: Identifier | None = Field(default=None, description="Only those that this unit has")
    states: list[CaseState] = Field(default=[], description="Only those in one of these states; empty: all")
    due_before: date | None = Field(
        default=None, description="Only open ones whose running clock ends before this day"
    )
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Cases in a page")] = 100


class UnitLoad(Message):
    """The open cases of one unit on a day."""

    unit_id: Identifier | None = Field(description="The unit; null: cases that no unit has yet")
    unit: str | None = Field(description="What it is called")
    open: int = Field(description="Cases neither answered nor declined")
    soon: int = Field(description="Of these, due within the days asked for: the yellow light")
    overdue: int = Field(description="Of these, past their last day: the red light")


class UnitLoads(Reply):
    """What each unit has to do, the most overdue first."""

    units: list[UnitLoad] = Field(description="Units with open cases")


class ShowUnitLoads(Query):
    """Open, soon due and overdue cases by unit: the early warning."""

    TYPE: ClassVar[str] = "registry.show_unit_loads"
    REPLY: ClassVar[type[Reply]] = UnitLoads

    day: date = Field(description="The day to judge by")
    within_days: int = Field(default=3, ge=0, le=60, description="Calendar days of the yellow light")


class CaseAct(Message):
    """One step of a case, in plain."""

    ref: Reference
    action: str = Field(description="What was done")
    acted_on: date = Field(description="When")
    text: str | None = Field(description="What was written")


class RevealedCase(Reply):
    """The words of a case."""

    case_id: Identifier
    petitioner: str | None = Field(description="Who petitions, where that is nobody registered")
    content: str | None = Field(description="What is asked for")
    acts: list[CaseAct] = Field(description="Its steps, in their order")


class RevealCase(Command):
    """Read the words of a case in plain. Writes an audit row with the purpose in the same transaction."""

    TYPE: ClassVar[str] = "registry.reveal_case"
    KEEP_REPLY: ClassVar[bool] = False
    REPLY: ClassVar[type[Reply]] = RevealedCase

    case_id: Identifier
    purpose: Purpose


class DeadlineCheck(Reply):
    """The day's look at the deadlines, started now or before."""

    job_id: Identifier
    day: date = Field(description="The day looked at")


class CheckDeadlines(Command):
    """Look for clocks that ran out before a day, once for each day; each is told as an event."""

    TYPE: ClassVar[str] = "registry.check_deadlines"
    REPLY: ClassVar[type[Reply]] = DeadlineCheck

    day: date = Field(description="The first day on which the clocks are no longer in time")
