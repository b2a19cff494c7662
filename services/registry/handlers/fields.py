"""Telling which field of a record a value's own refusal is about."""

from collections.abc import Iterator
from contextlib import contextmanager

from kernel.errors import Refusal


@contextmanager
def reading(field: str) -> Iterator[None]:
    """Name the field at fault in a refusal raised inside."""
    try:
        yield
    except Refusal as refusal:
        refusal.facts.setdefault("field", field)
        raise
