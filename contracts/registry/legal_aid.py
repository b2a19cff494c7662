"""Messages of legal aid and rescue (法律援助与法律救助): agencies, requests, and the help that was given."""

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
    Name,
    Query,
    Reference,
    RegionText,
    Reply,
)
from contracts.registry.cases import FreeText

AgencyKind = Literal["legal_aid_centre", "rescue_station", "law_firm", "legal_service_office", "counsel"]
LegalAidState = Literal["requested", "granted", "refused", "given"]
LegalAidOutcome = Literal["advised", "drafted", "won", "partly_won", "lost", "agreed", "withdrawn"]


# Events ------------------------------------------------------------------------------------------


class LegalAgencyRegistered(Event):
    """An institution that gives legal help became known."""

    TYPE: ClassVar[str] = "registry.legal_agency_registered.v1"
    SUBJECT: ClassVar[str] = "agency_id"
    DAY: ClassVar[str] = "registered_on"

    agency_id: Identifier
    kind: AgencyKind = Field(description="Kind of institution")
    registered_on: date = Field(description="Day from which it helps")


class LegalAidEvent(Event):
    """What every event of a legal aid matter tells."""

    SUBJECT: ClassVar[str] = "matter_id"
    DAY: ClassVar[str] = "acted_on"

    matter_id: Identifier
    person_id: Identifier
    agency_id: Identifier
    kind: DimensionKey = Field(max_length=40, description="Kind of help, as the rules name it")
    requested_on: date = Field(description="Day of the request")


class LegalAidRequested(LegalAidEvent):
    """A person asked for legal help."""

    TYPE: ClassVar[str] = "registry.legal_aid_requested.v1"
    DAY: ClassVar[str] = "requested_on"

    decision_due_on: date = Field(description="Last day for the decision")


class LegalAidGranted(LegalAidEvent):
    """The agency took the matter on."""

    TYPE: ClassVar[str] = "registry.legal_aid_granted.v1"

    acted_on: date = Field(description="Day of the decision")
    late: bool = Field(description="Whether the decision came after its last day")


class LegalAidRefused(LegalAidEvent):
    """The agency did not take the matter on."""

    TYPE: ClassVar[str] = "registry.legal_aid_refused.v1"

    acted_on: date = Field(description="Day of the decision")
    late: bool = Field(description="Whether the decision came after its last day")


class LegalAidGiven(LegalAidEvent):
    """The help was given in full."""

    TYPE: ClassVar[str] = "registry.legal_aid_given.v1"

    acted_on: date = Field(description="Day on which it was")
    outcome: LegalAidOutcome = Field(description="What came of it")
    hours: int = Field(ge=0, description="Hours worked, whole ones")


# Commands ----------------------------------------------------------------------------------------


class LegalAgencyItem(Item):
    """One institution."""

    ref: Reference
    agency: Name = Field(description="What the institution is called")
    kind: AgencyKind = Field(
        description="Kind: 法律援助中心, 法律救助工作站, 律师事务所, 法律服务所, 法律顾问"
    )
    region: RegionText = Field(description="Division that it serves")
    registered_on: date = Field(description="Day from which it helps")


class RegisterLegalAgencies(BulkCommand):
    """Register institutions that give legal help; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.register_legal_agencies"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = LegalAgencyItem


class LegalAidItem(Item):
    """One request for legal help; it counts where the person lives."""

    ref: Reference
    person_id: Identifier
    agency_ref: Reference = Field(description="Reference of the agency that was asked")
    kind: DimensionKey = Field(max_length=40, description="Kind of help, as rule legal_aid.kinds lists it")
    requested_on: date = Field(description="Day of the request; decides the rules that apply")
    content: FreeText | None = Field(default=None, description="What it is about; stored sealed")


class RecordLegalAid(BulkCommand):
    """Record requests for legal help; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.record_legal_aid"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = LegalAidItem


class LegalAidActItem(Item):
    """One step of a legal aid matter."""

    ref: Reference
    legal_aid_ref: Reference = Field(description="Reference of the request")
    action: Literal["grant", "refuse", "give"] = Field(description="What was done: 决定援助, 不予援助, 办结")
    acted_on: date = Field(description="Day of the step")
    outcome: LegalAidOutcome | None = Field(default=None, description="What came of it; for give")
    hours: int | None = Field(
        default=None, ge=0, le=100_000, description="Hours worked, whole ones; for give"
    )


class RecordLegalAidActs(BulkCommand):
    """Record steps of legal aid matters, in the order given."""

    TYPE: ClassVar[str] = "registry.record_legal_aid_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = LegalAidActItem


# Queries -----------------------------------------------------------------------------------------


class LegalAidView(Message):
    """A legal aid matter as the registry shows it: without the words of people."""

    matter_id: Identifier
    ref: Reference
    person_id: Identifier
    agency_id: Identifier
    kind: DimensionKey = Field(description="Kind of help")
    region: RegionText
    requested_on: date = Field(description="Day of the request")
    decision_due_on: date = Field(description="Last day for the decision")
    state: LegalAidState = Field(description="Where it stands")
    outcome: LegalAidOutcome | None = Field(description="What came of it; null until help was given")
    hours: int | None = Field(description="Hours worked; null until help was given")


class LegalAidPage(Reply):
    """Matters in the order of their identifiers, which is about that of their recording."""

    matters: list[LegalAidView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListLegalAid(Query):
    """Legal aid matters of the caller's regions, page by page: for export, or what is undecided and late."""

    TYPE: ClassVar[str] = "registry.list_legal_aid"
    REPLY: ClassVar[type[Reply]] = LegalAidPage

    person_id: Identifier | None = Field(default=None, description="Only those of this person")
    states: list[LegalAidState] = Field(
        default=[], description="Only those in one of these states; empty: all"
    )
    due_before: date | None = Field(
        default=None, description="Only undecided ones whose last day is before this day"
    )
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Matters in a page")] = 100
