"""A JSON Schema read as a flat table of its fields, so that tests can walk it and compare two of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One place in a message, such as `sources[].amount`; a mapping's values stand at `name{}`.

    types: JSON types, a string's with its format. values: the only ones allowed, None where it is open.
    required: whether what holds it must have it. described: whether it says what it means.
    """

    types: frozenset[str]
    values: frozenset[str] | None
    required: bool
    described: bool
    bounded: bool


def fields(schema: Schema) -> dict[str, Field]:
    """Every field by its place; references are followed."""
    return dict(_inside(schema, schema.get("$defs", {}), ""))


def _inside(node: Schema, definitions: Schema, place: str) -> Iterator[tuple[str, Field]]:
    for each in _forms(node, definitions):
        required = set(each.get("required", ()))
        for name, part in each.get("properties", {}).items():
            yield from _field(part, definitions, f"{place}.{name}".lstrip("."), name in required)
        if "items" in each:
            yield from _field(each["items"], definitions, f"{place}[]", required=True)
        for part in (each.get("additionalProperties"), *each.get("patternProperties", {}).values()):
            if isinstance(part, dict):
                yield from _field(part, definitions, f"{place}{{}}", required=True)


def _field(node: Schema, definitions: Schema, place: str, required: bool) -> Iterator[tuple[str, Field]]:
    forms = list(_forms(node, definitions))
    types = frozenset(_type(form) for form in forms)
    closed = [form for form in forms if form.get("type") != "null"]
    values: frozenset[str] | None = None
    if all("enum" in form or "const" in form for form in closed):
        values = frozenset(str(value) for form in closed for value in form.get("enum", [form.get("const")]))
    described = "description" in node or any("description" in form for form in forms)
    bounded = all(
        form.get("type") != "string" or {"pattern", "enum", "const", "format"} & set(form) for form in forms
    )
    yield place, Field(types, values, required, described, bounded)
    yield from _inside(node, definitions, place)


def _forms(node: Schema, definitions: Schema) -> Iterator[Schema]:
    """The schemas of which a value must fit one."""
    if "$ref" in node:
        yield from _forms(definitions[node["$ref"].removeprefix("#/$defs/")], definitions)
    elif "anyOf" in node:
        for part in node["anyOf"]:
            yield from _forms(part, definitions)
    else:
        yield node


def _type(form: Schema) -> str:
    kind = form.get("type", "anything")
    return f"{kind} {form['format']}" if "format" in form else str(kind)
