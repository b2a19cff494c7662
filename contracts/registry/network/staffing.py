"""Questions about the network as a whole: who works where with which money, and what is missing."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.message import Identifier, Message, MoneyText, Name, Query, RegionText, Reply
from contracts.registry.network.organisations import OrganisationKind
from contracts.registry.network.records import Listing, Page

Gap = Literal["organisation", "commissioner", "home"]


class Staffing(Message):
    """The people and the money of one organisation."""

    organisation_id: Identifier
    organisation: Name
    kind: OrganisationKind = Field(description="What it is")
    region: RegionText
    posts: int = Field(description="Posts held on the day")
    commissioners: int = Field(description="Of these, posts of commissioners")
    full_time: int = Field(description="Of the posts, those that are full-time work")
    funds: MoneyText = Field(description="Yuan received in the year up to the day, less what was taken back")
    spent: MoneyText = Field(description="Yuan spent on activities in the year up to the day")
    activities: int = Field(description="Activities in the year up to the day")
    duties: int = Field(
        description="Duties that holders of its posts did in the year up to the day, less what was taken back"
    )
    places: int = Field(description="Homes and other facilities in use in its division on the day")


class StaffingPage(Page):
    """A page of organisations with their people and money."""

    organisations: list[Staffing] = Field(description="At most as many as asked for")


class ShowStaffing(Listing):
    """People and money of each organisation on a day, page by page; dissolved ones are left out."""

    TYPE: ClassVar[str] = "registry.show_staffing"
    REPLY: ClassVar[type[Reply]] = StaffingPage

    day: date = Field(description="The day to judge by; the year is that of the day")
    kind: OrganisationKind | None = Field(default=None, description="Only organisations of this kind")


class NetworkGap(Message):
    """A division in which something of the network is missing on a day."""

    region: RegionText
    division: Name = Field(description="What the division is called")
    missing: list[Gap] = Field(
        description="organisation: no federation or association; commissioner: fewer than the rules want; "
        "home: a township with fewer homes for the disabled than the rules want"
    )
    commissioners: int = Field(description="Commissioners in office there")


class NetworkGaps(Reply):
    """Divisions with something missing, in the order of their codes."""

    gaps: list[NetworkGap] = Field(description="At most as many as asked for")
    after: RegionText | None = Field(description="Ask for the next page with this; null after the last")


class ListNetworkGaps(Query):
    """Townships, villages and communities that lack an organisation, a commissioner or a home."""

    TYPE: ClassVar[str] = "registry.list_network_gaps"
    REPLY: ClassVar[type[Reply]] = NetworkGaps

    day: date = Field(description="The day to judge by")
    region: RegionText | None = Field(default=None, description="Only divisions of this one and below")
    missing: list[Gap] = Field(default=[], description="Only those that lack one of these; empty: any")
    after: RegionText | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Divisions in a page")] = 100
