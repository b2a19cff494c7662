"""Business refusals: what the platform tells a caller when it will not do what was asked."""

from typing import ClassVar

Fact = str | int | bool | None


class Refusal(Exception):
    """A request that a rule forbids.

    code: stable and machine readable, "<area>.<broken_rule>", for example "registry.unknown_region".
    message: one English sentence for a person: what is wrong, where, and what to do about it.
    facts: identifiers and enumerated values only. Code, message and facts are logged and leave the service,
    so none of them may hold personal data.
    """

    kind: ClassVar[str] = "refused"

    def __init__(self, code: str, message: str, **facts: Fact) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class Invalid(Refusal):
    """The input itself is wrong; sending it again unchanged cannot succeed."""

    kind = "invalid"


class NotFound(Refusal):
    """The input names something that does not exist, or not on that day."""

    kind = "not_found"


class Conflict(Refusal):
    """The input is well formed but contradicts the present state."""

    kind = "conflict"


class Forbidden(Refusal):
    """The caller may not do this."""

    kind = "forbidden"
