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

DEAD_LETTER_DAYS = 14
"""What could not be read may be about somebody: long enough to find out who sent it, and then it goes."""


def event_exchange(service: str) -> Exchange:
    """The topic exchange of a service's events; the name is nameko's convention."""
    return Exchange(f"{service}.events", type="topic", durable=True)


def event_queue(consumer: str, source: str, embedded: bool) -> Queue:
    """The one queue of a consumer for a source: all events, in order, to one consumer at a time."""
    arguments: dict[str, object] = {
        "x-single-active-consumer": True,
        "x-dead-letter-exchange": DEAD_LETTERS,
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


def dead_letters(embedded: bool) -> Exchange:
    """Where the broker sends what is turned away, and RabbitMQ also requests that grew too old."""
    return Exchange(DEAD_LETTERS, type="topic" if embedded else "headers", durable=True)


def dead_letter_queue(name: str, embedded: bool, days: float = DEAD_LETTER_DAYS) -> Queue:
    """A queue of what was turned away, for so many days. A request that grew too old holds somebody's data,
    and its caller sends it again: it is kept nowhere. The broker inside a process lets none grow old.
    """
    if embedded:
        return Queue(name, exchange=dead_letters(embedded), routing_key="#", durable=True)
    return Queue(
        name,
        exchange=dead_letters(embedded),
        routing_key="#",
        binding_arguments={"x-match": "all-with-x", "x-first-death-reason": "rejected"},
        durable=True,
        queue_arguments={"x-queue-type": "quorum", "x-message-ttl": int(days * 86_400_000)},
    )


def queues(embedded: bool) -> Iterator[Queue]:
    """Every queue that outlives its consumers."""
    for service in SERVICES:
        yield request_queue(service)
    for consumer, sources in SUBSCRIPTIONS.items():
        for source in sources:
            yield event_queue(consumer, source, embedded)
    yield dead_letter_queue(DEAD_LETTERS, embedded)


def declare(connection: Connection, embedded: bool) -> None:
    """Declare all of it, before any service starts: an event without a queue would be lost to that queue."""
    with connection.channel() as channel:
        for service in SERVICES:
            event_exchange(service).declare(channel=channel)
        dead_letters(embedded).declare(channel=channel)
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
            dead_letters(embedded)(channel).declare(passive=True)
            for queue in queues(embedded):
                queue(channel).queue_declare(passive=True)
    except NotFound:
        return False
    return True
