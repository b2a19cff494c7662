"""Messages that every service answers: its event log, how far it has come, and its jobs."""

from typing import Any, ClassVar

from pydantic import Field

from contracts.message import Message, Query, Reply


class StoredEvent(Message):
    """One event of a log: the body, and the CloudEvents attributes as they travel in the headers."""

    headers: dict[str, Any] = Field(description="CloudEvents attributes")
    data: dict[str, Any] = Field(description="The event, as its contract describes it")


class Events(Reply):
    """Events of the log in order of position; ``last`` is the newest position of the stream."""

    events: list[StoredEvent] = Field(description="At most `limit`, in order of position without gaps")
    last: int = Field(description="Newest numbered position; 0 before the first event")


class EventsAfter(Query):
    """Numbered events after a position, for catch-up, audit and rebuild."""

    TYPE: ClassVar[str] = "stream.events_after"
    REPLY: ClassVar[type[Reply]] = Events

    position: int = Field(ge=0, description="The last one already known; 0 for all")
    limit: int = Field(default=500, ge=1, le=2000, description="Most events to return")


class FollowedStream(Message):
    """How far a service has followed another."""

    source: str = Field(description="The service that is followed")
    epoch: int = Field(description="Life of the stream, raised when its log began anew")
    position: int = Field(description="Last position applied")
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


class ShowStatus(Query):
    """Ask a service how far it has come."""

    TYPE: ClassVar[str] = "stream.show_status"
    REPLY: ClassVar[type[Reply]] = Status


REQUESTS = (EventsAfter, ShowStatus)
