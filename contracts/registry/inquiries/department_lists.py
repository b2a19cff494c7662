"""Messages of other departments' lists (部门名单): who stands on which list, as of which day.

Of a row the registry keeps the blind index of the citizen number, never the number itself.
"""

from datetime import date
from typing import Annotated, ClassVar

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

# Events ------------------------------------------------------------------------------------------


class DepartmentListRecorded(Event):
    """A list of another department is known; its rows follow."""

    TYPE: ClassVar[str] = "registry.department_list_recorded.v1"
    SUBJECT: ClassVar[str] = "list_id"
    DAY: ClassVar[str] = "received_on"

    list_id: Identifier
    kind: DimensionKey = Field(max_length=40, description="Kind of list, as rule match.lists names it")
    as_of: date = Field(description="Day whose state the list tells")
    received_on: date = Field(description="Day on which the office got it")


# Commands ----------------------------------------------------------------------------------------


class DepartmentListItem(Item):
    """One list, without its rows. A corrected list is a new one with a reference of its own."""

    ref: Reference
    kind: DimensionKey = Field(max_length=40, description="Kind of list, as rule match.lists names it")
    region: RegionText = Field(description="Division whose persons the list covers")
    source: Name = Field(description="Department that made it")
    as_of: date = Field(description="Day whose state it tells (数据日期)")
    received_on: date = Field(description="Day on which the office got it")


class RecordDepartmentLists(BulkCommand):
    """Record lists; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.record_department_lists"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = DepartmentListItem


class DepartmentRowItem(Item):
    """One person on a list; list and citizen number make the row unique."""

    list_ref: Reference = Field(description="Reference of the list")
    id_number: str = Field(
        min_length=1,
        max_length=40,
        description="Citizen number (GB 11643), 18 characters; only its blind index is kept",
    )
    day: date | None = Field(default=None, description="Day that the list tells: of death, of a move")
    to_region: RegionText | None = Field(default=None, description="Division a person moved to")


class RecordDepartmentRows(BulkCommand):
    """Record rows of lists that no match has used yet. Whether somebody is registered is not told."""

    # Four hundred thousand rows need no replies kept: the same rows again are found unchanged.
    KEEP_REPLY: ClassVar[bool] = False
    TYPE: ClassVar[str] = "registry.record_department_rows"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = DepartmentRowItem


# Queries -----------------------------------------------------------------------------------------


class DepartmentListView(Message):
    """A list as the registry shows it: without its rows."""

    list_id: Identifier
    ref: Reference
    kind: DimensionKey = Field(description="Kind of list")
    region: RegionText
    source: Name = Field(description="Department that made it")
    as_of: date = Field(description="Day whose state it tells")
    received_on: date = Field(description="Day on which the office got it")
    rows: int = Field(description="How many persons stand on it")
    closed: bool = Field(description="Whether a match has used it, so that it takes no more rows")


class DepartmentListPage(Reply):
    """Lists in the order of their identifiers, which is about that of their recording."""

    lists: list[DepartmentListView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListDepartmentLists(Query):
    """Lists of the caller's regions, page by page."""

    TYPE: ClassVar[str] = "registry.list_department_lists"
    REPLY: ClassVar[type[Reply]] = DepartmentListPage

    kind: DimensionKey | None = Field(default=None, description="Only those of this kind")
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Lists in a page")] = 100
