"""Names of schemes and of their kinds of award."""

from typing import Annotated

from pydantic import Field

from contracts.message import DimensionKey, Identifier

Scheme = Annotated[DimensionKey, Field(description="Code of a scheme in the subsidy service's dated rules")]
Variant = Annotated[
    DimensionKey, Field(description="Kind of award within the scheme, with a rate of its own")
]
HomeId = Annotated[
    Identifier | None,
    Field(description="Household of the person on the day of the grant; null where it was not known"),
]
