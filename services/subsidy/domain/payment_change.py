"""A payment that is given up, or that came back after it was paid: asked for by one, decided by another.

Who could say alone that money came back could have it paid once more, to another account; and who could give
payments up alone could keep them from people.
"""

from dataclasses import dataclass
from datetime import date

from kernel.errors import Conflict, Forbidden, Invalid
from services.subsidy.domain.record import check_same


@dataclass(frozen=True, slots=True)
class Asked:
    """What the office's reference stands for. target: what is held up, or the instruction that was paid."""

    kind: str
    target_id: str
    reason: str
    document: str
    booked_on: date

    def check_day(self, begin: date, today: date) -> None:
        """Raises Invalid("subsidy.change_day") for a day before begin, or to come.

        begin: the day on which the payment was held up or made.
        """
        if not begin <= self.booked_on <= today:
            raise Invalid(
                "subsidy.change_day",
                "The day is before that of the payment, or to come; write the day of the document.",
                field="booked_on",
            )

    def check_same(self, other: "Asked") -> None:
        """Raises Conflict("subsidy.ref_reused") when the other one with this reference differs."""
        check_same("request", other, self)


def check_decision(state: str, requested_by: str, by: str, field: str = "request_ref") -> None:
    """Raises Conflict("subsidy.change_state"), Forbidden("subsidy.decided_by_requester").

    field: what names the thing that is decided on.
    """
    if state != "requested":
        raise Conflict("subsidy.change_state", "This was decided on already.", field=field)
    if by == requested_by:
        raise Forbidden(
            "subsidy.decided_by_requester", "Let somebody decide who did not ask for it.", field="decision"
        )
