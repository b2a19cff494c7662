"""Messages of matching with other departments' lists (部门数据比对): runs, and the findings (疑似) of each.

A finding is no fact about a person: it is somebody to ask. Nothing is opened, stopped or cancelled by it.
"""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    DimensionKey,
    Event,
    Identifier,
    Item,
    Reference,
    RegionText,
    Reply,
)
from contracts.registry.certificates import CategoryText, Grade

Proposal = Literal[
    "open",  # 应享未享,拟落实
    "stop",  # 不应享而享,拟停发
    "close",  # 疑似死亡,拟注销
    "move",  # 疑似迁出,拟迁移
]
MatchFindingState = Literal["raised", "assigned", "confirmed", "dismissed", "closed"]
MatchFindingOutcome = Literal["confirmed", "explained", "data_error"]
MatchFindingResult = Literal[
    "benefit_opened",
    "benefit_stopped",
    "certificate_cancelled",
    "certificate_moved",
    "not_eligible",
    "waived",
]
_CheckName = Annotated[DimensionKey, Field(max_length=40)]

# Events ------------------------------------------------------------------------------------------


class MatchEvent(Event):
    """What every event of a run tells."""

    SUBJECT: ClassVar[str] = "run_id"
    DAY: ClassVar[str] = "matched_on"

    run_id: Identifier
    matched_on: date = Field(description="Day whose rules and ages count")


class MatchStarted(MatchEvent):
    """A run began to compare the persons of its region with the lists."""

    TYPE: ClassVar[str] = "registry.match_started.v1"


class MatchCompleted(MatchEvent):
    """A run has compared everybody."""

    TYPE: ClassVar[str] = "registry.match_completed.v1"

    persons: int = Field(ge=0, description="How many certified persons were compared")
    findings: int = Field(ge=0, description="How many findings it raised")


class MatchFindingEvent(Event):
    """What every event of a finding tells. category, grade: as on the day of the match."""

    SUBJECT: ClassVar[str] = "finding_id"
    DAY: ClassVar[str] = "acted_on"

    finding_id: Identifier
    run_id: Identifier
    person_id: Identifier
    check: _CheckName = Field(description="Check that raised it, as rule match.checks names it")
    proposes: Proposal = Field(description="What a person in charge may have to do")
    category: CategoryText = Field(description="Category of disability on the day of the match")
    grade: Grade = Field(description="Grade on that day, 1 (most severe) to 4")
    raised_on: date = Field(description="Day of the match; rates count findings by it")


class MatchFindingRaised(MatchFindingEvent):
    """A person is not as a check expects (疑似); somebody has to verify it."""

    TYPE: ClassVar[str] = "registry.match_finding_raised.v1"
    DAY: ClassVar[str] = "raised_on"

    as_of: date = Field(description="Day whose state the lists tell; of several lists the latest")


class MatchFindingAssigned(MatchFindingEvent):
    """A finding, or what follows from a confirmed one, was given to somebody with a deadline."""

    TYPE: ClassVar[str] = "registry.match_finding_assigned.v1"

    acted_on: date = Field(description="Day of the assignment")
    due_on: date = Field(description="Last day for what is to be done")


class MatchFindingVerified(MatchFindingEvent):
    """Somebody went and looked (核实)."""

    TYPE: ClassVar[str] = "registry.match_finding_verified.v1"

    acted_on: date = Field(description="Day on which it was verified")
    outcome: MatchFindingOutcome = Field(description="What was found")
    due_on: date | None = Field(description="Last day for what follows; null unless it was confirmed")


class MatchFindingClosed(MatchFindingEvent):
    """What follows from a confirmed finding was done."""

    TYPE: ClassVar[str] = "registry.match_finding_closed.v1"

    acted_on: date = Field(description="Day on which it was done")
    result: MatchFindingResult = Field(description="What came of it")


# Commands ----------------------------------------------------------------------------------------


class MatchRunItem(Item):
    """One run. It compares the certified persons of a division by checks, with one list of each kind."""

    ref: Annotated[
        Reference,
        Field(
            max_length=60, description="The office's own number of the run; findings are numbered below it"
        ),
    ]
    region: RegionText = Field(description="Division whose persons are compared")
    matched_on: date = Field(description="Day whose rules and ages count")
    checks: list[_CheckName] = Field(
        min_length=1, max_length=40, description="Checks to make, as rule match.checks lists them"
    )
    survey_round_ref: Reference | None = Field(
        default=None,
        description="Reference of a closed round of the survey, for checks that ask for needs",
    )
    list_refs: list[Reference] = Field(
        default=[],
        max_length=40,
        description="References of the lists to compare with; they are closed by it",
    )


class StartMatchRuns(BulkCommand):
    """Start runs; the office's reference is unique within the platform. The work goes on after the reply."""

    TYPE: ClassVar[str] = "registry.start_match_runs"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = MatchRunItem


class MatchFindingActItem(Item):
    """One step of a finding."""

    ref: Reference
    match_finding_ref: Reference = Field(description="Number of the finding, as it is listed")
    action: Literal["assign", "verify", "close"] = Field(description="What was done: 交办, 核实, 办结")
    acted_on: date = Field(description="Day of the step")
    officer: Reference | None = Field(
        default=None, description="Account of who is in charge; for assign, and for verify of a confirmed one"
    )
    due_on: date | None = Field(
        default=None, description="Last day; for assign, and for verify of a confirmed one"
    )
    outcome: MatchFindingOutcome | None = Field(default=None, description="What was found; for verify")
    result: MatchFindingResult | None = Field(default=None, description="What came of it; for close")


class RecordMatchFindingActs(BulkCommand):
    """Record steps of findings, in the order given."""

    TYPE: ClassVar[str] = "registry.record_match_finding_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = MatchFindingActItem
