"""Whether a record that comes again with a known number is the same, and whether its day has been."""

from datetime import date

from kernel.errors import Conflict, Invalid


def check_same(kind: str, known: object, told: object) -> None:
    """Refuse a record whose number stands for another one. kind: what it is, in a word.

    Raises Conflict("subsidy.ref_reused").
    """
    if known != told:
        raise Conflict(
            "subsidy.ref_reused",
            f"The number was used for another {kind}; give each {kind} a number of its own.",
            field="ref",
        )


def check_past(day: date, today: date, field: str) -> None:
    """Refuse what is told to have happened on a day to come. Raises Invalid("subsidy.day_to_come")."""
    if day > today:
        raise Invalid(
            "subsidy.day_to_come", "The day is still to come; record it when it has been.", field=field
        )
