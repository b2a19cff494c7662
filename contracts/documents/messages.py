"""The messages of the AsyncAPI document: each contract in the envelope it travels in."""

import inspect
from typing import Any

from contracts.documents import schemas
from contracts.message import BulkCommand, Event, Reply, Request

Node = dict[str, Any]


def event_message(event: type[Event]) -> Node:
    """An event: attributes in the headers, data in the body."""
    own = {"type": {"const": event.TYPE}, "source": {"const": owner(event.TYPE)}}
    return {
        "name": event.TYPE,
        "title": event.__name__,
        "description": doc(event),
        "tags": [{"name": owner(event.TYPE)}],
        "headers": {"allOf": [ref("components", "schemas", "EventHeaders"), {"properties": own}]},
        "payload": _file(event),
        "x-subject": event.SUBJECT,
        "x-day": event.DAY,
    }


def request_message(request: type[Request]) -> Node:
    """A call as nameko sends it: the fields are named arguments."""
    note = " Items are decided one by one." if issubclass(request, BulkCommand) else ""
    return {
        "name": request.TYPE,
        "title": request.__name__,
        "description": doc(request) + note,
        "headers": ref("components", "schemas", "CallHeaders"),
        "payload": {
            "type": "object",
            "required": ["args", "kwargs"],
            "properties": {"args": {"type": "array", "maxItems": 0}, "kwargs": _file(request)},
        },
    }


def reply_message(reply: type[Reply]) -> Node:
    """An answer as nameko sends it: a result or an error."""
    return {
        "name": schemas.name_of(reply),
        "title": reply.__name__,
        "description": doc(reply),
        "payload": {
            "type": "object",
            "required": ["result", "error"],
            "properties": {
                "result": {"anyOf": [_file(reply), {"type": "null"}]},
                "error": {"anyOf": [ref("components", "schemas", "RemoteError"), {"type": "null"}]},
            },
        },
    }


def ref(*path: str) -> Node:
    """A reference to a part of the document."""
    return {"$ref": "#/" + "/".join(path)}


def _file(message: type[Event | Request | Reply]) -> Node:
    return {"$ref": f"../contracts/schemas/{schemas.name_of(message)}.json"}


def owner(name: str) -> str:
    """The service part of a TYPE."""
    return name.partition(".")[0]


def doc(message: type[Event | Request | Reply]) -> str:
    """What the contract says of itself."""
    return inspect.cleandoc(message.__doc__ or "")
