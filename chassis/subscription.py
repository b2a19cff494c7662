"""Takes a followed stream from the broker in batches, and from the owner's log what the broker has not.

The broker is a messenger, not the truth: at start, after a gap, and when all is quiet for long, the follower
asks the owner for what comes after its checkpoint.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import eventlet
import orjson
import structlog
from kombu import Connection, Consumer
from nameko.extensions import Entrypoint

from chassis import metrics, wire
from chassis.broker import HEARTBEAT_SECONDS
from chassis.follow import EpochConflict, Follower, Gap
from chassis.rpc import JSON, LOOK_UP_SECONDS, turn_away
from chassis.rpc_client import RpcClient, Unavailable
from chassis.runtime import RUNTIMES
from chassis.stream import Malformed, Received, receive
from chassis.topology import event_queue

log = structlog.get_logger(__name__)

QUIET_SECONDS = 30.0
CATCH_UP_SECONDS = 5.0
"""Deadline of a question that is asked again soon: a broker that fell took requests and replies with it."""
PAUSE_SECONDS_MAX = 5.0


class Subscription(Entrypoint):
    """The entrypoint under ``follow``. It has a thread of its own, so that calls and events never wait for
    each other's workers.
    """

    def __init__(self, source: str, handler: Callable[..., None], **kwargs: Any) -> None:
        self._source = source
        self._handler = handler
        self._stopping = False
        self._thread: Any = None
        super().__init__(**kwargs)

    def setup(self) -> None:
        """Bind to the service's runtime; connections are made in the thread."""
        runtime = self.container.config[RUNTIMES][self.container.service_name]
        self._settings = runtime.settings
        self._token = runtime.token
        self._follower = Follower(runtime, self._source, self._handler)

    def start(self) -> None:
        """Follow in a thread of its own."""
        name = f"follow:{self.container.service_name}:{self._source}"
        self._thread = self.container.spawn_managed_thread(self._run, identifier=name)

    def stop(self) -> None:
        """Finish the batch in hand; what is not acknowledged goes back to the broker."""
        self._stopping = True
        if self._thread is not None:
            self._thread.wait()

    def kill(self) -> None:
        """Stop at once; the checkpoint knows how far it came."""
        self._stopping = True
        if self._thread is not None:
            self._thread.kill()

    def _run(self) -> None:
        pause = 0.2
        while not self._stopping:
            started = time.monotonic()
            try:
                with (
                    RpcClient(self._settings.broker_url, self._token, self._settings.call_seconds) as client,
                    wire.connect(self._settings.broker_url, heartbeat=HEARTBEAT_SECONDS) as connection,
                ):
                    self._look_into_log(client)
                    self._consume(connection, client)
            except EpochConflict as error:
                log.exception("stream_conflict", source=self._source, reason=str(error))
                metrics.STREAM_CONFLICT.labels(consumer=self._follower.consumer, source=self._source).set(1)
                self._sleep(PAUSE_SECONDS_MAX)
            except Exception as error:  # noqa: BLE001 - whatever it was, the checkpoint holds: begin again
                if time.monotonic() - started > PAUSE_SECONDS_MAX:
                    pause = 0.2
                log.warning(
                    "follow_interrupted", source=self._source, error=type(error).__name__, seconds=pause
                )
                self._sleep(pause)
                pause = min(pause * 2, PAUSE_SECONDS_MAX)

    def _sleep(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not self._stopping and time.monotonic() < deadline:
            eventlet.sleep(0.1)

    def _look_into_log(self, client: RpcClient) -> None:
        """Catch up, if the owner answers: what its relay sends is applied without it, but for a gap."""
        try:
            self._catch_up(client)
        except Unavailable:
            log.info("owner_silent", source=self._source)

    def _catch_up(self, client: RpcClient) -> None:
        """Apply what the owner's log holds after the checkpoint, until nothing is left."""
        # Told anew now and then: what an operator applied or gave up is counted off.
        self._follower.count_parked()
        while not self._stopping:
            question = self._follower.checkpoint().question(self._settings.batch_size)
            reply = client.call(self._source, "events_after", question, seconds=CATCH_UP_SECONDS)
            events = self._follower.answered(reply)
            if not events:
                return
            metrics.CAUGHT_UP.labels(consumer=self._follower.consumer, source=self._source).inc(len(events))
            self._follower.apply(events)

    def _consume(self, connection: Connection, client: RpcClient) -> None:
        """Collect the next batch while the database works on the last one; acknowledge what is committed."""
        settings = self._settings
        messages: list[Any] = []
        queue = event_queue(self._follower.consumer, self._source, settings.embedded)
        channel = connection.channel()
        channel.basic_qos(0, settings.batch_size * 2, False)
        applying: tuple[Any, list[Any]] | None = None
        quiet_since = time.monotonic()
        with Consumer(channel, [queue], on_message=messages.append):
            while not self._stopping:
                self._collect(connection, messages)
                if applying is not None:
                    self._settle(connection, *applying)
                    applying = None
                if messages:
                    batch, messages[:] = messages[: settings.batch_size], messages[settings.batch_size :]
                    applying = eventlet.spawn(self._apply, batch, client), batch
                    quiet_since = time.monotonic()
                elif time.monotonic() - quiet_since > QUIET_SECONDS:
                    self._look_into_log(client)
                    quiet_since = time.monotonic()
            if applying is not None:
                self._settle(connection, *applying)

    def _collect(self, connection: Connection, messages: list[Any]) -> None:
        """Wait for a first message, then a moment for more."""
        if connection.supports_heartbeats:
            connection.heartbeat_check()
        try:
            if not messages:
                connection.drain_events(timeout=LOOK_UP_SECONDS)
            deadline = time.monotonic() + self._settings.batch_seconds
            while len(messages) < self._settings.batch_size and (left := deadline - time.monotonic()) > 0:
                connection.drain_events(timeout=left)
        except TimeoutError:
            pass

    def _apply(self, batch: list[Any], client: RpcClient) -> None:
        events = [event for event in map(self._decode, batch) if event is not None]
        try:
            if events and not self._follower.apply(events):
                self._catch_up(client)  # repeated by the broker, or by a source that was restored?
        except Gap as gap:
            metrics.GAPS.labels(consumer=self._follower.consumer, source=self._source).inc()
            log.info("gap", source=self._source, position=gap.position)
            self._catch_up(client)

    def _settle(self, connection: Connection, applied: Any, batch: list[Any]) -> None:
        """Wait until the batch is committed, keeping the connection alive meanwhile, and acknowledge it."""
        while not _ended(applied, HEARTBEAT_SECONDS / 4):
            # Also read: the broker's own heartbeats wait there, and silence would be taken for its end.
            with suppress(TimeoutError):
                connection.drain_events(timeout=0.01)
            if connection.supports_heartbeats:
                connection.heartbeat_check()
        taken = [message for message in batch if not message.acknowledged]
        if taken:
            taken[-1].ack(multiple=True)

    def _decode(self, message: Any) -> Received | None:
        """The event of a message; what is none goes to the dead letters."""
        with suppress(Malformed, orjson.JSONDecodeError):
            data = orjson.loads(message.body) if message.content_type == JSON else None
            if isinstance(data, dict):
                return receive(message.headers, data)
        turn_away(self._follower.consumer, message, "event")
        return None


def _ended(thread: Any, seconds: float) -> bool:
    """Wait for a green thread at most so long; what it raised is raised."""
    try:
        with eventlet.Timeout(seconds):
            thread.wait()
    except eventlet.Timeout:
        return False
    return True
