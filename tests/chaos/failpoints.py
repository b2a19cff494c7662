"""Boundaries at which a child of the suite does as it is told: it dies there. The product knows nothing of
them.

A child arms itself by patching. Then, whenever it passes a boundary, it looks for the order, a file with one
step or more: the name of a boundary and how many times it may still be passed. The process that obeys takes
the step away first, so that it is carried out once.
"""

import json
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any
from unittest.mock import patch

import eventlet
import sqlalchemy as sa

from chassis import schema
from chassis.database import Database
from chassis.follow import Follower
from chassis.jobs import JobRunner
from chassis.relay import Relay
from chassis.rpc_client import RpcClient
from chassis.runtime import Runtime
from chassis.subscription import Subscription
from chassis.wire import frames
from chassis.wire.connection import ReplyChannel

DIED_AS_TOLD = 86

SOURCE_POINTS = (
    "before_commit",
    "after_commit_before_reply",
    "after_job_step_before_commit",
    "after_job_step_commit",
    "before_numbering",
    "after_numbering_before_publish",
    "after_publish_before_cursor",
    "after_cursor",
)
SINK_POINTS = (
    "after_apply_before_checkpoint_commit",
    "after_checkpoint_commit_before_ack",
    "after_ack",
)
BROKER_POINTS = ("after_reply",)
"""Boundaries that exist only where calls come by a broker."""
DROP = "delivery_dropped"
"""Not a death: the follower loses the message that it has just taken."""
COMMIT_HELD = "commit_held"
"""Not a death: the commit of a command waits until the suite lets it go."""
OWNERS_ANSWER = "after_owners_answer"
"""In the catch-up, reached after a DROP."""


class Order:
    """The order that the suite gives to its children; at most one stands at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._gone = path.with_suffix(".gone")
        self._passed: Counter[str] = Counter()

    def give(self, identifier: str, *steps: tuple[str, int]) -> None:
        """Tell whoever passes the first point for the n-th time to obey there, then for the next point."""
        self._gone.unlink(missing_ok=True)
        draft = self.path.with_suffix(".draft")
        draft.write_text(json.dumps({"id": identifier, "steps": steps}))
        draft.rename(self.path)

    def withdraw(self) -> None:
        """Nobody is to obey any more."""
        self.path.unlink(missing_ok=True)

    def let_go(self) -> None:
        """Let the commit that was held go on."""
        self._gone.touch()

    def hold(self, point: str) -> None:
        """Called in the child at a boundary; whom the order meant waits there."""
        if self.obeyed(point):
            while not self._gone.exists():
                eventlet.sleep(0.005)

    def stands(self, point: str) -> bool:
        """Whether this point is the next that somebody is to pass."""
        order = self._read()
        return order is not None and order["steps"][0][0] == point

    def obeyed(self, point: str) -> bool:
        """Called in the child at a boundary; true for the one whom the order meant."""
        order = self._read()
        if order is None or order["steps"][0][0] != point:
            return False
        (_, passes), *left = order["steps"]
        passing = f"{order['id']} {point}"
        self._passed[passing] += 1
        if self._passed[passing] < passes:
            return False
        if left:
            self.give(order["id"], *left)
        else:
            self.withdraw()
        return True

    def passing(self, point: str) -> None:
        """Called in the child at a boundary; does not return when the order says so."""
        if self.obeyed(point):
            os._exit(DIED_AS_TOLD)

    def _read(self) -> dict[str, Any] | None:
        try:
            order: dict[str, Any] = json.loads(self.path.read_bytes())
        except FileNotFoundError:
            return None
        return order


def arm(order: Order) -> None:
    """Patch the boundaries into this process; to be called after any mutant's own patches."""

    def after(owner: type, name: str, point: str, counts: Callable[[Any, tuple[Any, ...]], bool]) -> None:
        original = getattr(owner, name)

        @wraps(original)
        def patched(*args: Any, **options: Any) -> Any:
            result = original(*args, **options)
            if counts(result, args):
                order.passing(point)
            return result

        setattr(owner, name, patched)

    def always(*_: object) -> bool:
        return True

    _before_commit(order)
    after(Runtime, "execute", "after_commit_before_reply", lambda _, args: args[1].changes)
    _after_reply(order)
    _after_job_step(order)
    after(JobRunner, "_run_step", "after_job_step_commit", always)
    _before_numbering(order)
    # Called when the numbers are committed, with what is to be published.
    after(Relay, "_measure", "after_numbering_before_publish", lambda _, args: bool(args[1]))
    after(Relay, "_confirm", "after_publish_before_cursor", always)
    after(Relay, "run_once", "after_cursor", lambda published, _: published > 0)
    after(Follower, "_move_checkpoint", "after_apply_before_checkpoint_commit", always)
    after(Follower, "apply", "after_checkpoint_commit_before_ack", lambda applied, _: applied > 0)
    after(Subscription, "_settle", "after_ack", always)
    after(RpcClient, "call", OWNERS_ANSWER, lambda reply, _: bool(reply.get("events")))
    _drop_delivery(order)


