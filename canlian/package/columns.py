"""The columns of a file, taken from the contract's item: what they are called, and how their text is read.

Persons, households and guardianships have no identifiers outside the platform: a file names them by
`id_number`, `household_ref` and `guardian_ref`, and the loader asks the registry for the identifier.
"""

import re
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Union, get_args, get_origin

from contracts.message import Message

_NAMED_OUTSIDE = {
    "person_id": "id_number",
    "household_id": "household_ref",
    "guardianship_id": "guardian_ref",
}

_INTEGER = re.compile(r"[0-9]{1,9}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Column:
    """One column. field: what the contract calls it. values: the only ones allowed, where they are few.

    read: text, not empty, to the value that goes into the message; raises ValueError with the reason, which
    never quotes the text.
    """

    name: str
    field: str
    required: bool
    form: str
    values: tuple[str, ...]
    read: Callable[[str], Any]

    @property
    def identifies(self) -> bool:
        """Whether it names a person, household or guardianship whose identifier the registry knows."""
        return self.field in _NAMED_OUTSIDE


def columns_of(model: type[Message]) -> tuple[Column, ...]:
    """The columns of the records of a contract, in the order of its fields."""
    return tuple(_column(name, model) for name in model.model_fields)


def _column(field: str, model: type[Message]) -> Column:
    info = model.model_fields[field]
    form, values, read = _form(info.annotation)
    if field in _NAMED_OUTSIDE:
        form = "text"
    return Column(_NAMED_OUTSIDE.get(field, field), field, info.is_required(), form, values, read)


def _form(annotation: Any) -> tuple[str, tuple[str, ...], Callable[[str], Any]]:
    """What a column holds, by the field's type: its name in the documentation, its values, how it is read."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in {Union, types.UnionType}:
        return _form(next(argument for argument in arguments if argument is not type(None)))
    if origin is Literal:
        by_text = {str(value): value for value in arguments}
        return "one of", tuple(by_text), _one_of(by_text)
    if origin is list:
        form, values, read = _form(arguments[0])
        return f"{form}; several", values, lambda text: [read(part.strip()) for part in text.split(";")]
    if origin is dict:
        return "key=value; several", (), _pairs
    if hasattr(annotation, "__metadata__"):
        return _form(annotation.__origin__)
    return _SIMPLE.get(annotation, ("text", (), str))


def _one_of(values: Mapping[str, Any]) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        if text not in values:
            raise ValueError(f"must be one of {', '.join(values)}")
        return values[text]

    return read


def _pairs(text: str) -> dict[str, str]:
    pairs = [part.split("=", 1) for part in text.split(";")]
    if any(len(pair) != 2 for pair in pairs):  # noqa: PLR2004 - key and value
        raise ValueError("must be written key=value, several of them joined by semicolons")
    return {key.strip(): value.strip() for key, value in pairs}


def _date(text: str) -> str:
    if _DATE.fullmatch(text) is None:
        raise ValueError("must be a date written 2024-05-31")
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a day that exists") from None
    return text


def _integer(text: str) -> int:
    if _INTEGER.fullmatch(text) is None:
        raise ValueError("must be a whole number")
    return int(text)


def _switch(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError("must be true or false")
    return text == "true"


_SIMPLE: dict[Any, tuple[str, tuple[str, ...], Callable[[str], Any]]] = {
    date: ("date", (), _date),
    int: ("whole number", (), _integer),
    bool: ("one of", ("true", "false"), _switch),
}
