"""Whether a request may be decided: once, by somebody else than who made it, and not before it."""

from datetime import date
from typing import Protocol

from kernel.errors import Conflict, Forbidden, Invalid


class Request(Protocol):
    """What a decision needs to know of a request. state: "requested" until it is decided."""

    @property
    def state(self) -> str:
        """Where it stands."""

    @property
    def requested_on(self) -> date:
        """Day on which it was asked for."""

    @property
    def requested_by(self) -> str:
        """Account that asked."""


def check_decision(noun: str, asked: Request, decided_on: date, decided_by: str) -> None:
    """Whether it may be decided by this account on this day. noun: what is asked for, as a word of a code.

    Raises Conflict("registry.<noun>_state"), Forbidden("registry.decided_by_requester"),
    or Invalid("registry.decided_before_request").
    """
    if asked.state != "requested":
        raise Conflict(f"registry.{noun}_state", f"The {noun} is decided already.", field=f"{noun}_ref")
    if decided_by == asked.requested_by:
        raise Forbidden(
            "registry.decided_by_requester", "Let somebody decide who did not ask for it.", field="decision"
        )
    if decided_on < asked.requested_on:
        raise Invalid(
            "registry.decided_before_request", "It was asked for later; check the day.", field="decided_on"
        )
