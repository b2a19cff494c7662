"""nameko's RPC protocol, guarded: no message can stop the service, and no fault tells its text.

Stock nameko stops the whole container on a request without ``reply_to``, again and again; sends the text of
any exception to the caller; and confirms each reply at the cost of half its speed.
"""

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any
from uuid import uuid4

import orjson
import structlog
from kombu import Connection, Exchange, Queue
from kombu.exceptions import ContentDisallowed, OperationalError
from kombu.pools import ProducerPool
from nameko.exceptions import ContainerBeingKilled
from nameko.messaging import QueueConsumer
from nameko.rpc import Rpc, RpcConsumer, get_rpc_exchange

from chassis import logs, metrics, tracing
from chassis.runtime import Context, Endpoint, Runtime
from kernel.errors import Forbidden, Refusal

log = structlog.get_logger(__name__)

JSON = "application/json"
DEAD_LETTERS = Exchange("dead-letters", type="topic", durable=True)
NON_PERSISTENT = 1
LOOK_UP_SECONDS = 0.25
"""How long a loop that waits for messages does not see that it should stop."""


class Refused(Exception):
    """A refusal as it travels: nameko's remote error with a code, a sentence and facts."""

    def __init__(self, code: str, message: str, facts: dict[str, Any], kind: str = "refused") -> None:
        super().__init__(code, message, facts, kind)
        self.code = code
        self.message = message
        self.facts = facts
        self.kind = kind

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


@dataclass(frozen=True)
class Answer:
    """What a call came to: a reply, or an error."""

    result: dict[str, Any] | None
    error: Refused | None = None

    def body(self) -> bytes:
        """As nameko sends it."""
        error = None
        if self.error is not None:
            refused = self.error
            error = {
                "exc_type": "Refused",
                "exc_path": "chassis.rpc.Refused",
                "exc_args": [refused.code, refused.message, refused.facts, refused.kind],
                "value": str(refused),
            }
        return orjson.dumps({"result": self.result, "error": error})


def internal_error() -> tuple[str, Refused]:
    """An opaque error, and the reference under which the log tells what it was."""
    reference = uuid4().hex[:12]
    message = (
        f"The service failed; the operator finds the cause in its log under {reference}. Try again later."
    )
    return reference, Refused("internal_error", message, {"reference": reference}, "fault")


class GuardedQueueConsumer(QueueConsumer):
    """Hands messages on in its own loop, and turns away what cannot be decoded."""

    def consume(self, limit: int | None, timeout: float | None = None, **kwargs: Any) -> Any:
        """Look up often enough that a stop need not wait a second for a quiet queue."""
        return super().consume(limit, timeout, safety_interval=LOOK_UP_SECONDS, **kwargs)

    def handle_message(self, provider: Any, body: Any, message: Any) -> None:
        """The worker pool itself holds back more calls than it serves; no green thread in between."""
        provider.handle_message(body, message)

    def ack_message(self, message: Any) -> None:
        """A connection lost just now has given the message back already; nameko would stop the container."""
        with suppress(OSError):
            super().ack_message(message)

    def requeue_message(self, message: Any) -> None:
        """The same."""
        with suppress(OSError):
            super().requeue_message(message)

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        """Kombu would acknowledge and forget it."""
        reason = "content_type" if isinstance(exc, ContentDisallowed) else "undecodable"
        turn_away(self.container.service_name, message, reason)


def turn_away(service: str, message: Any, reason: str) -> None:
    """Reject a message to the dead-letter queue, counted and logged without its content."""
    metrics.MALFORMED.labels(service=service, reason=reason).inc()
    log.warning("message_turned_away", service=service, reason=reason)
    message.reject()


def request_queue(service: str) -> Queue:
    """Where a service's requests wait, with a place for what is turned away."""
    return Queue(
        f"rpc-{service}",
        exchange=get_rpc_exchange({}),
        routing_key=f"{service}.*",
        durable=True,
        queue_arguments={"x-dead-letter-exchange": DEAD_LETTERS.name},
    )


