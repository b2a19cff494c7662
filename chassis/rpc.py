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
from amqp.exceptions import AMQPError
from kombu import Connection, Queue
from nameko.exceptions import ContainerBeingKilled
from nameko.messaging import QueueConsumer
from nameko.rpc import Rpc, RpcConsumer, get_rpc_exchange

from chassis import clock, logs, metrics, tracing, wire
from chassis.broker import HEARTBEAT_SECONDS
from chassis.database import DatabaseAway
from chassis.runtime import RUNTIMES, Context, Endpoint, Runtime
from kernel.errors import Forbidden, Refusal

log = structlog.get_logger(__name__)

JSON = "application/json"
UNAVAILABLE = "unavailable"
"""Kind of the answer "not now", as HTTP's 503: the same request may be sent again."""
DEAD_LETTERS = "dead-letters"
"""Where a broker sends what is turned away; chassis/topology.py says what it is."""
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


def database_away(service: str) -> Refused:
    """What a caller hears whose request was done wholly or not at all, nobody knows which."""
    message = f"The database of {service} is away; send the same request again, a command under the same key."
    return Refused("database_away", message, {}, UNAVAILABLE)


class GuardedQueueConsumer(QueueConsumer):
    """Hands raw messages on in its own loop, over a connection that also carries the answers."""

    replies: Any = None
    """The channel of the answers; a new one with each connection."""

    @property
    def connection(self) -> Connection:
        """How the broker is reached."""
        return wire.connect(self.amqp_uri, heartbeat=HEARTBEAT_SECONDS)

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:
        """The consumers of a new connection; what they get is decoded by the guard, not by kombu."""
        self.replies = channel.connection.reply_channel()
        consumers = super().get_consumers(consumer_cls, channel)
        for provider, consumer in self._consumers.items():
            consumer.on_message = provider.handle_message
        return consumers

    def consume(self, limit: int | None, timeout: float | None = None, **kwargs: Any) -> Any:
        """Look up often enough that a stop need not wait a second for a quiet queue."""
        return super().consume(limit, timeout, safety_interval=LOOK_UP_SECONDS, **kwargs)

    def on_iteration(self) -> None:
        """Stay until the calls in hand are answered; nameko would close the connection under them."""
        self._cancel_consumers_if_requested()
        if not self._consumers and not self.container.calls_in_hand:
            self.should_stop = True

    def requeue_message(self, message: Any) -> None:
        """A connection lost just now has given the message back already; nameko would stop the container."""
        with suppress(OSError):
            super().requeue_message(message)


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
        queue_arguments={"x-dead-letter-exchange": DEAD_LETTERS},
    )


class GuardedRpcConsumer(RpcConsumer):
    """Checks a request before a worker starts, and sends its answer together with its acknowledgement."""

    queue_consumer = GuardedQueueConsumer()
    queue: Any

    def setup(self) -> None:
        """Say from which queue requests come."""
        if self.queue is None:
            self.queue = request_queue(self.container.service_name)
            self.queue_consumer.register_provider(self)
            self._registered = True

    def handle_message(self, message: Any) -> None:
        """Turn away what could not be answered; answer at once what cannot be understood."""
        service = self.container.service_name
        if not message.properties.get("reply_to"):
            turn_away(service, message, "no_reply_to")
            return
        if message.content_type != JSON:
            turn_away(service, message, "content_type")
            return
        try:
            body = orjson.loads(message.body)
        except orjson.JSONDecodeError:
            turn_away(service, message, "undecodable")
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
        try:
            self.queue_consumer.replies.answer(message, self.queue.exchange.name, JSON, answer.body())
        except (OSError, AMQPError) as error:
            log.warning("reply_not_sent", error=type(error).__name__)


def _well_formed(body: Any) -> bool:
    return isinstance(body, dict) and not body.get("args") and isinstance(body.get("kwargs"), dict)


class GuardedRpc(Rpc):
    """The entrypoint under ``command`` and ``query``."""

    rpc_consumer = GuardedRpcConsumer()

    def setup(self) -> None:
        """Bind to the service's runtime and the method's contract."""
        super().setup()
        self._runtime: Runtime = self.container.config[RUNTIMES][self.container.service_name]
        self._endpoint: Endpoint = getattr(self.container.service_cls, self.method_name).endpoint

    def handle_message(self, body: Any, message: Any) -> None:
        """Start a worker; a container that is going down gives the request back."""
        try:
            self.container.spawn_call(partial(self._serve, body["kwargs"], message))
        except ContainerBeingKilled:
            self.rpc_consumer.requeue_message(message)

    def _serve(self, fields: dict[str, Any], message: Any) -> None:
        call_id = f"{self._runtime.service.name}.{self.method_name}.{clock.new_id()}"
        headers = message.headers
        context = Context(headers.get("nameko.auth_token"), headers.get("nameko.traceparent"), call_id)
        self.rpc_consumer.respond(message, self.answer(self._runtime, self._endpoint, fields, context))

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
        except DatabaseAway as away:
            outcome = UNAVAILABLE
            log.warning("database_away", error=type(away.__cause__).__name__, **labels)
            return Answer(None, database_away(labels["service"]))
        except Exception:
            outcome = "fault"
            reference, refused = internal_error()
            log.exception("request_failed", reference=reference, **labels)
            return Answer(None, refused)
        finally:
            metrics.RPC_SECONDS.labels(**labels, outcome=outcome).observe(perf_counter() - started)
