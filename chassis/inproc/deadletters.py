"""What RabbitMQ writes into the headers of a message it dead-letters."""

from __future__ import annotations

from datetime import UTC, datetime

from chassis.inproc.queues import Payload, QueuedMessage, copy_table


def with_death(message: QueuedMessage, queue: str, reason: str) -> Payload:
    """The payload with its death written into the headers, the latest first."""
    headers = copy_table(message.payload.headers)
    deaths = headers.setdefault("x-death", [])
    known = next((d for d in deaths if (d["queue"], d["reason"]) == (queue, reason)), None)
    if known is None:
        known = {
            "queue": queue,
            "reason": reason,
            "count": 0,
            "exchange": message.exchange,
            "routing-keys": [message.routing_key],
            "time": datetime.now(UTC).replace(microsecond=0, tzinfo=None),
        }
    else:
        deaths.remove(known)
    known["count"] += 1
    deaths.insert(0, known)
    headers.setdefault("x-first-death-queue", queue)
    headers.setdefault("x-first-death-reason", reason)
    headers.setdefault("x-first-death-exchange", message.exchange)
    return Payload(message.payload.body, headers, message.payload.properties)
