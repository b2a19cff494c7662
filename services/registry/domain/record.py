"""Whether a record that comes again with a known key is the same, and whether the rules know its words."""

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

from kernel.errors import Conflict, Invalid
from kernel.rulebook import RuleView

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def check_same(kind: str, known: "DataclassInstance", told: "DataclassInstance") -> None:
    """Refuse a record that has the key of a known one and other content. Raises what check_alike raises."""
    check_alike(
        kind, [item.name for item in fields(known) if getattr(known, item.name) != getattr(told, item.name)]
    )


def check_alike(kind: str, differing: Sequence[str]) -> None:
    """Refuse a record that differs from the known one of its key in these fields.

    kind: what it is, as a word of a code. Raises Conflict("registry.<kind>_differs") naming the fields that
    differ, never their values.
    """
    if differing:
        raise Conflict(
            f"registry.{kind}_differs",
            f"The {kind.replace('_', ' ')} is already registered with another {', '.join(differing)}; "
            "check which is right.",
            field=differing[0],
        )


def check_listed(rules: RuleView, key: str, word: str, field: str) -> None:
    """Refuse a word that the rule does not list on its day. field: where the record has the word.

    Raises Invalid("registry.unknown_word"), NotFound("rule.not_in_force") for a day before the first value.
    """
    if word not in rules[key].texts:
        raise Invalid(
            "registry.unknown_word",
            f"The rules know no such word on that day; choose one that {key} lists.",
            field=field,
            rule=key,
        )
