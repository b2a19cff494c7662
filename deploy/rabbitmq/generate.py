"""Write definitions.json, which the broker reads at every start: `python deploy/rabbitmq/generate.py`.

Exchanges and queues come from the code that uses them. Each service has a user of its own, which may take its
own calls, read its own queues, answer, and ask the services that it follows for missing events: nothing else.
No service may publish events: that is the relay's, which may do nothing else.

Users have no passwords here, and cannot log in; make_secrets.py adds them.
"""
# ruff: noqa: INP001 - a program, not a package

import json
import sys
from pathlib import Path
from typing import Any

from kombu import Exchange, Queue

from chassis import topology
from chassis.rpc import DEAD_LETTERS
from chassis.rpc_client import EXCHANGE as CALLS
from contracts.catalogue import SERVICES, SUBSCRIPTIONS

PATH = Path(__file__).with_name("definitions.json")
VHOST = "office"

CLIENT = "[0-9a-f]{32}"
"""Routing key under which the platform's own clients take answers."""
NAMEKO_CLIENT = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""The same of plain nameko clients."""
ANSWERS = rf"rpc\.reply-client-{CLIENT}"
"""Queues of answers. Nobody can take another's: the name is a secret of its client."""


def definitions() -> dict[str, Any]:
    """The whole file as JSON values."""
    exchanges = [*map(topology.event_exchange, SERVICES), topology.dead_letters(embedded=False), CALLS]
    queues = list(topology.queues(embedded=False))
    permissions = [_permission(user, **rights) for user, rights in _rights().items()]
    return {
        "vhosts": [{"name": VHOST}],
        "users": [{"name": user, "password_hash": "", "tags": []} for user in _rights()],
        "permissions": permissions,
        "topic_permissions": list(_topic_permissions()),
        "exchanges": [_exchange(exchange) for exchange in exchanges],
        "queues": [_queue(queue) for queue in queues],
        "bindings": [_binding(queue) for queue in queues],
    }


def _exchange(exchange: Exchange) -> dict[str, Any]:
    return {
        "name": exchange.name,
        "vhost": VHOST,
        "type": exchange.type,
        "durable": exchange.durable,
        "auto_delete": exchange.auto_delete,
        "internal": False,
        "arguments": exchange.arguments or {},
    }


def _queue(queue: Queue) -> dict[str, Any]:
    return {
        "name": queue.name,
        "vhost": VHOST,
        "durable": queue.durable,
        "auto_delete": queue.auto_delete,
        "arguments": queue.queue_arguments or {},
    }


def _binding(queue: Queue) -> dict[str, Any]:
    return {
        "source": queue.exchange.name,
        "vhost": VHOST,
        "destination": queue.name,
        "destination_type": "queue",
        "routing_key": queue.routing_key,
        "arguments": queue.binding_arguments or {},
    }


def _rights() -> dict[str, dict[str, list[str]]]:
    """Names, as regular expressions, that each user may configure, write to and read from.

    A consumer declares what it consumes from, with the exchange, hence more than consuming itself needs.
    """
    events = [_literal(topology.event_exchange(service).name) for service in SERVICES]
    durable = [_literal(queue.name) for queue in topology.queues(embedded=False)]
    rights = {service: _service_rights(service) for service in SERVICES}
    rights["relay"] = {"configure": [], "write": events, "read": []}
    all_of_it = [*events, *durable, CALLS.name]
    rights["topology"] = {"configure": all_of_it, "write": all_of_it, "read": all_of_it}
    client = [CALLS.name, ANSWERS]
    rights["operator"] = {"configure": client, "write": client, "read": client}
    return rights


def _service_rights(service: str) -> dict[str, list[str]]:
    requests = f"rpc-{service}"
    sources = [_literal(topology.event_exchange(source).name) for source in SUBSCRIPTIONS.get(service, ())]
    streams = [
        _literal(topology.event_queue(service, source, embedded=False).name)
        for source in SUBSCRIPTIONS.get(service, ())
    ]
    own = [requests, ANSWERS, *streams]
    return {
        "configure": [*own, *sources, CALLS.name],
        "write": [*own, CALLS.name, DEAD_LETTERS],
        "read": [*own, *sources, CALLS.name],
    }


def _topic_permissions() -> list[dict[str, str]]:
    """Which routing keys each user may send with (write) and listen to (read), by exchange.

    All calls go over one exchange: without these every service could call, and listen to, every other.
    """
    rows = []
    for service in SERVICES:
        sources = SUBSCRIPTIONS.get(service, ())
        asks = [rf"{source}\.events_after" for source in sources]
        rows.append(
            _topics(service, CALLS, write=[*asks, CLIENT, NAMEKO_CLIENT], read=[rf"{service}\.\*", CLIENT])
        )
        rows += [_topics(service, topology.event_exchange(s), write=[], read=["#"]) for s in sources]
    rows += [
        _topics("relay", topology.event_exchange(s), write=[rf"{s}\.[a-z_]+\.v[0-9]+"], read=[])
        for s in SERVICES
    ]
    rows += [_topics("topology", topology.event_exchange(s), write=[], read=["#"]) for s in SERVICES]
    names = "|".join(SERVICES)
    rows.append(_topics("topology", CALLS, write=[], read=[rf"({names})\.\*"]))
    rows.append(_topics("operator", CALLS, write=[rf"({names})\.[a-z_]+"], read=[CLIENT]))
    return rows


def _topics(user: str, exchange: Exchange, write: list[str], read: list[str]) -> dict[str, str]:
    return {
        "user": user,
        "vhost": VHOST,
        "exchange": exchange.name,
        "write": _one_of(write),
        "read": _one_of(read),
    }


def _permission(user: str, **rights: list[str]) -> dict[str, str]:
    return {"user": user, "vhost": VHOST, **{kind: _one_of(names) for kind, names in rights.items()}}


def _literal(name: str) -> str:
    return name.replace(".", r"\.")


def _one_of(names: list[str]) -> str:
    return f"^({'|'.join(names)})$" if names else "^$"


def text() -> str:
    """The file's text."""
    return json.dumps(definitions(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"{PATH} written\n")
