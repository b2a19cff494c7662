"""A person's own access log (查阅记录): who read what of them, when, and why."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from contracts.message import Identifier, Message, Query, Reply


class PersonRead(Message):
    """One reading in plain."""

    at: datetime = Field(description="Instant of the reading")
    actor: str = Field(description="Account that read")
    purpose: str = Field(description="Why, as that account said")
    fields: list[str] = Field(description="What was opened, by the names of fields")


class PersonReads(Reply):
    """Readings, the latest first."""

    reads: list[PersonRead] = Field(description="At most as many as asked for")
    after: int | None = Field(description="Ask for the next page with this; null after the last")


class ListPersonReads(Query):
    """Who read sealed fields of a person, or the words of the person's files."""

    TYPE: ClassVar[str] = "registry.list_person_reads"
    REPLY: ClassVar[type[Reply]] = PersonReads

    person_id: Identifier
    after: int | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Readings in a page")] = 100
