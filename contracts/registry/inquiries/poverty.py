"""Messages of the poverty register (建档立卡): the federation's copy of what the poverty office tells.

The poverty office owns the status; each entry names the day whose state its data tell.
"""

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
    RegionText,
    Reply,
)

PovertyState = Literal["never_poor", "unlifted", "lifted"]
MonitoredKind = Literal["unstable", "edge", "sudden"]
PovertyAction = Literal["register", "lift", "return", "monitor", "end_monitoring"]


# Events ------------------------------------------------------------------------------------------


class PovertyEvent(Event):
    """What every event of the register tells."""

    SUBJECT: ClassVar[str] = "file_id"
    DAY: ClassVar[str] = "acted_on"

    file_id: Identifier
    person_id: Identifier
    as_of: date = Field(description="Day whose state the poverty office's data tell")


class PovertyRecorded(PovertyEvent):
    """A person is known to the poverty office."""

    TYPE: ClassVar[str] = "registry.poverty_recorded.v1"
    DAY: ClassVar[str] = "recorded_on"

    recorded_on: date = Field(description="Day from which the status holds")
    state: PovertyState = Field(description="The first status")


class PovertyStateChanged(PovertyEvent):
    """A person was registered as poor, lifted out of poverty (脱贫), or fell back (返贫)."""

    TYPE: ClassVar[str] = "registry.poverty_state_changed.v1"

    acted_on: date = Field(description="Day from which the new status holds")
    previous_state: PovertyState = Field(description="The status before")
    state: PovertyState = Field(description="The new status")


class PovertyMonitoringChanged(PovertyEvent):
    """A person came under monitoring (三类监测对象), changed the kind, or left it."""

    TYPE: ClassVar[str] = "registry.poverty_monitoring_changed.v1"

    acted_on: date = Field(description="Day of the change")
    previous_kind: MonitoredKind | None = Field(description="The kind before; null when not monitored")
    kind: MonitoredKind | None = Field(description="The new kind; null when no longer monitored")


# Commands ----------------------------------------------------------------------------------------


class PovertyFileItem(Item):
    """One person whom the poverty office knows."""

    ref: Reference
    person_id: Identifier
    state: PovertyState = Field(description="Status: 未建档, 未脱贫, 已脱贫")
    recorded_on: date = Field(description="Day from which the status holds")
    as_of: date = Field(description="Day whose state the poverty office's data tell")


class RecordPovertyFiles(BulkCommand):
    """Record persons of the poverty register; the office's reference is unique, and so is the person."""

    TYPE: ClassVar[str] = "registry.record_poverty_files"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = PovertyFileItem


class PovertyActItem(Item):
    """One change that the poverty office tells."""

    ref: Reference
    poverty_file_ref: Reference = Field(description="Reference of the person's entry")
    action: PovertyAction = Field(description="What changed: 建档, 脱贫, 返贫, 纳入监测, 解除监测")
    acted_on: date = Field(description="Day from which it holds")
    as_of: date = Field(description="Day whose state the poverty office's data tell")
    kind: MonitoredKind | None = Field(default=None, description="Kind of monitoring; for monitor")


class RecordPovertyActs(BulkCommand):
    """Record changes, in the order given."""

    TYPE: ClassVar[str] = "registry.record_poverty_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = PovertyActItem


# Queries -----------------------------------------------------------------------------------------


class PovertyFileView(Message):
    """A person of the register."""

    file_id: Identifier
    ref: Reference
    person_id: Identifier
    region: RegionText
    state: PovertyState = Field(description="Present status")
    last_act_on: date = Field(description="Day from which it holds")
    kind: MonitoredKind | None = Field(description="Kind of monitoring; null when not monitored")
    as_of: date = Field(description="Day whose state the poverty office's data tell")


class PovertyFilePage(Reply):
    """Persons in the order of their files' identifiers, which is about that of their recording."""

    files: list[PovertyFileView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListPovertyFiles(Query):
    """Persons of the register in the caller's regions, page by page."""

    TYPE: ClassVar[str] = "registry.list_poverty_files"
    REPLY: ClassVar[type[Reply]] = PovertyFilePage

    region: RegionText | None = Field(default=None, description="Only those of this division and below")
    person_id: Identifier | None = Field(default=None, description="Only this person")
    states: list[PovertyState] = Field(default=[], description="Only those of these statuses; empty: all")
    kind: MonitoredKind | None = Field(default=None, description="Only those under this monitoring")
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Persons in a page")] = 100
