"""Messages that are none, by strangers or by programs gone wrong, on the request queue and the event queue.

A message with plausible attributes and the very next position is forged, not malformed: only the broker's
users and permissions keep it out.
"""

import random
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
from kombu import Connection, Consumer, Exchange, Queue

from chassis.rpc import JSON
from chassis.rpc_client import EXCHANGE
from tests.chaos.trial import Office, wait_until
from tests.chaos.workload import PERSONAL_NAME, id_number

COMMAND, EVENT = "registry.record_regions", "registry.region_recorded.v1"
NESTED = b"[" * 100_000
BIG = 10_000_000


@dataclass
class Kind:
    """One kind of bad message. turned_away: whether it must end among the dead letters."""

    name: str
    turned_away: bool
    body: bytes
    headers: dict[str, Any] = field(default_factory=dict)
    content_type: str | None = JSON
    content_encoding: str = "utf-8"
    key: str = ""
    properties: dict[str, str] = field(default_factory=dict)


def _unreadable(secret: str) -> list[Kind]:
    """What no queue takes."""
    text = orjson.dumps({"name": PERSONAL_NAME, "id_number": secret})
    return [
        Kind("broken JSON", True, text[:-2]),
        Kind("bytes that are no text", True, b"\xff\xfe" + text),
        Kind("deep nesting", True, NESTED + secret.encode()),
        Kind("plain text", True, text, content_type="text/plain"),
        Kind("a pickle", True, text, content_type="application/x-python-serialize"),
        Kind("no content type", True, text, content_type=None),
    ]


def requests(secret: str) -> list[Kind]:
    """Bad calls; those that can be answered are answered."""
    good = {"args": [], "kwargs": {"idempotency_key": "poisoned", "items": [{"name": secret}]}}
    text = orjson.dumps(good)
    big = orjson.dumps({"args": [], "kwargs": {"idempotency_key": secret * (BIG // len(secret))}})
    return [
        *_unreadable(secret),
        Kind("no reply_to", True, text, properties={"reply_to": ""}),
        Kind("an unknown encoding", False, text, content_encoding="no-such-code"),
        Kind("no body", True, b""),
        Kind("a list", False, orjson.dumps([secret])),
        Kind("nothing", False, b"null"),
        Kind("positional arguments", False, orjson.dumps({"args": [secret], "kwargs": {}})),
        Kind("named arguments as a list", False, orjson.dumps({"args": [], "kwargs": [secret]})),
        Kind("ten megabytes", False, big),
        Kind("an unknown method", False, text, key="registry.no_such_method"),
        Kind("no token", False, text),
        Kind("a token that is a number", False, text, {"nameko.auth_token": 7}),
        Kind("a token that is none", False, text, {"nameko.auth_token": secret}),
        Kind("a call stack that is none", False, text, {"nameko.call_id_stack": 7}),
        Kind("a trace that is a number", False, text, {"nameko.traceparent": 7}),
    ]


def events(secret: str) -> list[Kind]:
    """Bad events; those with a place in the stream that is taken, or not reached, change nothing."""
    data = orjson.dumps({"region": "341524000000", "name": PERSONAL_NAME, "valid_from": "2024-01-01"})
    attributes = {
        "id": uuid.uuid4().hex,
        "source": "registry",
        "type": EVENT,
        "time": "2024-01-01T00:00:00+00:00",
        "subject": "341524000000",
        "office": "341524",
        "epoch": 1,
        "position": 1,
    }
    without = {key: value for key, value in attributes.items() if key != "position"}
    return [
        *_unreadable(secret),
        Kind("no body", True, b"", attributes),
        Kind("a list", True, orjson.dumps([secret]), attributes),
        Kind("nothing", True, b"null", attributes),
        Kind("no attributes", True, data),
        Kind("no position", True, data, without),
        Kind("a position in words", True, data, attributes | {"position": "seven"}),
        Kind("an epoch in words", True, data, attributes | {"epoch": "first"}),
        Kind("a time that is none", True, data, attributes | {"time": secret}),
        Kind("a time that is a number", True, data, attributes | {"time": 7}),
        Kind("ten megabytes", True, orjson.dumps([secret * (BIG // len(secret))]), attributes),
        Kind("a position before the first", False, data, attributes | {"position": -1}),
        Kind("a position far ahead", False, data, attributes | {"position": 10**15}),
        Kind("an unknown type", False, data, attributes | {"type": "registry.no_such_thing.v1"}),
        Kind("an unknown version", False, data, attributes | {"type": "registry.region_recorded.v9"}),
        Kind("data of another type", False, orjson.dumps({"name": secret}), attributes),
    ]


def poison_requests(office: Office, rng: random.Random, identifier: str) -> float:
    """Every kind of bad call once, in any order; what can be answered is answered."""
    secret = id_number(rng)
    kinds = requests(secret)
    answered = sum(not kind.turned_away for kind in kinds)
    with (
        Connection(office.platform.settings.broker_url) as connection,
        _replies(connection, identifier) as replies,
    ):
        _send(office, rng, kinds, secret, EXCHANGE, COMMAND, {"reply_to": identifier})

        def all_came() -> bool:
            with suppress(TimeoutError):
                connection.drain_events(timeout=0.1)
            return len(replies) >= answered

        wait_until(all_came, f"{answered} answers")
    return time.monotonic()


def poison_events(office: Office, rng: random.Random, _: str) -> float:
    """Every kind of bad event once, in any order, between the good ones."""
    secret = id_number(rng)
    _send(office, rng, events(secret), secret, office.platform.follower_queue().exchange, EVENT, {})
    return time.monotonic()


def _send(
    office: Office,
    rng: random.Random,
    kinds: list[Kind],
    secret: str,
    exchange: Exchange,
    key: str,
    properties: dict[str, str],
) -> None:
    platform, ledger = office.platform, office.ledger
    ledger.personal.add(secret)
    before = platform.death_count()
    rng.shuffle(kinds)
    with Connection(platform.settings.broker_url) as connection, connection.channel() as channel:
        for kind in kinds:
            # Not by kombu's producer, which would mend some of it.
            message = channel.prepare_message(
                kind.body,
                content_type=kind.content_type,
                content_encoding=kind.content_encoding,
                headers=kind.headers,
                properties={"delivery_mode": 1} | properties | kind.properties,
            )
            channel.basic_publish(message, exchange=exchange.name, routing_key=kind.key or key)
    ledger.dead_letters += sum(kind.turned_away for kind in kinds)
    wait_until(
        lambda: platform.turned_away() >= ledger.dead_letters or platform.death_count() > before,
        f"{ledger.dead_letters} dead letters\n{platform.logs()}",
    )
    if platform.death_count() > before:
        ledger.contradictions.append("a message ended a process")


@contextmanager
def _replies(connection: Connection, key: str) -> Iterator[list[bytes]]:
    """The answers that come to a key, as they come."""
    replies: list[bytes] = []
    queue = Queue(key, exchange=EXCHANGE, routing_key=key, exclusive=True, auto_delete=True)
    with Consumer(connection, [queue], on_message=lambda message: replies.append(message.body), no_ack=True):
        yield replies
