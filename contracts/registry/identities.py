"""The reply that every look-up of identifiers gives."""

from pydantic import Field

from contracts.message import Identifier, Reply


class Identities(Reply):
    """Identifiers found, by what was asked for; what is unknown or outside the caller's region is absent."""

    found: dict[str, Identifier] = Field(description="Identifier by the text that was asked for")
