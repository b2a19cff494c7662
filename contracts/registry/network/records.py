"""What the records of the organisation network have in common on the wire."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from contracts.message import DimensionKey, Identifier, Item, Query, Reference, RegionText, Reply

Level = Literal["province", "city", "county", "township", "village"]
Yuan = Annotated[
    str, Field(pattern=r"^[0-9]{1,15}\.[0-9]{2}$", description="Exact amount in yuan, two decimals")
]
Word = Annotated[DimensionKey, Field(max_length=40)]


class StepItem(Item):
    """One step of a record. Each action has fields of its own; others must be absent."""

    ref: Reference
    acted_on: date = Field(description="Day of the step; steps of a record come in the order of their days")


class Listing(Query):
    """Records of the caller's regions, page by page: for export, or for a list of work."""

    region: RegionText | None = Field(default=None, description="Only those of this division and below")
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Records in a page")] = 100


class Page(Reply):
    """Records in the order of their identifiers, which is about that of their recording."""

    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")
