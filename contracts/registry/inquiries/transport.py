"""Questions about free public transport (免费乘坐公共交通): nothing is recorded, the certificate decides."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from contracts.message import Identifier, Message, Query, RegionText, Reply
from contracts.registry.certificates import CategoryText, Grade


class TransportEntitlement(Message):
    """A person who travels free, and by which certificate."""

    person_id: Identifier
    region: RegionText
    category: CategoryText = Field(description="Category of disability (GB/T 26341)")
    grade: Grade = Field(description="1 (most severe) to 4")
    expires_on: date = Field(description="Last day of the certificate, and so of the free travel")


class TransportEntitlements(Reply):
    """Persons in the order of their identifiers, which is about that of their registration."""

    entitled: list[TransportEntitlement] = Field(description="At most as many as asked for")
    rule: str = Field(description="The notice that the entitlement comes from")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListTransportEntitlements(Query):
    """Who travels free on a day, in the caller's regions, page by page; of one person: whether they do."""

    TYPE: ClassVar[str] = "registry.list_transport_entitlements"
    REPLY: ClassVar[type[Reply]] = TransportEntitlements

    day: date = Field(description="Day of the travel; decides the rule and whether a certificate is valid")
    person_id: Identifier | None = Field(default=None, description="Only this person")
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Persons in a page")] = 100
