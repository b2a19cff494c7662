"""Messages of congresses (代表大会): terms of office, and delegates with the check of their qualification."""

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
    Reference,
    RegionText,
    Reply,
)
from contracts.registry.cases import FreeText
from contracts.registry.network.organisations import OrganisationKind
from contracts.registry.network.records import Level, Listing, Page, StepItem

TermState = Literal["preparing", "elected", "in_office", "ended"]
DelegateState = Literal["named", "qualified", "rejected"]
TermNumber = Annotated[int, Field(ge=1, le=99)]


# Events ------------------------------------------------------------------------------------------


class TermEvent(Event):
    """What every event of a term of office tells."""

    SUBJECT: ClassVar[str] = "term_id"
    DAY: ClassVar[str] = "acted_on"

    term_id: Identifier
    organisation_id: Identifier
    organisation_kind: OrganisationKind = Field(description="What the organisation is")
    level: Level = Field(description="Level of its division")
    number: TermNumber = Field(description="Number of the term (届), counted from the first")


class TermPrepared(TermEvent):
    """The preparation of a congress began."""

    TYPE: ClassVar[str] = "registry.term_prepared.v1"
    DAY: ClassVar[str] = "prepared_on"

    prepared_on: date = Field(description="Its first day")


class TermElected(TermEvent):
    """The congress elected."""

    TYPE: ClassVar[str] = "registry.term_elected.v1"

    acted_on: date = Field(description="Day of the election")


class TermStarted(TermEvent):
    """Those elected took office."""

    TYPE: ClassVar[str] = "registry.term_started.v1"

    acted_on: date = Field(description="First day in office")
    due_on: date = Field(description="Last day of the term by the rules")


class TermEnded(TermEvent):
    """The term ended; another may take office."""

    TYPE: ClassVar[str] = "registry.term_ended.v1"

    acted_on: date = Field(description="First day no longer in office")


class DelegateEvent(Event):
    """What every event of a delegate tells."""

    SUBJECT: ClassVar[str] = "delegate_id"
    DAY: ClassVar[str] = "acted_on"

    delegate_id: Identifier
    term_id: Identifier
    person_id: Identifier | None = Field(description="The delegate, where registered here")


class DelegateNamed(DelegateEvent):
    """Somebody was named as a delegate to a congress."""

    TYPE: ClassVar[str] = "registry.delegate_named.v1"
    DAY: ClassVar[str] = "named_on"

    named_on: date = Field(description="Day of the naming")


class DelegateQualified(DelegateEvent):
    """The check of a delegate's qualification was passed."""

    TYPE: ClassVar[str] = "registry.delegate_qualified.v1"

    acted_on: date = Field(description="Day of the check")


class DelegateRejected(DelegateEvent):
    """The check of a delegate's qualification was not passed."""

    TYPE: ClassVar[str] = "registry.delegate_rejected.v1"

    acted_on: date = Field(description="Day of the check")


# Commands ----------------------------------------------------------------------------------------


class TermItem(Item):
    """One term of office of a federation or an association."""

    ref: Reference
    organisation_ref: Reference = Field(description="Reference of the organisation")
    number: TermNumber = Field(description="Number of the term (届), counted from the first; recorded once")
    prepared_on: date = Field(description="Day on which the preparation of the congress began")


class RecordTerms(BulkCommand):
    """Record terms of office; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.record_terms"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = TermItem


class TermActItem(StepItem):
    """One step of a term."""

    term_ref: Reference = Field(description="Reference of the term")
    action: Literal["elect", "take_office", "leave_office"] = Field(
        description="What was done: 大会选举, 就任, 届满"
    )


class RecordTermActs(BulkCommand):
    """Record steps of terms, in the order given."""

    TYPE: ClassVar[str] = "registry.record_term_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = TermActItem


class DelegateItem(Item):
    """One delegate to the congress of a term that is being prepared."""

    ref: Reference
    term_ref: Reference = Field(description="Reference of the term")
    named_on: date = Field(description="Day of the naming")
    person_id: Identifier | None = Field(default=None, description="The delegate, where registered here")
    delegate: FreeText | None = Field(default=None, description="Name of the delegate; stored sealed")


class RecordDelegates(BulkCommand):
    """Record delegates; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.record_delegates"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = DelegateItem


class DelegateActItem(StepItem):
    """The check of a delegate's qualification (资格审查)."""

    delegate_ref: Reference = Field(description="Reference of the delegate")
    action: Literal["qualify", "reject"] = Field(description="What was found: 审查合格, 审查不合格")


class RecordDelegateActs(BulkCommand):
    """Record checks of delegates."""

    TYPE: ClassVar[str] = "registry.record_delegate_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = DelegateActItem


# Queries -----------------------------------------------------------------------------------------


class TermView(Message):
    """A term as the registry shows it."""

    term_id: Identifier
    ref: Reference
    organisation_id: Identifier
    region: RegionText
    number: TermNumber = Field(description="Number of the term, counted from the first")
    prepared_on: date = Field(description="Day on which its preparation began")
    state: TermState = Field(description="Where it stands")
    last_act_on: date = Field(description="Day of its last step")
    due_on: date | None = Field(description="Last day by the rules; null until it is in office")


class TermPage(Page):
    """A page of terms."""

    terms: list[TermView] = Field(description="At most as many as asked for")


class ListTerms(Listing):
    """Terms of the caller's regions, page by page; also those that should have ended."""

    TYPE: ClassVar[str] = "registry.list_terms"
    REPLY: ClassVar[type[Reply]] = TermPage

    organisation_id: Identifier | None = Field(default=None, description="Only those of this organisation")
    states: list[TermState] = Field(default=[], description="Only those in these states; empty: all")
    due_before: date | None = Field(
        default=None, description="Only those in office whose last day is before this day"
    )


class DelegateView(Message):
    """A delegate as the registry shows it: without the name."""

    delegate_id: Identifier
    ref: Reference
    term_id: Identifier
    region: RegionText
    person_id: Identifier | None = Field(description="The delegate, where registered here")
    named_on: date = Field(description="Day of the naming")
    state: DelegateState = Field(description="Named, found qualified, or not")


class DelegatePage(Page):
    """A page of delegates."""

    delegates: list[DelegateView] = Field(description="At most as many as asked for")


class ListDelegates(Listing):
    """Delegates of the caller's regions, page by page."""

    TYPE: ClassVar[str] = "registry.list_delegates"
    REPLY: ClassVar[type[Reply]] = DelegatePage

    term_id: Identifier | None = Field(default=None, description="Only those to this term's congress")
    states: list[DelegateState] = Field(default=[], description="Only those in these states; empty: all")
