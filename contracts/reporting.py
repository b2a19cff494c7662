"""Messages of the reporting service: targets, snapshots, and the way from a number to its events."""

from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import Field

from contracts.collecting import messages_of
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
    Request,
)

IndicatorCode = str


class TargetSet(Event):
    """A task was set for an indicator and a period."""

    TYPE: ClassVar[str] = "reporting.target_set.v1"
    SUBJECT: ClassVar[str] = "target_id"
    DAY: ClassVar[str] = "set_on"

    target_id: Identifier
    indicator: IndicatorCode = Field(description="Code of the indicator")
    dimensions: Dimensions = Field(description="The cell of the indicator; empty for the whole")
    period: PeriodText
    value: str = Field(description="Exact number in the indicator's unit, as decimal text")
    set_on: date = Field(description="Day on which it was set")


class SnapshotTaken(Event):
    """A snapshot, or a new revision of one, was recorded."""

    TYPE: ClassVar[str] = "reporting.snapshot_taken.v1"
    SUBJECT: ClassVar[str] = "snapshot_id"
    DAY: ClassVar[str] = "as_of"

    snapshot_id: Identifier
    period: PeriodText
    revision: int = Field(ge=1, description="1 for the first, one more for each that differs")
    hash: str = Field(description="SHA-256 of the document, 64 hexadecimal digits")
    as_of: date = Field(description="Cut-off, inclusive")


class TargetItem(Item):
    """One task."""

    indicator: IndicatorCode = Field(description="Code or alias of the indicator")
    dimensions: Dimensions = Field(default={}, description="The cell of the indicator; empty for the whole")
    region: RegionText = Field(description="Division that the task is set for")
    period: PeriodText
    value: str = Field(
        pattern=r"^[0-9]{1,15}(\.[0-9]{1,4})?$", description="Exact number in the indicator's unit"
    )
    set_on: date = Field(description="Day on which it was set; a later one replaces it")


class SetTargets(BulkCommand):
    """Set tasks (目标任务) for indicators; a later value replaces an earlier one and keeps it in history."""

    TYPE: ClassVar[str] = "reporting.set_targets"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = TargetItem


class Indicator(Message):
    """One figure of a snapshot. Values are integers, or exact decimal strings for money and ratios."""

    code: IndicatorCode = Field(description="Code in the catalogue")
    zh: str = Field(description="Name in Chinese")
    en: str = Field(description="Name in English")
    unit: str = Field(
        description="person, household, institution, township, case, hour, square_metre, person_time, yuan, "
        "percent"
    )
    dimensions: Dimensions = Field(description="The cell; empty for the whole")
    value: int | str | None = Field(
        description="Integer, or decimal text for money and ratios; null for a ratio over nothing"
    )
    target: int | str | None = Field(
        description="The task set for the period, in the same unit; null without one"
    )
    completion: str | None = Field(
        description="Value over target in percent, one decimal; absent without a target"
    )
    definition: int = Field(description="Version of the indicator's definition")


class Snapshot(Reply):
    """An immutable document: what an office's figures were, by which definitions, from which events."""

    snapshot_id: Identifier
    office: OfficeCode
    region: RegionText = Field(description="Figures of this division and those below it")
    period: PeriodText
    revision: int = Field(description="1 for the first, one more for each that differs")
    as_of: date = Field(description="Cut-off, inclusive: later days do not count")
    hash: str = Field(description="SHA-256 of the document, 64 hexadecimal digits; what is signed")
    positions: dict[str, int] = Field(description="Last position applied of each stream, '<service>/<epoch>'")
    taken_by: str = Field(description="Subject of the token of who took it")
    signed_by: str | None = Field(description="Subject of the token of who signed it; null until then")
    indicators: list[Indicator] = Field(description="Every cell of the catalogue, in its order")


