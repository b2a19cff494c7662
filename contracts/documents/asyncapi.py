"""The AsyncAPI 3.0 document: who publishes what, who follows whom, and what can be called.

Made from the catalogue, and from what the chassis does with it: nameko's exchanges and envelopes. Payloads
refer to the schema files.
"""

import inspect
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from contracts.catalogue import EVENTS, REQUESTS, SERVICES, SUBSCRIPTIONS
from contracts.documents import schemas
from contracts.documents.envelopes import COMPONENTS
from contracts.documents.messages import Node, doc, event_message, owner, ref, reply_message, request_message
from contracts.message import Command, Event, Reply, Request

BINDING = {"bindingVersion": "0.3.0"}
EVERY_SERVICE = "stream"
"""The service part of the TYPE of requests that every service answers."""
REPLIES = "rpc.replies"


class _Dumper(yaml.SafeDumper):
    """Writes each thing in full where it stands, and texts of several lines as they are."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        """Lists stand further in than what they belong to."""
        super().increase_indent(flow, False)


def _string(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _string)


def text() -> str:
    """The document as its file holds it."""
    body = yaml.dump(document(), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return f"# Made from contracts/ by `make contracts`.\n{body}"


def document() -> Node:
    """The document."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Messages of the disabled persons' federation platform",
            "version": _version(),
            "description": inspect.cleandoc(_ABOUT),
            "tags": [{"name": service, "description": _about(service)} for service in SERVICES],
        },
        "defaultContentType": "application/json",
        "servers": _SERVERS,
        "channels": {
            **{f"{service}.events": _event_channel(service) for service in SERVICES},
            **{f"{service}.rpc": _rpc_channel(service) for service in SERVICES},
            REPLIES: _reply_channel(),
        },
        "operations": {
            **{f"{service}.events": _publishing(service) for service in SERVICES},
            **{
                f"{consumer}.{source}.events": _following(consumer, source)
                for consumer, sources in SUBSCRIPTIONS.items()
                for source in sources
            },
            **{
                f"{service}.{_method(request)}": _answering(service, request)
                for service in SERVICES
                for request in requests_of(service)
            },
        },
        "components": {
            "messages": {
                **{event.TYPE: event_message(event) for event in EVENTS.values()},
                **{request.TYPE: request_message(request) for request in REQUESTS.values()},
                **{schemas.name_of(reply): reply_message(reply) for reply in _replies()},
            },
            **COMPONENTS,
        },
    }


def events_of(service: str) -> list[type[Event]]:
    """What a service publishes."""
    return [event for event in EVENTS.values() if owner(event.TYPE) == service]


def requests_of(service: str) -> list[type[Request]]:
    """What a service answers, its own requests first."""
    return [
        request
        for part in (service, EVERY_SERVICE)
        for request in REQUESTS.values()
        if owner(request.TYPE) == part
    ]


# Channels ----------------------------------------------------------------------------------------


def _event_channel(service: str) -> Node:
    events = [event.TYPE for event in events_of(service)]
    return {
        "address": f"{service}.{{event}}",
        "title": f"Events of {service}",
        "description": f"Topic exchange {service}.events. The routing key is the event's type.",
        "servers": _ON_ALL,
        "parameters": {
            "event": {
                "description": "Name and version of the event",
                "enum": [name.partition(".")[2] for name in events],
            }
        },
        "messages": {name: ref("components", "messages", name) for name in events},
        "tags": [{"name": service}],
        "bindings": {"amqp": _exchange(f"{service}.events")},
    }


def _rpc_channel(service: str) -> Node:
    requests = requests_of(service)
    return {
        "address": f"{service}.{{method}}",
        "title": f"Calls of {service}",
        "description": f"Routing keys of exchange nameko-rpc; queue rpc-{service} takes them all.",
        "servers": _ON_ALL,
        "parameters": {
            "method": {"description": "What is called", "enum": [_method(request) for request in requests]}
        },
        "messages": {request.TYPE: ref("components", "messages", request.TYPE) for request in requests},
        "tags": [{"name": service}],
        "bindings": {"amqp": _exchange("nameko-rpc")},
    }


