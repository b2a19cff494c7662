"""The catalogue this service works by: its files, checked against the contracts of the events they name.

A room of its own because the domain, which reads the files, knows no contract.
"""

import types
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from contracts.catalogue import EVENTS
from contracts.message import Event
from services.reporting.domain.catalogue import Catalogue, EventShape
from services.reporting.domain.catalogue_file import load

DIRECTORY = Path(__file__).parent / "rules" / "catalogue"


@cache
def catalogue() -> Catalogue:
    """All indicators. Raises CatalogueError, at the start of the service, for a file that is wrong."""
    return load(DIRECTORY, event_shapes())


def event_shapes() -> Mapping[str, EventShape]:
    """Every event type with its fields and their possible values."""
    return {name: _shape(event) for name, event in EVENTS.items()}


def _shape(event: type[Event]) -> EventShape:
    parts = {}
    for name, info in event.model_fields.items():
        element = get_args(info.annotation)[0] if get_origin(info.annotation) is list else None
        if isinstance(element, type) and issubclass(element, BaseModel):
            parts[name] = _fields(element)
    return EventShape(_fields(event), event.SUBJECT, event.DAY, parts)


def _fields(model: type[BaseModel]) -> dict[str, frozenset[str] | None]:
    return {name: _values(info.annotation) for name, info in model.model_fields.items()}


def _values(annotation: Any) -> frozenset[str] | None:
    """What a field may hold when its type is a Literal (or one that may be absent); None when it is open."""
    if get_origin(annotation) in {Union, types.UnionType}:
        kept = [each for each in get_args(annotation) if each is not type(None)]
        return _values(kept[0]) if len(kept) == 1 else None
    return frozenset(map(str, get_args(annotation))) if get_origin(annotation) is Literal else None
