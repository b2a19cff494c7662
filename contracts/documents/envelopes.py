"""What goes around the messages: headers of events and calls, nameko's error, the broker's log-in."""

from typing import Any

TRACEPARENT = "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"

EVENT_HEADERS: dict[str, Any] = {
    "title": "EventHeaders",
    "description": "The attributes of CloudEvents 1.0 and the platform's extensions. `source` and `id` name "
    "an event for good; `source`, `epoch` and `position` say where it stands in its stream.",
    "type": "object",
    "required": ["specversion", "id", "source", "type", "time", "subject", "office", "epoch", "position"],
    "properties": {
        "specversion": {"const": "1.0", "description": "Version of CloudEvents"},
        "id": {"type": "string", "pattern": "^[0-9a-f]{32}$", "description": "Identifier of the event"},
        "source": {"type": "string", "minLength": 1, "description": "Service that tells it"},
        "type": {"type": "string", "minLength": 1, "description": "Type and version; also the routing key"},
        "time": {"type": "string", "format": "date-time", "description": "When it was recorded, UTC"},
        "subject": {"type": "string", "minLength": 1, "description": "Identifier of what it is about"},
        "dataschema": {"type": "string", "format": "uri", "description": "Schema of the data"},
        "office": {"type": "string", "pattern": "^[0-9]{6}$", "description": "Division code of the office"},
        "epoch": {
            "type": "integer",
            "minimum": 1,
            "description": "Life of the stream, raised when the service's log began anew",
        },
        "position": {
            "type": "integer",
            "minimum": 1,
            "description": "Place in the stream, from 1, without gaps",
        },
        "correlationid": {"type": "string", "description": "The call from which it came"},
        "causationid": {"type": "string", "description": "The followed event that led to it"},
        "traceparent": {"type": "string", "pattern": TRACEPARENT, "description": "W3C Trace Context"},
    },
}

CALL_HEADERS: dict[str, Any] = {
    "title": "CallHeaders",
    "type": "object",
    "required": ["nameko.auth_token"],
    "properties": {
        "nameko.auth_token": {
            "type": "string",
            "description": "Signed token (JWT): subject, roles, regions and office of the caller",
        },
        "nameko.traceparent": {
            "type": "string",
            "pattern": TRACEPARENT,
            "description": "W3C Trace Context of the call",
        },
        "nameko.call_id_stack": {
            "type": "array",
            "items": {"type": "string"},
            "description": "The calls this one came from; its own is the last",
        },
    },
}

REMOTE_ERROR: dict[str, Any] = {
    "title": "RemoteError",
    "description": "nameko's error. A fault of the service is `internal_error` and tells only a reference to "
    "its log. After `database_away`, of the kind `unavailable`, the same request may be sent again.",
    "type": "object",
    "required": ["exc_type", "exc_path", "exc_args", "value"],
    "properties": {
        "exc_type": {"const": "Refused"},
        "exc_path": {"const": "chassis.rpc.Refused"},
        "exc_args": {
            "type": "array",
            "minItems": 4,
            "maxItems": 4,
            "description": "A stable code, a sentence, facts by name, and the kind of refusal",
        },
        "value": {"type": "string", "description": "Code and sentence as one text"},
    },
}

COMPONENTS: dict[str, Any] = {
    "schemas": {
        "EventHeaders": EVENT_HEADERS,
        "CallHeaders": CALL_HEADERS,
        "RemoteError": REMOTE_ERROR,
    },
    "securitySchemes": {
        "broker": {"type": "userPassword", "description": "The broker's user and password"},
    },
}
"""The parts that messages and servers refer to."""
