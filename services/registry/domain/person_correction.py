"""Corrections of what is registered of a person: two people, one value after the other."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from kernel.errors import Conflict, Invalid

REQUIRED = frozenset({"name", "region"})
"""Fields that a person always has."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A request and what became of it. before, after: plain values, None for none.

    effective_on: day from which the new value holds.
    """

    field: str
    before: str | None = dataclasses.field(repr=False)
    after: str | None = dataclasses.field(repr=False)
    effective_on: date
    requested_on: date
    requested_by: str
    state: str = "requested"


def check_request(told: Correction, registered_on: date) -> None:
    """Raises Invalid("registry.correction_value"), Invalid("registry.correction_day") or
    Conflict("registry.nothing_to_correct").
    """
    if told.after is None and told.field in REQUIRED:
        raise Invalid(
            "registry.correction_value", "A person always has this; tell the right value.", field="value"
        )
    if not registered_on <= told.effective_on <= told.requested_on:
        raise Invalid(
            "registry.correction_day",
            "A value holds from the registration at the earliest and from the request at the latest.",
            field="effective_on",
        )
    if told.before == told.after:
        raise Conflict("registry.nothing_to_correct", "This is what is registered already.", field="value")


def check_unchanged(asked: Correction, current: str | None) -> None:
    """Whether it may still be made. current: what is registered now.

    Raises Conflict("registry.changed_meanwhile").
    """
    if current != asked.before:
        raise Conflict(
            "registry.changed_meanwhile",
            "Something else is registered by now; reject the correction, and ask anew if need be.",
            field="correction_ref",
        )


@dataclass(frozen=True, slots=True)
class Change:
    """One value that took the place of another, by a correction or by a move. before, after: plain values.

    effective_on: day from which it holds. made_at: when it was recorded.
    """

    before: str | None = dataclasses.field(repr=False)
    after: str | None = dataclasses.field(repr=False)
    effective_on: date
    made_at: datetime


def value_then(current: str | None, changes: Iterable[Change], day: date, until: datetime) -> str | None:
    """What held on the day, as known before the instant. changes: all of one field; those of one instant in
    their order. current: what is registered now.

    Of the known ones that hold on the day the last made counts, for it was made in sight of the others.
    """
    history = sorted(changes, key=lambda change: change.made_at)
    value = history[0].before if history else current
    for change in history:
        if change.made_at < until and change.effective_on <= day:
            value = change.after
    return value