def _before_commit(order: Order) -> None:
    """All of a command is written, the commit of its transaction is next."""
    attempt, write = Runtime._attempt, Database.write
    serving = threading.local()

    @wraps(attempt)
    def patched_attempt(runtime: Any, endpoint: Any, *args: Any, **options: Any) -> Any:
        serving.command = endpoint.changes
        try:
            return attempt(runtime, endpoint, *args, **options)
        finally:
            serving.command = False

    @contextmanager
    def patched_write(database: Database) -> Iterator[Any]:
        with write(database) as connection:
            yield connection
            if getattr(serving, "command", False):
                order.hold(COMMIT_HELD)
                order.passing("before_commit")

    Runtime._attempt = patched_attempt  # type: ignore[assignment,method-assign]
    Database.write = patched_write  # type: ignore[assignment,method-assign]


def _after_reply(order: Order) -> None:
    """The one write that carries a reply and its request's acknowledgement is cut between the two."""
    answer = ReplyChannel.answer

    @wraps(answer)
    def patched(channel: Any, request: Any, *reply: Any) -> None:
        if not order.stands("after_reply") or not _answers_a_command(request):
            answer(channel, request, *reply)
            return
        with patch.object(frames, "ack", return_value=b""):
            answer(channel, request, *reply)
        transport = channel.connection.transport
        transport.write(b"")
        order.passing("after_reply")
        transport.write(frames.ack(request.channel.channel_id, request.delivery_tag))

    ReplyChannel.answer = patched  # type: ignore[assignment,method-assign]


def _answers_a_command(message: Any) -> bool:
    key: str = message.delivery_info["routing_key"]
    return key.endswith((".record_regions", ".register_persons"))


def _after_job_step(order: Order) -> None:
    original = JobRunner.__init__

    def dying(step: Any) -> Any:
        @wraps(step)
        def patched(*args: Any) -> Any:
            ended = step(*args)
            order.passing("after_job_step_before_commit")
            return ended

        return patched

    @wraps(original)
    def patched(runner: Any, runtime: Any, steps: dict[str, Any]) -> None:
        original(runner, runtime, {kind: dying(step) for kind, step in steps.items()})

    JobRunner.__init__ = patched  # type: ignore[assignment,method-assign]


def _before_numbering(order: Order) -> None:
    original = Relay._number
    new = sa.select(schema.event_log.c.id).where(schema.event_log.c.position.is_(None)).limit(1)

    @wraps(original)
    def patched(relay: Any) -> None:
        if order.stands("before_numbering"):
            with relay._runtime.database.read() as connection:
                waiting = connection.execute(new).first()
            if waiting:
                order.passing("before_numbering")
        original(relay)

    Relay._number = patched  # type: ignore[assignment,method-assign]


def _drop_delivery(order: Order) -> None:
    original = Subscription._decode

    @wraps(original)
    def patched(subscription: Any, message: Any) -> Any:
        event = original(subscription, message)
        return None if event and order.obeyed(DROP) else event

    Subscription._decode = patched  # type: ignore[assignment,method-assign]
