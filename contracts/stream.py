"""Messages that every service answers: its event log, how far it has come, and its jobs."""

from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from contracts.collecting import messages_of
from contracts.message import Command, Identifier, Message, Query, Reply, Request


class StoredEvent(Message):
    """One event of a log: the body, and the CloudEvents attributes as they travel in the headers."""

    headers: dict[str, Any] = Field(description="CloudEvents attributes")
    data: dict[str, Any] = Field(description="The event, as its contract describes it")


class Events(Reply):
    """Events of the log in order of position; ``last`` is the newest position of the stream."""

    events: list[StoredEvent] = Field(description="At most `limit`, in order of position without gaps")
    last: int = Field(description="Newest numbered position; 0 before the first event")
    agrees: bool = Field(
        default=True,
        description="False: the log ends before the position asked after, or holds another event there than "
        "the caller named; it was restored from a backup, and the caller has applied what no longer is",
    )


class EventsAfter(Query):
    """Numbered events after a position, for catch-up, audit and rebuild."""

    TYPE: ClassVar[str] = "stream.events_after"
    REPLY: ClassVar[type[Reply]] = Events

    position: int = Field(ge=0, description="The last one already known; 0 for all")
    event_id: Identifier | None = Field(
        default=None, description="The event known at that position, to find out whether it is still there"
    )
    limit: int = Field(default=500, ge=1, le=2000, description="Most events to return")


class FollowedStream(Message):
    """How far a service has followed another."""

    source: str = Field(description="The service that is followed")
    epoch: int = Field(description="Life of the stream, raised when its log began anew")
    position: int = Field(description="Last position applied")
    event_id: Identifier | None = Field(default=None, description="The event there, where it is known")
    parked: int = Field(description="Events set aside because they could not be applied")


class JobState(Message):
    """A piece of long work and how far it has come."""

    job_id: str = Field(description="Identifier of the job")
    kind: str = Field(description="What it does, `<service>.<what>`")
    state: str = Field(description="planned, running or failed")
    done: int = Field(description="Items done so far")
    total: int | None = Field(description="Items in all, where known")
    error: str | None = Field(description="Why it failed; null otherwise")


class Status(Reply):
    """How far a service has come: its own stream, the streams it follows, its unfinished jobs."""

    service: str = Field(description="Name of the service")
    epoch: int = Field(description="Life of its stream, raised when the log began anew")
    recorded: int = Field(description="Events committed to the log")
    published: int = Field(description="Last position that the broker confirmed")
    follows: list[FollowedStream] = Field(description="The streams it follows")
    jobs: list[JobState] = Field(description="Jobs that are open or failed")
    months_ahead: int | None = Field(
        default=None,
        description="Months to come that have a partition; null where tables are not kept by month",
    )
    stray_bytes: int = Field(
        default=0, description="Size of the rows that no month's partition had a place for"
    )


class ShowStatus(Query):
    """Ask a service how far it has come."""

    TYPE: ClassVar[str] = "stream.show_status"
    REPLY: ClassVar[type[Reply]] = Status


class ParkedEvent(Message):
    """An event set aside, with why. Its data holds identifiers only."""

    parked_id: int = Field(description="Grows with time; names the row within the consumer")
    source: str = Field(description="Service the event came from")
    position: int = Field(description="Position in the source's stream")
    type: str = Field(description="Type of the event")
    subject: str = Field(description="Identifier of what it is about; its later events wait behind it")
    reason: str = Field(description="Why it could not be applied")
    parked_at: datetime = Field(description="When it was set aside")
    data: dict[str, Any] = Field(description="The event's body")


class ParkedEvents(Reply):
    """Events set aside, in the order of their streams."""

    events: list[ParkedEvent] = Field(description="At most as many as were asked for")
    total: int = Field(description="How many there are in all")


class ListParked(Query):
    """Events that this service could not apply."""

    TYPE: ClassVar[str] = "stream.list_parked"
    REPLY: ClassVar[type[Reply]] = ParkedEvents

    source: str | None = Field(default=None, max_length=60, description="Only of this source")
    subject: str | None = Field(default=None, max_length=64, description="Only about this subject")
    limit: int = Field(default=100, ge=1, le=1000, description="At most so many")


class Redriven(Reply):
    """What became of a subject's parked events."""

    applied: int = Field(ge=0, description="Applied now, or that would be in a dry run")
    left: int = Field(ge=0, description="Still parked")
    reason: str | None = Field(description="Why the first of those left could not be applied")


class RedriveParked(Command):
    """Apply a subject's parked events again, in order, up to the first that still fails."""

    TYPE: ClassVar[str] = "stream.redrive_parked"
    REPLY: ClassVar[type[Reply]] = Redriven

    source: str = Field(max_length=60, description="Service the events came from")
    subject: str = Field(max_length=64, description="Whose events")
    dry_run: bool = Field(default=False, description="Only tell what would happen; changes nothing")


class DiscardParked(Command):
    """Give one parked event up for good. It stays in its owner's log and in the record of decisions."""

    TYPE: ClassVar[str] = "stream.discard_parked"
    REPLY: ClassVar[type[Reply]] = Redriven

    parked_id: int = Field(description="Which, from the list")
    reason: str = Field(min_length=4, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$", description="Why")
    dry_run: bool = Field(default=False, description="Only tell what would be left; changes nothing")


REQUESTS = messages_of(Request, globals())
