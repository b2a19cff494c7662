"""Messages of merging (合并) the records of a person who was registered twice, and of undoing it."""

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
    Query,
    Reference,
    Reply,
)

MergeState = Literal["requested", "approved", "rejected"]
MergeAction = Literal["merge", "unmerge"]


class PersonsMerged(Event):
    """From now on a person leads to another one. Tells the end of the way, also where it is not the first."""

    TYPE: ClassVar[str] = "registry.persons_merged.v1"
    DAY: ClassVar[str] = "merged_on"

    person_id: Identifier = Field(description="The merged person, who is nobody of their own any more")
    kept_id: Identifier = Field(description="The kept person, who stands for both")
    merged_on: date = Field(description="Day of the decision")


class PersonsUnmerged(Event):
    """A person no longer leads to another one."""

    TYPE: ClassVar[str] = "registry.persons_unmerged.v1"
    DAY: ClassVar[str] = "unmerged_on"

    person_id: Identifier = Field(description="The person, of their own again")
    kept_id: Identifier = Field(description="Who stood for the person until now")
    unmerged_on: date = Field(description="Day of the decision")


class MergeItem(Item):
    """One merge, as somebody asks for it."""

    ref: Reference
    person_id: Identifier = Field(description="The record that is to lead to the other one")
    kept_id: Identifier = Field(description="The record that is to stand for both")
    requested_on: date = Field(description="Day of the request")


class RequestMerges(BulkCommand):
    """Ask for merges; nothing changes until another person approves."""

    TYPE: ClassVar[str] = "registry.request_merges"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = MergeItem


class UnmergeItem(Item):
    """The undoing of one merge, as somebody asks for it."""

    ref: Reference
    merge_ref: Reference = Field(description="Reference of the merge that is to be undone")
    requested_on: date = Field(description="Day of the request")


class RequestUnmerges(BulkCommand):
    """Ask for the undoing of merges; nothing changes until another person approves."""

    TYPE: ClassVar[str] = "registry.request_unmerges"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = UnmergeItem


class MergeDecisionItem(Item):
    """One decision on one request to merge or to undo."""

    ref: Reference
    merge_ref: Reference = Field(description="Reference of the request, to merge or to undo")
    decision: Literal["approved", "rejected"] = Field(description="同意, 不同意")
    decided_on: date = Field(description="Day of the decision")


class DecideMerges(BulkCommand):
    """Decide on requests that somebody else made; an approved one is carried out at once."""

    TYPE: ClassVar[str] = "registry.decide_merges"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = MergeDecisionItem


class MergeView(Message):
    """A request and what became of it."""

    merge_id: Identifier
    ref: Reference
    action: MergeAction = Field(description="Whether it merges or undoes")
    person_id: Identifier = Field(description="The merged person")
    kept_id: Identifier = Field(description="The person kept")
    requested_on: date = Field(description="Day of the request")
    requested_by: str = Field(description="Account that asked")
    state: MergeState = Field(description="Where it stands")
    undone: bool = Field(description="Whether it is a merge that was undone since")
    decided_on: date | None = Field(description="Day of the decision")
    decided_by: str | None = Field(description="Account that decided")


class MergePage(Reply):
    """Requests in the order of their identifiers, which is about that of their recording."""

    merges: list[MergeView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListMerges(Query):
    """Requests about persons of the caller's regions, page by page: of a person, or what waits."""

    TYPE: ClassVar[str] = "registry.list_merges"
    REPLY: ClassVar[type[Reply]] = MergePage

    person_id: Identifier | None = Field(default=None, description="Only those about this person")
    states: list[MergeState] = Field(default=[], description="Only those in one of these states; empty: all")
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Requests in a page")] = 100
