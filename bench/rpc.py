"""A call through the entrypoint beside an echo of raw kombu, with the same raw client for all."""

import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import orjson
from kombu import Connection, Consumer, Exchange, Queue
from kombu.messaging import Producer

from bench.measure import Row, interleaved
from bench.office import runtime
from bench.processes import running
from chassis.token_source import TokenSource
from tests.support.servers import PostgresServer, RabbitMQServer
from tests.support.source.service import SourceService

SECONDS = 2.0
FIELDS = {"refs": ["household-1", "household-2"]}


class Client:
    """Sends requests and counts answers: sync is one in flight, pipelined fifty."""

    def __init__(self, url: str, exchange: str, key: str, headers: dict[str, Any]) -> None:
        self._connection = Connection(url)
        self._channel = self._connection.channel()
        self._producer = Producer(self._channel)
        self._reply_to = uuid4().hex
        self._target = {"exchange": exchange, "routing_key": key, "headers": headers}
        self._answers = 0
        rpc = Exchange("nameko-rpc", type="topic", durable=True)
        # The raw echo answers to the default exchange, nameko to its own: the queue hears both.
        queue = Queue(self._reply_to, rpc, routing_key=self._reply_to, exclusive=True)
        self._consumer = Consumer(self._channel, [queue], on_message=self._answered, no_ack=True)
        self._consumer.consume()

    def rate(self, in_flight: int, seconds: float = SECONDS) -> float:
        """Answers per second."""
        body = orjson.dumps({"args": [], "kwargs": FIELDS})
        started = time.perf_counter()
        first, sent = self._answers, 0
        while (now := time.perf_counter()) - started < seconds:
            while sent - (self._answers - first) < in_flight:
                self._producer.publish(
                    body,
                    reply_to=self._reply_to,
                    correlation_id=uuid4().hex,
                    content_type="application/json",
                    content_encoding="utf-8",
                    delivery_mode=1,
                    **self._target,
                )
                sent += 1
            self._connection.drain_events(timeout=10)
        answered = self._answers - first
        while self._answers - first < sent:
            self._connection.drain_events(timeout=10)
        return answered / (now - started)

    def _answered(self, message: Any) -> None:
        if orjson.loads(message.body)["error"] is not None:
            raise RuntimeError(bytes(message.body).decode())
        self._answers += 1


def rows(_: PostgresServer, mq: RabbitMQServer) -> list[Row]:
    with TemporaryDirectory() as name, mq.vhost() as url:
        folder = Path(name)
        runtime(SourceService, folder, url).close()
        token = TokenSource(folder / "tokens").token("bench", frozenset({"auditor"}), ("341524",), "341524")
        headers = {"nameko.auth_token": token}
        with running("raw", url, folder), running("ours", url, folder), running("nameko", url, folder):
            clients = {
                "raw": Client(url, "", "bench.echo", {}),
                "ours": Client(url, "nameko-rpc", "registry.resolve_households", headers),
                "nameko": Client(url, "nameko-rpc", "stock.echo", {}),
            }
            result = []
            for label, in_flight, floor in (("sync", 1, 0.55), ("50 in flight", 50, 0.45)):
                ways = {kind: partial(client.rate, in_flight) for kind, client in clients.items()}
                rate = interleaved(3, **ways)
                peers = {"stock nameko": round(rate["nameko"], 1)}
                result.append(Row(f"RPC, {label}", "calls/s", rate["ours"], rate["raw"], floor, peers))
            return result