class TakeSnapshot(Command):
    """Record the figures of a period for a region. Unchanged figures return the revision that stands."""

    TYPE: ClassVar[str] = "reporting.take_snapshot"
    REPLY: ClassVar[type[Reply]] = Snapshot

    office: OfficeCode
    region: RegionText = Field(description="Figures of this division and those below it")
    period: PeriodText
    as_of: date | None = Field(
        default=None, description="Cut-off, inclusive; the period's last day when absent"
    )


class FindSnapshot(Query):
    """A recorded snapshot: the newest revision, or the one asked for."""

    TYPE: ClassVar[str] = "reporting.find_snapshot"
    REPLY: ClassVar[type[Reply]] = Snapshot

    office: OfficeCode
    region: RegionText = Field(description="Division that the snapshot is of")
    period: PeriodText
    revision: int | None = Field(default=None, ge=1, description="The newest when absent")


class SignSnapshot(Command):
    """Sign a snapshot off by its hash; the signer is not the one who took it."""

    TYPE: ClassVar[str] = "reporting.sign_snapshot"
    REPLY: ClassVar[type[Reply]] = Snapshot

    snapshot_id: Identifier
    hash: str = Field(pattern=r"^[0-9a-f]{64}$", description="Hash of the snapshot that was looked at")


class TracedEvent(Message):
    """One event behind a figure."""

    event_id: Identifier
    source: str = Field(description="Service that told it")
    position: int = Field(description="Place in the stream of its source, from 1")
    type: str = Field(description="Type of the event")
    subject: str = Field(description="Identifier of what the event is about")
    region: RegionText
    day: date = Field(description="Day on which it counts")
    dimensions: Dimensions = Field(description="What it counts under")
    value: str = Field(description="What it adds: a count, or yuan as decimal text")
    trace_id: str | None = Field(description="W3C trace of the call that caused it, 32 hexadecimal digits")
    recorded_at: datetime = Field(description="When the source recorded it, UTC")


class Trace(Reply):
    """Events behind a figure, in the order of the day and the id; ``next`` goes on where a page ended."""

    total: int = Field(description="How many events are behind the figure")
    events: list[TracedEvent] = Field(description="This page of them")
    next: str | None = Field(description="Give it as `after` for the next page; null on the last")


class TraceIndicator(Query):
    """Open a figure into the events that made it."""

    TYPE: ClassVar[str] = "reporting.trace_indicator"
    REPLY: ClassVar[type[Reply]] = Trace

    code: IndicatorCode = Field(description="Code or alias of the indicator; not a ratio")
    dimensions: Dimensions = Field(default={}, description="The cell; empty for the whole")
    region: RegionText = Field(description="This division and those below it")
    period: PeriodText
    as_of: date | None = Field(
        default=None, description="Cut-off, inclusive; the period's last day when absent"
    )
    after: str | None = Field(default=None, description="`next` of the page before")
    limit: int = Field(default=100, ge=1, le=1000, description="Events on a page")


class IndicatorDefinition(Message):
    """What an indicator counts, and from which events."""

    code: IndicatorCode = Field(description="Code in the catalogue")
    aliases: list[IndicatorCode] = Field(description="Older codes of the same figure")
    zh: str = Field(description="Name in Chinese")
    en: str = Field(description="Name in English")
    unit: str = Field(
        description="person, household, institution, township, case, hour, square_metre, person_time, yuan, "
        "percent"
    )
    kind: Literal["flow", "stock", "ratio", "money"] = Field(
        description="flow: in the period; stock: on the cut-off day; money: sums; ratio: of two others"
    )
    definition: int = Field(description="Version, raised when what is counted changes")
    events: list[str] = Field(description="Types of the events it is made of")
    dimensions: list[str] = Field(description="What it may be cut by")


class Catalogue(Reply):
    """The indicators this service computes."""

    indicators: list[IndicatorDefinition] = Field(description="Every definition, in the catalogue's order")


class ShowCatalogue(Query):
    """What can be reported, and how it is defined."""

    TYPE: ClassVar[str] = "reporting.show_catalogue"
    REPLY: ClassVar[type[Reply]] = Catalogue


EVENTS = messages_of(Event, globals())
REQUESTS = messages_of(Request, globals())
