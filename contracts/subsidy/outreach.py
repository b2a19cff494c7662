"""Messages of outreach (政策找人): who is entitled to a scheme by its rules and has no award, to be asked.

A lead is no decision: it is somebody to talk to. No award is granted by it.
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
    Message,
    PeriodText,
    Query,
    Reference,
    RegionText,
    Reply,
    RuleKey,
)
from contracts.subsidy.schemes import Scheme

LeadState = Literal[
    "found",  # 待联系
    "contacted",  # 已联系
    "applied",  # 已申请
    "granted",  # 已审定
    "not_wanted",  # 本人放弃
    "not_entitled",  # 核实不符
]

LeadCause = Annotated[
    Literal[
        "outreach",  # 政策找人
        "ended_award",  # 停发后恢复条件
        "lower_benefit",  # 另一待遇低于本补贴
    ],
    Field(description="What showed it: a run, news of somebody whose award ended, a lower other benefit"),
]

# Events ------------------------------------------------------------------------------------------


class LeadEvent(Event):
    """What every event of a lead tells."""

    SUBJECT: ClassVar[str] = "lead_id"
    DAY: ClassVar[str] = "acted_on"

    lead_id: Identifier
    person_id: Identifier
    scheme: Scheme
    period: PeriodText = Field(description="Period for which there is no award")


class LeadFound(LeadEvent):
    """By all that is known somebody is entitled to a scheme, and has no award; somebody has to ask."""

    TYPE: ClassVar[str] = "subsidy.lead_found.v1"
    DAY: ClassVar[str] = "found_on"

    run_id: Identifier | None = Field(default=None, description="The run of outreach; null for another cause")
    cause: LeadCause = "outreach"
    found_on: date = Field(description="Day whose rules count")


class LeadMoved(LeadEvent):
    """A lead was followed up."""

    TYPE: ClassVar[str] = "subsidy.lead_moved.v1"

    state: LeadState = Field(description="Where it stands now")
    acted_on: date = Field(description="Day of the step")


# Commands ----------------------------------------------------------------------------------------


class OutreachRunItem(Item):
    """One run: a scheme, a period, and the division whose persons are looked at."""

    ref: Reference
    scheme: Scheme
    period: PeriodText = Field(description="Period to look for awards in, in the scheme's cadence")
    region: RegionText = Field(description="Persons of this division and those below it")
    matched_on: date = Field(description="Day whose rules count, and for which a certificate must be valid")


class StartOutreachRuns(BulkCommand):
    """Start runs; the office's reference is unique within the platform. The work goes on after the reply."""

    TYPE: ClassVar[str] = "subsidy.start_outreach_runs"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = OutreachRunItem


class LeadActItem(Item):
    """One step of a lead."""

    ref: Reference
    lead_id: Identifier
    action: Literal["contact", "apply", "decline", "exclude"] = Field(
        description="What came of it: 联系, 申请, 本人放弃, 核实不符"
    )
    acted_on: date = Field(description="Day of the step")
    reason: DimensionKey | None = Field(
        default=None,
        max_length=40,
        description="Why the person is not entitled, as rule outreach.reasons lists; for exclude only",
    )


class RecordLeadActs(BulkCommand):
    """Record steps of leads, in the order given."""

    TYPE: ClassVar[str] = "subsidy.record_lead_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = LeadActItem


# Queries -----------------------------------------------------------------------------------------


class OutreachRunView(Message):
    """A run and how far it has come."""

    run_id: Identifier
    ref: Reference
    scheme: Scheme
    period: PeriodText
    region: RegionText
    matched_on: date = Field(description="Day whose rules count")
    state: Literal["running", "completed"] = Field(description="Whether everybody was looked at")
    persons: int = Field(description="Persons looked at so far")
    leads: int = Field(description="Leads found so far")


class OutreachRunPage(Reply):
    """Runs in the order of their identifiers, which is about that of their recording."""

    runs: list[OutreachRunView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListOutreachRuns(Query):
    """Runs of the caller's regions, page by page."""

    TYPE: ClassVar[str] = "subsidy.list_outreach_runs"
    REPLY: ClassVar[type[Reply]] = OutreachRunPage

    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Runs in a page")] = 100


class LeadView(Message):
    """A lead: whom to ask, why, and what to verify."""

    lead_id: Identifier
    run_id: Identifier | None = Field(description="The run of outreach; null for another cause")
    cause: LeadCause
    person_id: Identifier
    region: RegionText = Field(description="Where the person lived when found")
    scheme: Scheme
    period: PeriodText
    rules: list[RuleKey] = Field(description="Keys of the rules that the person fits, as far as is known")
    to_check: list[str] = Field(description="What the platform does not know and somebody has to verify")
    state: LeadState = Field(description="Where it stands")
    found_on: date = Field(description="Day whose rules count")
    last_act_on: date = Field(description="Day of the last step")
    reason: DimensionKey | None = Field(description="Why the person is not entitled")
    award_id: Identifier | None = Field(description="The award that closed it")


class LeadPage(Reply):
    """Leads in the order of their identifiers, which is about that of their finding."""

    leads: list[LeadView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListLeads(Query):
    """Leads of the caller's regions, page by page: of a street, a run, a person."""

    TYPE: ClassVar[str] = "subsidy.list_leads"
    REPLY: ClassVar[type[Reply]] = LeadPage

    run_id: Identifier | None = Field(default=None, description="Only of this run")
    person_id: Identifier | None = Field(default=None, description="Only of this person")
    causes: list[LeadCause] = Field(default=[], description="Only of one of these causes; empty: all")
    region: RegionText | None = Field(default=None, description="Only of this division and those below it")
    states: list[LeadState] = Field(default=[], description="Only in one of these states; empty: all")
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Leads in a page")] = 100


class LeadCount(Message):
    """How many leads of a township or street are in one state."""

    region: RegionText = Field(description="Township or street (乡镇、街道)")
    state: LeadState = Field(description="Where they stand")
    leads: int = Field(description="How many")


class LeadCounts(Reply):
    """By township and state, in this order; none for a run that is unknown or of other regions."""

    counts: list[LeadCount] = Field(description="Those that are not zero")


class ShowLeadCounts(Query):
    """Leads of a run in the caller's regions, counted by township or street."""

    TYPE: ClassVar[str] = "subsidy.show_lead_counts"
    REPLY: ClassVar[type[Reply]] = LeadCounts

    run_id: Identifier
