"""Messages that every service answers: its event log, how far it has come, and its jobs."""

from typing import Any, ClassVar

from pydantic import Field

from contracts.message import Message, Query, Reply


class StoredEvent(Message):
    """One event of a log: the body, and the CloudEvents attributes as they travel in the headers."""

    headers: dict[str, Any]
    data: dict[str, Any]


class Events(Reply):
    """Events of the log in order of position; ``last`` is the newest position of the stream."""

    events: list[StoredEvent]
    last: int


class EventsAfter(Query):
    """Numbered events after a position, for catch-up, audit and rebuild."""

    TYPE: ClassVar[str] = "stream.events_after"
    REPLY: ClassVar[type[Reply]] = Events

    position: int = Field(ge=0)
    limit: int = Field(default=500, ge=1, le=2000)


class FollowedStream(Message):
    source: str
    epoch: int
    position: int
    parked: int


class JobState(Message):
    job_id: str
    kind: str
    state: str
    done: int
    total: int | None
    error: str | None


class Status(Reply):
    """How far a service has come: its own stream, the streams it follows, its unfinished jobs."""

    service: str
    epoch: int
    recorded: int = Field(description="Events committed to the log")
    published: int = Field(description="Last position that the broker confirmed")
    follows: list[FollowedStream]
    jobs: list[JobState]


class ShowStatus(Query):
    TYPE: ClassVar[str] = "stream.show_status"
    REPLY: ClassVar[type[Reply]] = Status


REQUESTS = (EventsAfter, ShowStatus)
