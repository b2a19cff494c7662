"""Taking back of an earlier entry what was recorded too much: another entry, for history is never edited."""

from dataclasses import dataclass
from datetime import date

from kernel.errors import Conflict, Invalid


@dataclass(frozen=True, slots=True)
class Earlier:
    """The entry of which something is taken back. owner: whose it is. amount: in fen or hours."""

    owner: str
    amount: int
    since: date
    takes_back: bool


def check_amount(amount: int, field: str) -> None:
    """Refuse an amount, in fen or hours, that is not above zero.

    Raises Invalid("registry.amount_not_positive").
    """
    if amount <= 0:
        raise Invalid("registry.amount_not_positive", "Give an amount above zero.", field=field)


def check_correction(earlier: Earlier, owner: str, amount: int, day: date, field: str) -> None:
    """Refuse to take back what cannot be. field: where the record has the amount.

    Raises Conflict("registry.correction_of_another"), Conflict("registry.correction_of_correction"),
    Conflict("registry.correction_too_large") or Conflict("registry.correction_too_early"). That an entry is
    corrected once only is seen by the caller.
    """
    if earlier.owner != owner:
        raise Conflict(
            "registry.correction_of_another",
            "The entry belongs to another one; check both.",
            field="corrects_ref",
        )
    if earlier.takes_back:
        raise Conflict(
            "registry.correction_of_correction",
            "The entry takes something back itself; record a new one instead.",
            field="corrects_ref",
        )
    if amount > earlier.amount:
        raise Conflict("registry.correction_too_large", "More is taken back than was recorded.", field=field)
    if day < earlier.since:
        raise Conflict(
            "registry.correction_too_early", "It is taken back before it was given.", field="corrects_ref"
        )
