"""How the command line speaks to the services, whatever carries the call."""

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Identity:
    """In whose name a call is made. subject: an account, not a person's name."""

    subject: str
    roles: frozenset[str]


def clerk(subject: str) -> Identity:
    """Enters records, draws up lists of payments, takes snapshots, looks how far the services have come."""
    return Identity(subject, frozenset({"clerk", "maker", "auditor"}))


def checker(subject: str) -> Identity:
    """Approves what somebody else has drawn up."""
    return Identity(subject, frozenset({"checker", "auditor"}))


class CallRefused(Exception):
    """The service said no. code: stable; message: a sentence without personal data."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class CallUnavailable(Exception):
    """No answer; the same call may be sent again."""


class Caller(Protocol):
    """Calls methods of services."""

    def call(self, service: str, method: str, fields: dict[str, Any], who: Identity) -> dict[str, Any]:
        """The reply. Raises CallRefused or CallUnavailable."""
        ...
