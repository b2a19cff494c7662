"""Connections to the in-process broker, and the transport class kombu makes them with."""

from __future__ import annotations

import threading
import time
from collections import deque
from itertools import count
from typing import Any, ClassVar

import amqp
from amqp.exceptions import RecoverableConnectionError
from kombu.transport import base

from chassis.inproc.broker import Broker, default_broker
from chassis.inproc.channel import Channel
from chassis.inproc.queues import Delivery, Subscription

#: Seconds a publisher waits for room in a full queue; transport option `publish_timeout`.
DEFAULT_PUBLISH_TIMEOUT = 30.0

#: What `drain_events` handles: a message for a subscription, or None when its queue is gone.
Event = tuple[Subscription, Delivery | None]


class Connection:
    """A client's connection: its channels and what was pushed to it, in order of arrival."""

    def __init__(self, broker: Broker, client: Any, publish_timeout: float | None) -> None:
        self.broker = broker
        self.client = client
        self.publish_timeout = publish_timeout
        self.is_open = True
        self._channels: list[Channel] = []
        self._channel_ids = count(1)
        self._inbox: deque[Event] = deque()
        self._arrival = threading.Condition(broker.lock)
        broker.connections.add(self)

    def channel(self) -> Channel:
        with self.broker.lock:
            self._check_open()
            channel = Channel(self, next(self._channel_ids))
            self._channels.append(channel)
            return channel

    def reply_channel(self) -> Channel:
        """A channel that answers requests."""
        return self.channel()

    def drain_events(self, timeout: float | None = None) -> None:
        """Handle one message or notice; raise `TimeoutError` (`socket.timeout`) when none comes in time.

        Sleeps until something arrives: no polling, so an idle process costs nothing.
        """
        self.broker.give_way()
        with self.broker.lock:
            subscription, delivery = self._next_event(timeout)
            if delivery is not None:
                subscription.note_drained(delivery)
        if delivery is not None:
            subscription.receiver.deliver(subscription, delivery)
        else:
            subscription.receiver.announce_cancel(subscription)

    def close(self) -> None:
        """Close the channels and wake whoever drains; may be repeated."""
        for channel in list(self._channels):
            channel.close()
        with self.broker.lock:
            if self.is_open:
                self.broker.drop_exclusive_queues(self)
                self._shut()

    def _next_event(self, timeout: float | None) -> Event:
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            self._check_open()
            if self._inbox:
                return self._inbox.popleft()
            remaining = None if deadline is None else deadline - time.monotonic()
            if remaining is not None and remaining <= 0:
                raise TimeoutError("timed out")
            self._arrival.wait(remaining)

    def _check_open(self) -> None:
        if not self.is_open:
            raise RecoverableConnectionError("connection is closed")

    def _shut(self) -> None:
        self.is_open = False
        self.broker.connections.discard(self)
        self._inbox.clear()
        self._arrival.notify_all()

    # -- called by channels and the broker (lock held)

    def post(self, subscription: Subscription, delivery: Delivery | None) -> None:
        """Leave something for `drain_events`."""
        self._inbox.append((subscription, delivery))
        self._arrival.notify()

    def withdraw(self, subscription: Subscription) -> list[Delivery]:
        """Take back what was pushed to a subscription and is not drained."""
        taken = [delivery for taker, delivery in self._inbox if taker is subscription and delivery]
        self._inbox = deque(event for event in self._inbox if event[0] is not subscription)
        return taken

    def forget(self, channel: Channel) -> None:
        self._channels.remove(channel)

    def drop(self) -> None:
        """Be cut off by a broker that is gone."""
        for channel in self._channels:
            channel.drop()
        self._channels.clear()
        self._shut()


class Transport(base.Transport):
    """kombu's way in. Errors are classed exactly as for AMQP, so that retries act alike."""

    client: Any
    driver_type = "inproc"
    driver_name = "inproc"
    default_connection_params: ClassVar[dict[str, str]] = {
        "hostname": "localhost",
        "virtual_host": "/",
    }
    implements = base.Transport.implements.extend(
        exchange_type=frozenset({"direct", "topic", "fanout"}), heartbeats=False
    )
    connection_errors = amqp.Connection.connection_errors
    channel_errors = amqp.Connection.channel_errors
    recoverable_connection_errors = amqp.Connection.recoverable_connection_errors
    recoverable_channel_errors = amqp.Connection.recoverable_channel_errors

    def establish_connection(self) -> Connection:
        options = self.client.transport_options
        return Connection(
            default_broker(self.client.virtual_host or "/"),
            self.client,
            options.get("publish_timeout", DEFAULT_PUBLISH_TIMEOUT),
        )

    def verify_connection(self, connection: Connection) -> bool:
        return connection.is_open

    def close_connection(self, connection: Connection) -> None:
        connection.close()

    def create_channel(self, connection: Connection) -> Channel:
        return connection.channel()

    def drain_events(self, connection: Connection, **kwargs: Any) -> None:
        connection.drain_events(**kwargs)
