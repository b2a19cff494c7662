"""Exchanges and queues of the platform, from the one list of who follows whom."""

from collections.abc import Iterator

from amqp.exceptions import NotFound
from kombu import Connection, Exchange, Queue

from chassis.rpc import DEAD_LETTERS, request_queue
from contracts.catalogue import SERVICES, SUBSCRIPTIONS

EMBEDDED_QUEUE_LENGTH = 5000
"""Messages a queue of the in-process broker holds before publishing waits, so that memory stays bounded."""

NO_DELIVERY_LIMIT = 2_000_000_000
"""So high that it is none; RabbitMQ 3 has no word for none, and RabbitMQ 4 none that 3 understands."""


def event_exchange(service: str) -> Exchange:
    """The topic exchange of a service's events; the name is nameko's convention."""
    return Exchange(f"{service}.events", type="topic", durable=True)


def event_queue(consumer: str, source: str, embedded: bool) -> Queue:
    """The one queue of a consumer for a source: all events, in order, to one consumer at a time."""
    arguments: dict[str, object] = {
        "x-single-active-consumer": True,
        "x-dead-letter-exchange": DEAD_LETTERS.name,
    }
    if embedded:
        arguments["x-max-length"] = EMBEDDED_QUEUE_LENGTH
    else:
        arguments["x-queue-type"] = "quorum"
        # RabbitMQ 4 gives a message up after 20 deliveries by default, and each lost connection is one. An
        # event is never given up: its follower knows what to do with it.
        arguments["x-delivery-limit"] = NO_DELIVERY_LIMIT
    return Queue(
        f"{consumer}.{source}.events",
        exchange=event_exchange(source),
        routing_key="#",
        durable=True,
        queue_arguments=arguments,
    )


def queues(embedded: bool) -> Iterator[Queue]:
    """Every queue that outlives its consumers."""
    for service in SERVICES:
        yield request_queue(service)
    for consumer, sources in SUBSCRIPTIONS.items():
        for source in sources:
            yield event_queue(consumer, source, embedded)
    arguments = {} if embedded else {"x-queue-type": "quorum"}
    yield Queue(
        "dead-letters", exchange=DEAD_LETTERS, routing_key="#", durable=True, queue_arguments=arguments
    )


def declare(connection: Connection, embedded: bool) -> None:
    """Declare all of it, before any service starts: an event without a queue would be lost to that queue."""
    with connection.channel() as channel:
        for service in SERVICES:
            event_exchange(service).declare(channel=channel)
        DEAD_LETTERS.declare(channel=channel)
        for queue in queues(embedded):
            queue.declare(channel=channel)


def ensure(connection: Connection, embedded: bool) -> None:
    """Declare what is missing. Raises ``AccessRefused`` when something is, and this account may not."""
    if not is_declared(connection, embedded):
        declare(connection, embedded)


def is_declared(connection: Connection, embedded: bool) -> bool:
    """Whether all of it is there. Asking needs no right at the broker, which declaring does."""
    try:
        with connection.channel() as channel:
            for service in SERVICES:
                event_exchange(service)(channel).declare(passive=True)
            for queue in queues(embedded):
                queue(channel).queue_declare(passive=True)
    except NotFound:
        return False
    return True
