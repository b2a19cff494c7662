"""Exchanges: which queues does a message go to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chassis.inproc.queues import Queue

EXCHANGE_TYPES = frozenset({"direct", "topic", "fanout"})

#: Routes remembered per exchange. Routing keys are few (events, RPC methods); the bound only
#: guards against a publisher that invents a key per message.
ROUTE_CACHE_SIZE = 4096


def topic_matches(pattern: Sequence[str], words: Sequence[str]) -> bool:
    """Tell whether the words of a routing key match a topic binding.

    ``*`` stands for exactly one word, ``#`` for any number including none; kombu's own
    matcher wants the dot before ``#`` even when no word follows it.
    """
    if not pattern:
        return not words
    head, rest = pattern[0], pattern[1:]
    if head == "#":
        return any(topic_matches(rest, words[skip:]) for skip in range(len(words) + 1))
    if not words:
        return False
    return head in ("*", words[0]) and topic_matches(rest, words[1:])


class Exchange:
    """A named exchange with its bindings."""

    def __init__(
        self, name: str, kind: str, durable: bool, auto_delete: bool, arguments: dict[str, Any]
    ) -> None:
        self.name = name
        self.kind = kind
        self.durable = durable
        self.auto_delete = auto_delete
        self.arguments = arguments
        self._bindings: dict[tuple[str, str], Queue] = {}
        self._routes: dict[str, tuple[Queue, ...]] = {}

    @property
    def alternate(self) -> str | None:
        """Name of the exchange that takes what finds no queue here."""
        return self.arguments.get("alternate-exchange")

    @property
    def has_bindings(self) -> bool:
        return bool(self._bindings)

    def bind(self, queue: Queue, binding_key: str) -> None:
        self._bindings[queue.name, binding_key] = queue
        self._routes.clear()

    def unbind(self, queue: Queue, binding_key: str) -> bool:
        """Remove one binding; tell whether there was one."""
        self._routes.clear()
        return self._bindings.pop((queue.name, binding_key), None) is not None

    def unbind_all(self, queue: Queue) -> bool:
        """Remove every binding of a queue; tell whether there was any."""
        gone = [key for key, bound in self._bindings.items() if bound is queue]
        for key in gone:
            del self._bindings[key]
        if gone:
            self._routes.clear()
        return bool(gone)

    def route(self, routing_key: str) -> tuple[Queue, ...]:
        """Queues for a routing key, each once, in the order they were bound."""
        routes = self._routes
        targets = routes.get(routing_key)
        if targets is None:
            if len(routes) >= ROUTE_CACHE_SIZE:
                routes.clear()
            matching = (
                queue
                for (_, binding_key), queue in self._bindings.items()
                if self._matches(binding_key, routing_key)
            )
            targets = routes[routing_key] = tuple(dict.fromkeys(matching))
        return targets

    def _matches(self, binding_key: str, routing_key: str) -> bool:
        if self.kind == "fanout":
            return True
        if self.kind == "topic":
            return topic_matches(binding_key.split("."), routing_key.split("."))
        return binding_key == routing_key
