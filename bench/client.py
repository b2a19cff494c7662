"""A caller on raw kombu, the same for every server that is measured."""

import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import orjson
from kombu import Connection, Consumer, Exchange, Queue
from kombu.messaging import Producer

ANSWER_SECONDS = 30.0


class Client:
    """Publishes requests to one method and takes the answers, all in the calling thread.

    Raises RuntimeError when a server answers with an error.
    """

    def __init__(self, url: str, exchange: str, key: str, **properties: Any) -> None:
        self.times: dict[str, tuple[float, float]] = {}
        """When each answered request was sent and answered (``time.time``), by its correlation id."""
        self._sent: dict[str, float] = {}
        self._connection = Connection(url)
        channel = self._connection.channel()
        self._producer = Producer(channel)
        self._reply_to = uuid4().hex
        self._properties = {"exchange": exchange, "routing_key": key, **properties}
        rpc = Exchange("nameko-rpc", type="topic", durable=True)
        # nameko answers to its own exchange, the others to the default one: the queue hears both.
        queue = Queue(self._reply_to, rpc, routing_key=self._reply_to, exclusive=True)
        self._consumer = Consumer(channel, [queue], on_message=self._answered, no_ack=True)
        self._consumer.consume()

    @property
    def in_flight(self) -> int:
        """Requests without an answer yet."""
        return len(self._sent)

    def send(self, body: Mapping[str, Any], correlation_id: str | None = None) -> None:
        """Publish one request."""
        identifier = correlation_id or uuid4().hex
        self._sent[identifier] = time.time()
        self._producer.publish(
            orjson.dumps(body),
            reply_to=self._reply_to,
            correlation_id=identifier,
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=1,
            **self._properties,
        )

    def drain(self, seconds: float = ANSWER_SECONDS) -> None:
        """Take what comes first. TimeoutError when nothing comes."""
        self._connection.drain_events(timeout=seconds)

    def run(self, body: Callable[[], Mapping[str, Any]], in_flight: int, seconds: float) -> list[float]:
        """Keep so many requests in flight for so long; the seconds that each answered one took."""
        self.times.clear()
        stop_at = time.perf_counter() + seconds
        while time.perf_counter() < stop_at:
            while self.in_flight < in_flight:
                self.send(body())
            self.drain()
        answered = [answer - sent for sent, answer in self.times.values()]
        while self.in_flight:
            self.drain()
        return answered

    def close(self) -> None:
        self._connection.release()

    def _answered(self, message: Any) -> None:
        if orjson.loads(message.body)["error"] is not None:
            raise RuntimeError(bytes(message.body).decode())
        identifier = message.properties["correlation_id"]
        self.times[identifier] = self._sent.pop(identifier), time.time()
