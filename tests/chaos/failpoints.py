"""Boundaries at which a child of the suite dies when it is told to. The product knows nothing of them.

A child arms itself by patching. Then, whenever it passes a boundary, it looks for the order, a file: the
name of a boundary, how many times it may still be passed, and an identifier. The process that obeys takes
the file away first, so that an order is carried out once.
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

from chassis.database import Database
from chassis.follow import Follower
from chassis.relay import Relay
from chassis.runtime import Runtime
from chassis.wire import frames
from chassis.wire.connection import ReplyChannel

DIED_AS_TOLD = 86

SOURCE_POINTS = (
    "before_commit",
    "after_commit_before_reply",
    "after_numbering_before_publish",
    "after_publish_before_cursor",
)
SINK_POINTS = ("after_apply_before_checkpoint_commit", "after_checkpoint_commit_before_ack")
BROKER_POINTS = ("after_reply_before_request_ack",)
"""Boundaries that exist only where calls come by a broker."""


class Order:
    """The order that the suite gives to its children; at most one stands at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._passed: Counter[str] = Counter()

    def give(self, point: str, passes: int, identifier: str) -> None:
        """Tell whoever passes the point for the ``passes``-th time to die there."""
        draft = self.path.with_suffix(".draft")
        draft.write_text(json.dumps({"point": point, "passes": passes, "id": identifier}))
        draft.rename(self.path)

    def withdraw(self) -> None:
        """Nobody is to die any more."""
        self.path.unlink(missing_ok=True)

    def passing(self, point: str) -> None:
        """Called in the child at a boundary; does not return when the order says so."""
        try:
            order = json.loads(self.path.read_bytes())
        except FileNotFoundError:
            return
        if order["point"] != point:
            return
        self._passed[order["id"]] += 1
        if self._passed[order["id"]] >= order["passes"]:
            self.path.unlink()
            os._exit(DIED_AS_TOLD)


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
    # Called when there is something to publish, and the numbers are committed.
    after(Relay, "_open_channel", "after_numbering_before_publish", always)
    after(Relay, "_await_confirms", "after_publish_before_cursor", always)
    after(Follower, "_move_checkpoint", "after_apply_before_checkpoint_commit", always)
    after(Follower, "apply", "after_checkpoint_commit_before_ack", lambda applied, _: applied > 0)
    _before_request_ack(order)


def _before_commit(order: Order) -> None:
    """All of a command is written, the commit of its transaction is next."""
    attempt, write = Runtime._attempt, Database.write
    serving = threading.local()

    @wraps(attempt)
    def patched_attempt(runtime: Any, endpoint: Any, *args: Any) -> Any:
        serving.command = endpoint.changes
        try:
            return attempt(runtime, endpoint, *args)
        finally:
            serving.command = False

    @contextmanager
    def patched_write(database: Database) -> Iterator[Any]:
        with write(database) as connection:
            yield connection
            if getattr(serving, "command", False):
                order.passing("before_commit")

    Runtime._attempt = patched_attempt  # type: ignore[assignment,method-assign]
    Database.write = patched_write  # type: ignore[assignment,method-assign]


def _before_request_ack(order: Order) -> None:
    """The one write that carries a reply and its request's acknowledgement is cut between the two."""
    answer = ReplyChannel.answer

    @wraps(answer)
    def patched(channel: Any, request: Any, *reply: Any) -> None:
        if not request.delivery_info["routing_key"].endswith(".record_regions"):
            answer(channel, request, *reply)
            return
        with patch.object(frames, "ack", return_value=b""):
            answer(channel, request, *reply)
        transport = channel.connection.transport
        transport.write(b"")
        order.passing("after_reply_before_request_ack")
        transport.write(frames.ack(request.channel.channel_id, request.delivery_tag))

    ReplyChannel.answer = patched  # type: ignore[assignment,method-assign]
