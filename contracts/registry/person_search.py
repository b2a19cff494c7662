"""Searching persons: masked lines, page by page."""

from typing import Annotated, ClassVar

from pydantic import Field

from contracts.message import Identifier, Message, MonthText, Name, Query, RegionText, Reply
from contracts.registry.certificates import CategoryText, Grade
from contracts.registry.households import HouseholdFlag
from contracts.registry.persons import Sex

PersonMark = Annotated[
    str, Field(pattern=r"^[0-9]{12}-[0-9a-f]{32}$", description="Place in the order of division and person")
]


class PersonLine(Message):
    """One person in a list: masked."""

    person_id: Identifier
    name: str = Field(description="Masked: the family name only")
    id_number: str = Field(description="Masked")
    sex: Sex = Field(description="As in the citizen number")
    birth_month: MonthText
    region: RegionText
    household_id: Identifier | None = Field(description="The person's household, where it is known")
    flags: list[HouseholdFlag] = Field(description="Flags of the household")
    category: CategoryText | None = Field(description="Of the certificate; null without one")
    grade: Grade | None = Field(description="Of the certificate, 1 (most severe) to 4; null without one")
    certificate_status: str | None = Field(description="State of the certificate; null without one")
    merged_into: Identifier | None = Field(
        default=None, description="The record that stands for this one, of a person who was registered twice"
    )


class PersonPage(Reply):
    """Persons in the order of their divisions."""

    persons: list[PersonLine] = Field(description="At most as many as asked for")
    after: PersonMark | None = Field(description="Ask for the next page with this; null after the last")


class SearchPersons(Query):
    """Persons of the caller's regions who answer to everything that is asked, page by page."""

    TYPE: ClassVar[str] = "registry.search_persons"
    REPLY: ClassVar[type[Reply]] = PersonPage

    id_number: str | None = Field(default=None, max_length=40, description="Whole citizen number")
    certificate_number: str | None = Field(
        default=None, max_length=40, description="Whole number of a certificate that the person has now"
    )
    name: Name | None = Field(
        default=None, description="Whole name: in characters, in pinyin without tones, or its initials"
    )
    region: RegionText | None = Field(default=None, description="Only persons of this division")
    flags: list[HouseholdFlag] = Field(default=[], description="Only of households with all of these flags")
    categories: list[CategoryText] = Field(
        default=[], description="Only with a certificate of one of these categories; empty: all"
    )
    grades: list[Grade] = Field(
        default=[], description="Only with a certificate of one of these grades; empty: all"
    )
    after: PersonMark | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=200, description="Persons in a page")] = 50
