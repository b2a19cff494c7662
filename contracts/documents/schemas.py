"""JSON Schema (2020-12) of every message, one self-contained file each.

A file is named after the message: an event or a request by its TYPE, a reply `<module>.<name>`, for several
requests may share one. Schemas describe what is sent: a bulk command with the records it holds.
"""

import json
import re
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from contracts.catalogue import EVENTS, REQUESTS
from contracts.message import BulkCommand, Event, Message, Reply, Request

_FIRST: tuple[str, ...] = ("title", "description", "type", "properties", "required")
DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Untitled(GenerateJsonSchema):
    """Without titles that only repeat the names of fields."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's signature
        return False


def every() -> dict[str, JsonSchemaValue]:
    """The schema of each message by its name: events, then requests, then replies."""
    messages: dict[str, type[Message]] = {**EVENTS, **REQUESTS}
    messages |= {reply_name(request.REPLY): request.REPLY for request in REQUESTS.values()}
    return {name: of(message) for name, message in messages.items()}


def of(message: type[Message]) -> JsonSchemaValue:
    """The schema of one message."""
    schema = message.model_json_schema(schema_generator=_Untitled)
    if issubclass(message, BulkCommand):
        schema = _with_items(schema, message)
    first = {key: schema.pop(key) for key in _FIRST if key in schema}
    definitions = {"$defs": schema.pop("$defs")} if "$defs" in schema else {}
    return {"$schema": DIALECT, "$id": identifier(name_of(message)), **first, **schema, **definitions}


def text(schema: JsonSchemaValue) -> str:
    """A schema as its file holds it: the same text for the same contract."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def identifier(name: str) -> str:
    """The `$id` of a message's schema."""
    return f"urn:canlian:contract:{name}"


def name_of(message: type[Message]) -> str:
    """What a message is called wherever it is written down."""
    if issubclass(message, Event | Request):
        return message.TYPE
    if issubclass(message, Reply):
        return reply_name(message)
    raise TypeError(f"{message.__name__} does not travel alone")


def reply_name(reply: type[Reply]) -> str:
    """The name of a reply: the module or package under `contracts` that it comes from, and its class."""
    return f"{reply.__module__.split('.')[1]}.{snake(reply.__name__)}"


def snake(name: str) -> str:
    """`PersonRegistered` as `person_registered`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _with_items(schema: JsonSchemaValue, command: type[BulkCommand]) -> JsonSchemaValue:
    """The contract takes any records, to reject them one by one; the schema says what they should be."""
    item = command.ITEM.model_json_schema(schema_generator=_Untitled)
    definitions = {**item.pop("$defs", {}), command.ITEM.__name__: item}
    properties = dict(schema["properties"])
    properties["items"] = {**properties["items"], "items": {"$ref": f"#/$defs/{command.ITEM.__name__}"}}
    return {**schema, "properties": properties, "$defs": definitions}