class GuardedRpcConsumer(RpcConsumer):
    """Checks a request before a worker starts, and answers by a cached, unconfirmed publisher."""

    queue_consumer = GuardedQueueConsumer()
    queue: Any

    def setup(self) -> None:
        """Declare the request queue with a place for what is turned away."""
        if self.queue is None:
            service = self.container.service_name
            self.queue = request_queue(service)
            # A pool of its own: looking kombu's shared one up costs as much as the rest of an answer.
            self._connection = Connection(self.container.config["AMQP_URI"])
            limit = self.container.max_workers + 1
            self._producers = ProducerPool(self._connection.Pool(limit), limit=limit)
            self.queue_consumer.register_provider(self)
            self._registered = True

    def stop(self) -> None:
        """Close the connections of the answers, after the last worker's."""
        super().stop()
        self._producers.connections.force_close_all()

    def handle_message(self, body: Any, message: Any) -> None:
        """Turn away what could not be answered; answer at once what cannot be understood."""
        service = self.container.service_name
        if not message.properties.get("reply_to"):
            turn_away(service, message, "no_reply_to")
            return
        if message.content_type != JSON:
            turn_away(service, message, "content_type")
            return
        method = message.delivery_info["routing_key"].rpartition(".")[2]
        provider = next((p for p in self._providers if p.method_name == method), None)
        if provider is None:
            self._refuse(
                message, "unknown_method", "request.unknown_method", "There is no method of this name."
            )
        elif not _well_formed(body):
            text = "Call methods with named arguments: the body holds args (empty) and kwargs."
            self._refuse(message, "arguments", "request.malformed", text)
        else:
            provider.handle_message(body, message)

    def _refuse(self, message: Any, reason: str, code: str, text: str) -> None:
        metrics.MALFORMED.labels(service=self.container.service_name, reason=reason).inc()
        self.respond(message, Answer(None, Refused(code, text, {}, "invalid")))

    def respond(self, message: Any, answer: Answer) -> None:
        """Send the answer and acknowledge the request. A lost connection brings the request back."""
        connection = self._connection
        try:
            with self._producers.acquire(block=True) as producer:
                producer.publish(
                    answer.body(),
                    exchange=self.queue.exchange,
                    routing_key=message.properties["reply_to"],
                    correlation_id=message.properties.get("correlation_id"),
                    content_type=JSON,
                    content_encoding="utf-8",
                    delivery_mode=NON_PERSISTENT,
                )
        except (*connection.connection_errors, *connection.channel_errors, OperationalError) as error:
            log.warning("reply_not_sent", error=type(error).__name__)
        self.queue_consumer.ack_message(message)


def _well_formed(body: Any) -> bool:
    return (
        isinstance(body, dict)
        and not body.get("args")
        and isinstance(body.get("kwargs"), dict)
        and all(isinstance(name, str) for name in body["kwargs"])
    )


class GuardedRpc(Rpc):
    """The entrypoint under ``command`` and ``query``."""

    rpc_consumer = GuardedRpcConsumer()

    def unpack_message_headers(self, message: Any) -> dict[str, Any]:
        """The token and the trace alone: nameko stops the container over a call stack that is none."""
        context: dict[str, Any] = super().unpack_message_headers(message)
        context.pop("call_id_stack", None)
        return context

    def handle_message(self, body: Any, message: Any) -> None:
        """Start a worker; a container that is going down gives the request back."""
        try:
            self.container.spawn_worker(
                self,
                (),
                body["kwargs"],
                context_data=self.unpack_message_headers(message),
                handle_result=partial(self.handle_result, message),
            )
        except ContainerBeingKilled:
            self.rpc_consumer.requeue_message(message)

    def handle_result(self, message: Any, _worker_ctx: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        """Send what the worker came to."""
        if not isinstance(result, Answer):
            reference, refused = internal_error()
            log.error("worker_failed", reference=reference, error=exc_info[0].__name__ if exc_info else None)
            result = Answer(None, refused)
        self.rpc_consumer.respond(message, result)
        return None, None

    @staticmethod
    def answer(runtime: Runtime, endpoint: Endpoint, fields: dict[str, Any], context: Context) -> Answer:
        """Serve a call, measured; refusals keep their code, faults become an opaque error."""
        labels = {"service": runtime.service.name, "method": endpoint.method}
        started = perf_counter()
        outcome = "ok"
        traced = tracing.trace_id(context.traceparent)
        try:
            with logs.bound(service=runtime.service.name, trace_id=traced, call_id=context.call_id):
                return Answer(runtime.execute(endpoint, fields, context))
        except Refusal as refusal:
            outcome = refusal.kind
            metrics.REFUSALS.labels(**labels, code=refusal.code).inc()
            if isinstance(refusal, Forbidden) and refusal.code.startswith("access.token"):
                metrics.TOKEN_REFUSALS.labels(service=labels["service"], code=refusal.code).inc()
            return Answer(None, Refused(refusal.code, refusal.message, refusal.facts, refusal.kind))
        except Exception:
            outcome = "fault"
            reference, refused = internal_error()
            log.exception("request_failed", reference=reference, **labels)
            return Answer(None, refused)
        finally:
            metrics.RPC_SECONDS.labels(**labels, outcome=outcome).observe(perf_counter() - started)
