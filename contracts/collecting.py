"""The lists of messages, made from the modules that define them: a new message is entered nowhere else."""

from collections.abc import Mapping
from typing import Any, TypeVar

from contracts.message import Event, Request

Kind = TypeVar("Kind", Event, Request)


def messages_of(kind: type[Kind], names: Mapping[str, Any]) -> tuple[type[Kind], ...]:
    """The messages of a kind among a module's names, in their order; a base of others has no type."""
    return tuple(
        each
        for each in names.values()
        if isinstance(each, type) and issubclass(each, kind) and "TYPE" in vars(each)
    )
