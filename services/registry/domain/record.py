"""Whether a record that comes again with a known key is the same record."""

from dataclasses import fields
from typing import TYPE_CHECKING

from kernel.errors import Conflict

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def check_same(kind: str, known: "DataclassInstance", told: "DataclassInstance") -> None:
    """Refuse a record that has the key of a known one and other content.

    kind: what it is, as a word of a code. Raises Conflict("registry.<kind>_differs") naming the fields that
    differ, never their values.
    """
    differing = [item.name for item in fields(known) if getattr(known, item.name) != getattr(told, item.name)]
    if differing:
        raise Conflict(
            f"registry.{kind}_differs",
            f"The {kind} is already registered with another {', '.join(differing)}; check which is right.",
            field=differing[0],
        )
