"""Events on their way between services: how they travel, and how a service's log is read."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from chassis import schema, tracing
from contracts.catalogue import EVENTS
from contracts.message import Event

_MONTH = timedelta(days=31)


class Received(NamedTuple):
    """One event of a followed stream, with the attributes it travelled with.

    ``event`` is ``None`` when this program does not know the type or the data does not fit its contract;
    ``problem`` then says why. ``position`` counts from 1 without gaps within the stream.
    """

    id: str
    source: str
    epoch: int
    position: int
    type: str
    subject: str
    office: str
    recorded_at: datetime
    traceparent: str | None
    correlation_id: str | None
    headers: dict[str, Any]
    data: dict[str, Any]
    event: Event | None
    problem: str | None

    @property
    def trace_id(self) -> str | None:
        """The trace from which the event came, 32 hexadecimal digits."""
        return tracing.trace_id(self.traceparent)


class Malformed(Exception):
    """A message that is not an event at all: it has no place in a stream and cannot be parked."""


def receive(headers: dict[str, Any], data: dict[str, Any]) -> Received:
    """Read an event from a message's headers and body.

    Raises ``Malformed`` when the attributes that place it in its stream are missing.
    """
    try:
        kind = str(headers["type"])
        event, problem = _typed(kind, data)
        return Received(
            id=str(headers["id"]),
            source=str(headers["source"]),
            epoch=int(headers["epoch"]),
            position=int(headers["position"]),
            type=kind,
            subject=str(headers["subject"]),
            office=str(headers["office"]),
            recorded_at=datetime.fromisoformat(headers["time"]),
            traceparent=headers.get("traceparent"),
            correlation_id=headers.get("correlationid"),
            headers=headers,
            data=data,
            event=event,
            problem=problem,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed(f"attribute missing or wrong: {type(error).__name__} {error}") from error


def _typed(kind: str, data: dict[str, Any]) -> tuple[Event | None, str | None]:
    contract = EVENTS.get(kind)
    if contract is None:
        return None, f"unknown type or version {kind}"
    try:
        return contract.model_validate(data), None
    except ValueError as error:
        faults = error.errors(include_input=False) if hasattr(error, "errors") else []
        fields = ", ".join(".".join(map(str, fault["loc"])) for fault in faults)
        return None, f"{kind} does not fit its contract: {fields}"


def headers_of(row: Any, service: str, office: str) -> dict[str, Any]:
    """The CloudEvents attributes of a numbered row of the log, as they travel in a message's headers.

    row: of the table, or of an archive of it.
    """
    recorded_at: datetime = row.recorded_at
    headers = {
        "specversion": "1.0",
        "id": row.event_id,
        "source": service,
        "type": row.type,
        "time": aware(recorded_at).isoformat(),
        "subject": row.subject,
        "office": office,
        "epoch": row.epoch,
        "position": row.position,
        "dataschema": f"urn:canlian:contract:{row.type}",
    }
    optional = {
        "correlationid": row.correlation_id,
        "causationid": row.causation_id,
        "traceparent": row.traceparent,
    }
    return headers | {name: value for name, value in optional.items() if value is not None}


def numbered_after(
    connection: sa.Connection, position: int, limit: int, up_to: int | None = None
) -> list[sa.Row[Any]]:
    """Rows of the log after a position, and up to another if given, in the order of the stream."""
    log = schema.event_log
    query = sa.select(log).where(log.c.position > position).order_by(log.c.position).limit(limit)
    if up_to is not None:
        query = query.where(log.c.position <= up_to)
    return list(connection.execute(query))


def has_unnumbered(connection: sa.Connection, around: datetime | None = None) -> bool:
    """Whether there are events without a position. around: only of the months about this instant, which costs
    a tenth of looking into all.
    """
    log = schema.event_log
    query = sa.select(log.c.id).where(log.c.position.is_(None)).limit(1)
    if around is not None:
        query = query.where(log.c.recorded_at.between(around - _MONTH, around + _MONTH))
    return connection.execute(query).first() is not None


def holds(connection: sa.Connection, position: int, event_id: str | None, last: int) -> bool:
    """Whether the log has this event at a position, any if none is named. last: its newest position."""
    log = schema.event_log
    found = connection.execute(sa.select(log.c.event_id).where(log.c.position == position)).scalar()
    return position <= last if found is None or event_id is None else found == event_id


def stored(row: Any, service: str, office: str) -> dict[str, Any]:
    """A row of the log as ``events_after`` answers it."""
    return {"headers": headers_of(row, service, office), "data": json.loads(row.data)}


def aware(instant: datetime) -> datetime:
    """An instant in UTC; SQLite forgets the zone, PostgreSQL tells it in that of the session."""
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
