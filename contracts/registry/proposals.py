"""Messages of suggestions of the people's congress and proposals of the consultative conference."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    Event,
    Identifier,
    Item,
    Message,
    Name,
    Query,
    Reference,
    RegionText,
    Reply,
)
from contracts.registry.cases import FreeText

ProposalKind = Literal["congress_suggestion", "consultative_proposal"]
ProposerKind = Literal["single", "joint", "party", "committee", "other"]
ProposalRole = Literal["sole", "lead", "assisting"]
ProposalState = Literal["assigned", "consulted", "replied"]
ReplyClass = Literal["A", "B", "C", "D"]


# Events ------------------------------------------------------------------------------------------


class ProposalEvent(Event):
    """What every event of a proposal tells. Who proposed it, and what, it does not."""

    SUBJECT: ClassVar[str] = "proposal_id"
    DAY: ClassVar[str] = "acted_on"

    proposal_id: Identifier
    kind: ProposalKind = Field(description="A suggestion (建议) or a proposal (提案)")
    role: ProposalRole = Field(description="Whether the office answers alone, leads, or assists another")
    assigned_on: date = Field(description="Day on which the office got it")


class ProposalAssigned(ProposalEvent):
    """The office got a proposal to answer (交办)."""

    TYPE: ClassVar[str] = "registry.proposal_assigned.v1"
    DAY: ClassVar[str] = "assigned_on"

    proposer: ProposerKind = Field(description="Kind of proposer")
    key: bool = Field(description="Whether it is a key proposal (重点提案)")
    reply_due_on: date = Field(description="Last day for the reply")


class ProposalConsulted(ProposalEvent):
    """The office spoke with the proposer (面商)."""

    TYPE: ClassVar[str] = "registry.proposal_consulted.v1"

    acted_on: date = Field(description="Day of the meeting")


class ProposalExtended(ProposalEvent):
    """The office got more time for the reply."""

    TYPE: ClassVar[str] = "registry.proposal_extended.v1"

    acted_on: date = Field(description="Day of the extension")
    reply_due_on: date = Field(description="Last day for the reply after the extension")


class ProposalReplied(ProposalEvent):
    """The office replied (答复)."""

    TYPE: ClassVar[str] = "registry.proposal_replied.v1"

    acted_on: date = Field(description="Day of the reply")
    reply_class: ReplyClass = Field(description="Class of the reply, A (done or accepted) to D")
    late: bool = Field(description="Whether the reply came after its last day")


class ProposalRated(ProposalEvent):
    """The proposer said whether the reply satisfies."""

    TYPE: ClassVar[str] = "registry.proposal_rated.v1"

    acted_on: date = Field(description="Day of the rating")
    satisfied: bool = Field(description="What the proposer said")


# Commands ----------------------------------------------------------------------------------------


class ProposalItem(Item):
    """One proposal that the office has to answer."""

    ref: Reference
    kind: ProposalKind = Field(description="人大代表建议 or 政协提案")
    session: Name = Field(description="Session at which it was made")
    number: Name = Field(description="Its number at that session")
    title: Name = Field(description="Its title, which is public")
    proposer: ProposerKind = Field(default="single", description="Kind of proposer")
    proposers: FreeText | None = Field(default=None, description="Who proposed it; stored sealed")
    role: ProposalRole = Field(default="sole", description="主办 alone (独办), 主办 with others, or 会办")
    key: bool = Field(default=False, description="Whether it is a key proposal (重点提案)")
    region: RegionText = Field(description="Division where it counts")
    officer: Reference = Field(description="Account of the person in charge")
    assigned_on: date = Field(description="Day on which the office got it; decides the rules that apply")


class RecordProposals(BulkCommand):
    """Record proposals to answer; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.record_proposals"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = ProposalItem


class ProposalActItem(Item):
    """One step of a proposal."""

    ref: Reference
    proposal_ref: Reference = Field(description="Reference of the proposal")
    action: Literal["consult", "extend", "reply", "rate"] = Field(
        description="What was done: 面商, 延期, 答复, 评价"
    )
    acted_on: date = Field(description="Day of the step")
    reply_class: ReplyClass | None = Field(default=None, description="Class of the reply; for reply")
    satisfied: bool | None = Field(default=None, description="What the proposer said; for rate")


class RecordProposalActs(BulkCommand):
    """Record steps of proposals, in the order given."""

    TYPE: ClassVar[str] = "registry.record_proposal_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = ProposalActItem


# Queries -----------------------------------------------------------------------------------------


class ProposalView(Message):
    """A proposal as the registry shows it: without its proposers."""

    proposal_id: Identifier
    ref: Reference
    kind: ProposalKind = Field(description="A suggestion or a proposal")
    session: Name = Field(description="Session at which it was made")
    number: Name = Field(description="Its number at that session")
    title: Name = Field(description="Its title")
    role: ProposalRole = Field(description="Whether the office answers alone, leads, or assists another")
    key: bool = Field(description="Whether it is a key proposal")
    region: RegionText
    officer: Reference = Field(description="Account of the person in charge")
    assigned_on: date = Field(description="Day on which the office got it")
    reply_due_on: date = Field(description="Last day for the reply")
    state: ProposalState = Field(description="Where it stands")
    reply_class: ReplyClass | None = Field(description="Class of the reply; null until there is one")
    satisfied: bool | None = Field(description="What the proposer said; null until it is rated")


class ProposalPage(Reply):
    """Proposals in the order of their identifiers, which is about that of their recording."""

    proposals: list[ProposalView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListProposals(Query):
    """Proposals of the caller's regions, page by page: for export, or what must be replied to soon."""

    TYPE: ClassVar[str] = "registry.list_proposals"
    REPLY: ClassVar[type[Reply]] = ProposalPage

    states: list[ProposalState] = Field(
        default=[], description="Only those in one of these states; empty: all"
    )
    due_before: date | None = Field(
        default=None, description="Only unanswered ones whose last day is before this day"
    )
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Proposals in a page")] = 100
