"""Messages of the reporting service: targets, snapshots, and the way from a number to its events."""

from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    Command,
    Dimensions,
    Event,
    Identifier,
    Item,
    Message,
    OfficeCode,
    PeriodText,
    Query,
    RegionText,
    Reply,
)

IndicatorCode = str


class TargetSet(Event):
    """A task was set for an indicator and a period."""

    TYPE: ClassVar[str] = "reporting.target_set.v1"
    SUBJECT: ClassVar[str] = "target_id"
    DAY: ClassVar[str] = "set_on"

    target_id: Identifier
    indicator: IndicatorCode
    dimensions: Dimensions
    period: PeriodText
    value: str
    set_on: date


class SnapshotTaken(Event):
    """A snapshot, or a new revision of one, was recorded."""

    TYPE: ClassVar[str] = "reporting.snapshot_taken.v1"
    SUBJECT: ClassVar[str] = "snapshot_id"
    DAY: ClassVar[str] = "as_of"

    snapshot_id: Identifier
    period: PeriodText
    revision: int = Field(ge=1)
    hash: str
    as_of: date


class TargetItem(Item):
    indicator: IndicatorCode
    dimensions: Dimensions = {}
    region: RegionText
    period: PeriodText
    value: str = Field(pattern=r"^\d{1,15}(\.\d{1,4})?$", description="Exact number in the indicator's unit")
    set_on: date


class SetTargets(BulkCommand):
    """Set tasks (目标任务) for indicators; a later value replaces an earlier one and keeps it in history."""

    TYPE: ClassVar[str] = "reporting.set_targets"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = TargetItem


class Indicator(Message):
    """One figure of a snapshot. Values are integers, or exact decimal strings for money and ratios."""

    code: IndicatorCode
    zh: str
    en: str
    unit: str
    dimensions: Dimensions
    value: int | str | None
    target: int | str | None
    completion: str | None = Field(description="Value over target in percent, one decimal; absent without a target")
    definition: int = Field(description="Version of the indicator's definition")


class Snapshot(Reply):
    """An immutable document: what an office's figures were, by which definitions, from which events."""

    snapshot_id: Identifier
    office: OfficeCode
    region: RegionText
    period: PeriodText
    revision: int
    as_of: date
    hash: str
    positions: dict[str, int] = Field(description="Last position applied of each stream, '<service>/<epoch>'")
    taken_by: str
    signed_by: str | None
    indicators: list[Indicator]


class TakeSnapshot(Command):
    """Record the figures of a period for a region. Unchanged figures return the revision that stands."""

    TYPE: ClassVar[str] = "reporting.take_snapshot"
    REPLY: ClassVar[type[Reply]] = Snapshot

    office: OfficeCode
    region: RegionText
    period: PeriodText
    as_of: date | None = Field(default=None, description="Cut-off, inclusive; the period's last day when absent")


class FindSnapshot(Query):
    """A recorded snapshot: the newest revision, or the one asked for."""

    TYPE: ClassVar[str] = "reporting.find_snapshot"
    REPLY: ClassVar[type[Reply]] = Snapshot

    office: OfficeCode
    region: RegionText
    period: PeriodText
    revision: int | None = Field(default=None, ge=1)


class SignSnapshot(Command):
    """Sign a snapshot off by its hash; the signer is not the one who took it."""

    TYPE: ClassVar[str] = "reporting.sign_snapshot"
    REPLY: ClassVar[type[Reply]] = Snapshot

    snapshot_id: Identifier
    hash: str = Field(pattern=r"^[0-9a-f]{64}$")


class TracedEvent(Message):
    """One event behind a figure."""

    event_id: Identifier
    source: str
    position: int
    type: str
    subject: str
    region: RegionText
    day: date
    dimensions: Dimensions
    value: str
    trace_id: str | None
    recorded_at: datetime


class Trace(Reply):
    """Events behind a figure, in the order of the day and the id; ``next`` goes on where a page ended."""

    total: int
    events: list[TracedEvent]
    next: str | None


class TraceIndicator(Query):
    """Open a figure into the events that made it."""

    TYPE: ClassVar[str] = "reporting.trace_indicator"
    REPLY: ClassVar[type[Reply]] = Trace

    code: IndicatorCode
    dimensions: Dimensions = {}
    region: RegionText
    period: PeriodText
    as_of: date | None = None
    after: str | None = None
    limit: int = Field(default=100, ge=1, le=1000)


class IndicatorDefinition(Message):
    code: IndicatorCode
    aliases: list[IndicatorCode]
    zh: str
    en: str
    unit: str
    kind: Literal["flow", "stock", "ratio", "money"]
    definition: int
    events: list[str]
    dimensions: list[str]


class Catalogue(Reply):
    indicators: list[IndicatorDefinition]


class ShowCatalogue(Query):
    TYPE: ClassVar[str] = "reporting.show_catalogue"
    REPLY: ClassVar[type[Reply]] = Catalogue


EVENTS: tuple[type[Event], ...] = (TargetSet, SnapshotTaken)
REQUESTS = (SetTargets, TakeSnapshot, FindSnapshot, SignSnapshot, TraceIndicator, ShowCatalogue)
