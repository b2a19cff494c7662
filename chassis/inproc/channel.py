"""The channel kombu publishes and consumes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count, takewhile
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from amqp.exceptions import ConsumerCancelled, PreconditionFailed
from kombu.exceptions import ChannelError
from kombu.message import Message

from chassis.inproc.queues import Delivery, Payload, Queue, QueuedMessage, Subscription, copy_table
from chassis.inproc.topology import Topology

if TYPE_CHECKING:
    from chassis.inproc.transport import Connection

NO_ROUTE = 312


class Channel(Topology):
    """One channel of a connection: publishing and consuming."""

    no_ack_consumers: Any  # a set; kombu's base says None

    def __init__(self, connection: Connection, channel_id: int) -> None:
        super().__init__(connection, channel_id)
        self.no_ack_consumers = set()
        self.events: dict[str, set[Callable[..., None]]] = {"basic_return": set()}
        self._subscriptions: dict[str, Subscription] = {}
        self._unacked: dict[int, Delivery] = {}
        self._tags = count(1)
        self._prefetch = 0

    # -- publishing

    def prepare_message(
        self,
        body: str | bytes,
        priority: int | None = None,
        content_type: str | None = None,
        content_encoding: str | None = None,
        headers: dict[str, Any] | None = None,
        properties: dict[str, Any] | None = None,
    ) -> Payload:
        """Freeze what the publisher passes, as writing it to a socket would.

        Content type and encoding go into the properties, where AMQP has them and nameko's
        RPC responder looks for them.
        """
        if isinstance(body, str):
            body = body.encode(content_encoding or "utf-8")
        given = {
            **(properties or {}),
            "priority": priority,
            "content_type": content_type,
            "content_encoding": content_encoding,
        }
        return Payload(
            bytes(body),
            copy_table(headers or {}),
            copy_table({name: value for name, value in given.items() if value is not None}),
        )

    def basic_publish(
        self,
        message: Payload,
        exchange: str = "",
        routing_key: str = "",
        *,
        mandatory: bool = False,
        timeout: float | None = None,
        **_: Any,
    ) -> None:
        """Put the message into every queue it is routed to; always confirmed.

        `timeout` overrides the connection's `publish_timeout` for a full queue. A mandatory
        message without queue comes back to the `basic_return` handlers, or as an error.
        """
        connection = self._open_connection
        routed = self._broker.publish(
            message,
            exchange or "",
            routing_key,
            connection.publish_timeout if timeout is None else timeout,
        )
        if mandatory and not routed:
            error = ChannelError("NO_ROUTE", (60, 50), "Basic.return", NO_ROUTE)
            handlers = self.events["basic_return"]
            if not handlers:
                raise error
            for handler in handlers:
                handler(error, exchange, routing_key, message)

    def answer(self, request: Message, exchange: str, content_type: str, body: bytes) -> None:
        """Send a request's reply and acknowledge the request, as `chassis.wire` does over AMQP."""
        properties = {"correlation_id": request.properties.get("correlation_id")}
        message = self.prepare_message(
            body, content_type=content_type, content_encoding="utf-8", properties=properties
        )
        self.basic_publish(message, exchange, request.properties["reply_to"])
        request.ack()

    # -- consuming

    def basic_qos(
        self,
        prefetch_size: int = 0,  # noqa: ARG002
        prefetch_count: int = 0,
        apply_global: bool = False,
    ) -> None:
        """Set the prefetch of consumers started from now on, each by itself, as RabbitMQ does."""
        if apply_global:
            raise PreconditionFailed("PRECONDITION_FAILED - inproc has no global prefetch")
        self._prefetch = prefetch_count

    def basic_consume(
        self,
        queue: str,
        no_ack: bool | None,
        callback: Callable[[Message], None],
        consumer_tag: str = "",
        on_cancel: Callable[[str], None] | None = None,
        **_: Any,
    ) -> str:
        """Start a consumer; answers its tag."""
        with self._broker.lock:
            consumed = self._queue(queue)
            subscription = Subscription(
                tag=consumer_tag or f"amq.ctag-{uuid4().hex}",
                queue=consumed,
                receiver=self,
                callback=callback,
                no_ack=bool(no_ack),
                prefetch=self._prefetch,
                on_cancel=on_cancel,
            )
            self._subscriptions[subscription.tag] = subscription
            if subscription.no_ack:
                self.no_ack_consumers.add(subscription.tag)
            consumed.consumers.append(subscription)
            consumed.dispatch()
            return subscription.tag

    def basic_cancel(self, consumer_tag: str, **_: Any) -> None:
        """End a consumer; what was pushed to it but never drained returns to the queue."""
        with self._broker.lock:
            subscription = self._subscriptions.get(consumer_tag)
            if subscription is not None:
                self._put_back(self._end(subscription))
                self._broker.consumer_left(subscription.queue)

    def basic_get(self, queue: str, no_ack: bool | None = False) -> Message | None:
        """Fetch one ready message, or None."""
        with self._broker.lock:
            source = self._queue(queue)
            if not source.ready:
                return None
            delivery = Delivery(next(self._tags), source.ready.popleft(), source, None)
            if not no_ack:
                self._unacked[delivery.tag] = delivery
            delivery.message.drained = True
            source.admit_publisher()
        return self._message(delivery)

    def basic_ack(self, delivery_tag: int, multiple: bool = False) -> None:
        """Acknowledge one message, or all of this channel up to it (0: all)."""
        with self._broker.lock:
            self._check_open()
            tags = [delivery_tag]
            if multiple:
                tags = list(takewhile(lambda t: not delivery_tag or t <= delivery_tag, self._unacked))
            queues = {self._settle(tag).queue: None for tag in tags}
            for queue in queues:
                queue.dispatch()

    def basic_reject(self, delivery_tag: int, requeue: bool = False) -> None:
        """Return a message to its place in its queue, or refuse it to the dead letters."""
        with self._broker.lock:
            self._check_open()
            delivery = self._settle(delivery_tag)
            if requeue:
                self._put_back([delivery])
            else:
                self._broker.dead_letter(delivery.queue, delivery.message, "rejected")
                delivery.queue.dispatch()

    def basic_recover(self, requeue: bool = False) -> None:
        """Return everything this channel has drained and not acknowledged."""
        if not requeue:
            raise PreconditionFailed("PRECONDITION_FAILED - recover without requeue")
        with self._broker.lock:
            self._check_open()
            drained = [each for each in self._unacked.values() if each.message.drained]
            for delivery in drained:
                self._settle(delivery.tag)
            self._put_back(drained)

    def message_to_python(self, message: Message) -> Message:
        """Part of kombu's channel interface: deliveries are messages already."""
        return message

    # -- called by the broker (lock held)

    def receive(self, subscription: Subscription, message: QueuedMessage) -> None:
        """Take a pushed message: note it as unacknowledged and post it to the connection."""
        delivery = Delivery(next(self._tags), message, subscription.queue, subscription)
        if not subscription.no_ack:
            self._unacked[delivery.tag] = delivery
            subscription.unsettled += 1
        subscription.undrained += 1
        self._open_connection.post(subscription, delivery)

    def consumer_gone(self, subscription: Subscription) -> None:
        """Forget a consumer whose queue was deleted and let the application know."""
        self._end(subscription)
        self._open_connection.post(subscription, None)

    # -- called by the connection

    def deliver(self, subscription: Subscription, delivery: Delivery) -> None:
        """Hand a drained message to its consumer (no lock: the callback may publish)."""
        subscription.callback(self._message(delivery))

    def announce_cancel(self, subscription: Subscription) -> None:
        """Tell the application that its consumer is gone, as py-amqp does (no lock)."""
        if subscription.on_cancel is None:
            raise ConsumerCancelled(subscription.tag, (60, 30))
        subscription.on_cancel(subscription.tag)

    def close(self) -> None:
        """End all consumers and return what is unacknowledged, in order; may be repeated."""
        with self._broker.lock:
            if self.connection is None:
                return
            subscriptions = list(self._subscriptions.values())
            abandoned = [delivery for each in subscriptions for delivery in self._end(each)]
            abandoned.extend(self._unacked.values())
            self._unacked.clear()
            self.connection.forget(self)
            self.connection = None
            self._put_back(abandoned)
            for subscription in subscriptions:
                self._broker.consumer_left(subscription.queue)

    def drop(self) -> None:
        """Be cut off by a broker that is gone: nothing returns anywhere (lock held)."""
        self.connection = None
        self._subscriptions.clear()
        self._unacked.clear()

    # -- helpers (lock held)

    def _settle(self, tag: int) -> Delivery:
        try:
            delivery = self._unacked.pop(tag)
        except KeyError:
            raise PreconditionFailed(f"PRECONDITION_FAILED - unknown delivery tag {tag}") from None
        if delivery.subscription is not None:
            delivery.subscription.unsettled -= 1
        return delivery

    def _end(self, subscription: Subscription) -> list[Delivery]:
        """Detach a consumer; answers the messages pushed to it and never drained."""
        del self._subscriptions[subscription.tag]
        self.no_ack_consumers.discard(subscription.tag)
        if subscription in subscription.queue.consumers:
            subscription.queue.consumers.remove(subscription)
        undrained = self._open_connection.withdraw(subscription)
        for delivery in undrained:
            self._unacked.pop(delivery.tag, None)
        return undrained

    def _put_back(self, deliveries: Iterable[Delivery]) -> None:
        """Return messages, each to its own queue."""
        by_queue: dict[Queue, list[QueuedMessage]] = {}
        for delivery in deliveries:
            by_queue.setdefault(delivery.queue, []).append(delivery.message)
        for queue, returned in by_queue.items():
            self._broker.put_back(queue, returned)

    def _message(self, delivery: Delivery) -> Message:
        message = delivery.message
        payload = message.payload
        properties = copy_table(payload.properties)
        headers = copy_table(payload.headers)
        if delivery.queue.delivery_limit is not None and message.returns:
            headers["x-delivery-count"] = message.returns
        info = {
            "delivery_tag": delivery.tag,
            "redelivered": message.redelivered,
            "exchange": message.exchange,
            "routing_key": message.routing_key,
        }
        if delivery.subscription is not None:
            info["consumer_tag"] = delivery.subscription.tag
        return Message(
            body=payload.body,
            delivery_tag=delivery.tag,
            content_type=properties.get("content_type"),
            content_encoding=properties.get("content_encoding"),
            delivery_info=info,
            properties=properties,
            headers=headers,
            channel=self,
        )
