"""Where a person is paid to: the first account holds at once, a change takes two people and a wait.

Who diverts payments does it by a change of account; so nobody makes one alone, and between the decision and
the first payment to a new account there are days in which the person can object.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from kernel.errors import Conflict, Forbidden, Invalid
from kernel.masking import BankAccount


@dataclass(frozen=True, slots=True)
class PayAccount:
    """What the office's reference of an account stands for."""

    person_id: str
    holder: str = field(repr=False)
    number: BankAccount


@dataclass(frozen=True, slots=True)
class Change:
    """A later account and what became of it. usable_from: first day on which it is paid to."""

    requested_by: str
    state: str = "requested"
    usable_from: date | None = None

    def decided(self, decision: str, by: str, today: date, cooling_off: int) -> "Change":
        """The same after a decision. cooling_off: days until a new account is paid to.

        Raises Conflict("subsidy.account_state"), Forbidden("subsidy.decided_by_requester").
        """
        if self.state != "requested":
            raise Conflict(
                "subsidy.account_state", "This account was decided on already.", field="account_ref"
            )
        if by == self.requested_by:
            raise Forbidden(
                "subsidy.decided_by_requester",
                "Let somebody decide who did not ask for it.",
                field="decision",
            )
        usable_from = today + timedelta(days=cooling_off) if decision == "approved" else None
        return Change(self.requested_by, decision, usable_from)


HOLDER_BYTES = 60
"""Room for a name in the narrowest layout, in GB18030: 30 characters."""


def check_holder(name: str) -> None:
    """Raises Invalid("subsidy.holder_malformed") for a name that no bank file can hold."""
    long = len(name.encode("gb18030")) > HOLDER_BYTES
    if long or name[0] in "=+-@" or "|" in name or not name.isprintable():
        raise Invalid(
            "subsidy.holder_malformed",
            "The name on the account is longer than bank files have room for, or has a sign that they cannot "
            "hold; write it as the bank has it.",
            field="holder",
        )