def _reply_channel() -> Node:
    names = [schemas.name_of(reply) for reply in _replies()]
    return {
        "address": None,
        "title": "Replies to calls",
        "description": "A queue of the caller's own, bound to exchange nameko-rpc by the key in reply_to.",
        "servers": _ON_ALL,
        "messages": {name: ref("components", "messages", name) for name in names},
        "bindings": {"amqp": _exchange("nameko-rpc")},
    }


def _exchange(name: str) -> Node:
    exchange = {"name": name, "type": "topic", "durable": True, "autoDelete": False}
    return {"is": "routingKey", "exchange": exchange, **BINDING}


# Operations --------------------------------------------------------------------------------------


def _publishing(service: str) -> Node:
    return {
        "action": "send",
        "channel": ref("channels", f"{service}.events"),
        "title": f"{service} tells what happened",
        "description": "Committed events, confirmed by the broker, in the order of position without gaps. "
        "After a crash some are sent again with the same id and position.",
        "tags": [{"name": service}],
        "bindings": {"amqp": {"deliveryMode": 2, **BINDING}},
    }


def _following(consumer: str, source: str) -> Node:
    return {
        "action": "receive",
        "channel": ref("channels", f"{source}.events"),
        "title": f"{consumer} follows {source}",
        "description": "All events, in order, acknowledged after the transaction that applied them. What the "
        f"broker lost is read from {source}.events_after.",
        "tags": [{"name": consumer}],
        "bindings": {"amqp": {"ack": True, **BINDING}},
        "x-queue": f"{consumer}.{source}.events",
    }


def _answering(service: str, request: type[Request]) -> Node:
    reply = schemas.name_of(request.REPLY)
    return {
        "action": "receive",
        "channel": ref("channels", f"{service}.rpc"),
        "title": f"{service}.{_method(request)}",
        "description": doc(request),
        "tags": [{"name": service}, {"name": "command" if issubclass(request, Command) else "query"}],
        "messages": [ref("channels", f"{service}.rpc", "messages", request.TYPE)],
        "reply": {
            "address": {
                "location": "$message.header#/reply_to",
                "description": "The AMQP property reply_to",
            },
            "channel": ref("channels", REPLIES),
            "messages": [ref("channels", REPLIES, "messages", reply)],
        },
    }


# Small parts -------------------------------------------------------------------------------------


def _replies() -> list[type[Reply]]:
    """The replies, each once."""
    return list({request.REPLY: None for request in REQUESTS.values()})


def _method(request: type[Request]) -> str:
    return request.TYPE.partition(".")[2]


def _about(service: str) -> str:
    return inspect.cleandoc(sys.modules[f"contracts.{service}"].__doc__ or "")


@cache
def _version() -> str:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


_SERVERS: Node = {
    "rabbitmq": {
        "host": "{broker}",
        "protocol": "amqp",
        "protocolVersion": "0.9.1",
        "description": "RabbitMQ with quorum queues, for services in processes of their own.",
        "variables": {"broker": {"default": "localhost:5672", "description": "From CANLIAN_BROKER_URL"}},
        "security": [ref("components", "securitySchemes", "broker")],
    },
    "in-process": {
        "host": "localhost",
        "protocol": "inproc",
        "description": "The default: all services in one process, the same exchanges and queues in memory.",
    },
}
_ON_ALL = [ref("servers", name) for name in _SERVERS]
_ABOUT = """
    Five services tell each other what happened by events, and are called by nameko's RPC.

    An event holds identifiers and never personal data. Its attributes travel as message headers, named as in
    CloudEvents 1.0; its data is the body. `x-subject` names the field whose events must be applied in order,
    `x-day` the field with the day on which the event counts. A compatible change (a new optional field) keeps
    the version in the type; any other is a new version, published beside the old.

    A call is refused with a stable code in `error`. A command may be sent again with its idempotency key.
"""
