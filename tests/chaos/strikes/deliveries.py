"""Harm to what the broker delivers: events dropped, repeated and out of order, or messages that are none."""

import random
import time
from typing import Any

import eventlet
import orjson
from kombu import Connection

from chassis.rpc import JSON
from chassis.rpc_client import Unavailable
from tests.chaos.failpoints import DROP
from tests.chaos.trial import Office, wait_until

REPEATED_MAX = 300


def drop_one(office: Office, rng: random.Random, identifier: str) -> float:
    """The follower loses one message; the next shows that it is missing."""
    order = office.platform.order
    order.give(identifier, (DROP, rng.randint(1, 6)))
    wait_until(lambda: not order.path.exists(), "a delivery to drop")
    return time.monotonic()


def purge(office: Office, rng: random.Random, _: str) -> float:
    """All that came for the follower while it was down is gone."""
    platform = office.platform
    with platform.down("sink"):
        eventlet.sleep(rng.uniform(0.2, 1.0))
        with Connection(platform.settings.broker_url) as connection, connection.channel() as channel:
            channel.queue_purge(platform.follower_queue().name)
    return time.monotonic()


def delete_queue(office: Office, rng: random.Random, _: str) -> float:
    """The follower's queue itself is gone, as on a broker that lost its disk."""
    eventlet.sleep(rng.uniform(0.0, 0.3))
    with Connection(office.platform.settings.broker_url) as connection, connection.channel() as channel:
        channel.queue_delete(office.platform.follower_queue().name)
    return time.monotonic()


def repeat_shuffled(office: Office, rng: random.Random, _: str) -> float:
    """Events of the past come again, twice and in any order, between the new ones."""
    events = _past_events(office, rng) * 2
    rng.shuffle(events)
    with Connection(office.platform.settings.broker_url) as connection, connection.Producer() as producer:
        for event in events:
            producer.publish(
                orjson.dumps(event["data"]),
                exchange=office.platform.follower_queue().exchange,
                routing_key=event["headers"]["type"],
                headers=event["headers"],
                content_type=JSON,
                content_encoding="utf-8",
            )
    return time.monotonic()


def _past_events(office: Office, rng: random.Random) -> list[dict[str, Any]]:
    while True:
        try:
            status = office.platform.call("registry", "show_status", {})
            start = max(0, status["published"] - rng.randint(1, REPEATED_MAX))
            fields = {"position": start, "limit": REPEATED_MAX}
            reply = office.platform.call("registry", "events_after", fields)
        except Unavailable:
            eventlet.sleep(0.1)
        else:
            events: list[dict[str, Any]] = reply["events"]
            return events
