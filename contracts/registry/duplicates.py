"""Messages of pairs of records that may be one person (疑似重复): found, compared, dismissed."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    Command,
    Identifier,
    Item,
    Message,
    Query,
    Reference,
    RegionText,
    Reply,
)
from contracts.registry.persons import PersonView

DuplicateState = Literal["open", "dismissed", "merged"]
DuplicateSign = Literal[
    "same_name_and_birth", "same_sound_and_birth", "same_name_and_phone", "same_household_and_birth"
]


class DuplicateSearch(Reply):
    """The job that looks."""

    job_id: Identifier


class LookForDuplicates(Command):
    """Look at the persons of a division for others who may be the same; once for a division and a day."""

    TYPE: ClassVar[str] = "registry.look_for_duplicates"
    REPLY: ClassVar[type[Reply]] = DuplicateSearch

    region: RegionText
    day: date = Field(description="The day whose rules apply")


class DuplicateView(Message):
    """Two records that may be one person."""

    duplicate_id: Identifier
    first_id: Identifier = Field(description="The record that was made earlier")
    first_name: str = Field(description="Masked: the family name only")
    first_region: RegionText
    second_id: Identifier = Field(description="The record that was made later")
    second_name: str = Field(description="Masked: the family name only")
    second_region: RegionText
    signs: list[DuplicateSign] = Field(description="What makes them look like one")
    found_on: date = Field(description="Day on which a sign was found last")
    state: DuplicateState = Field(description="Whether somebody has to look, or looked")


class DuplicatePage(Reply):
    """Pairs in the order of their identifiers, which is about that of their finding."""

    duplicates: list[DuplicateView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListDuplicates(Query):
    """Pairs of which both records lie in the caller's regions, page by page."""

    TYPE: ClassVar[str] = "registry.list_duplicates"
    REPLY: ClassVar[type[Reply]] = DuplicatePage

    region: RegionText | None = Field(default=None, description="Only with a record of this division")
    states: list[DuplicateState] = Field(
        default=[], description="Only those in one of these states; empty: all"
    )
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=200, description="Pairs in a page")] = 50


class RecordCount(Message):
    """How many records of one kind hang on a person."""

    kind: str = Field(description="What they are, by the name of the table")
    count: int = Field(ge=1, description="How many")


class ComparedPerson(Message):
    """One side: masked, with everything that hangs on it."""

    person: PersonView = Field(description="The person, masked")
    registered_on: date = Field(description="Day of registration")
    records: list[RecordCount] = Field(description="What hangs on the record, in the order of the kinds")


class Comparison(Reply):
    """Two records side by side."""

    sides: list[ComparedPerson] = Field(description="Two, in the order asked for")


class ComparePersons(Query):
    """Two persons of the caller's regions side by side, before somebody asks to merge them."""

    TYPE: ClassVar[str] = "registry.compare_persons"
    REPLY: ClassVar[type[Reply]] = Comparison

    person_id: Identifier = Field(description="The one")
    other_id: Identifier = Field(description="The other one")


class DismissalItem(Item):
    """One pair that somebody looked at: two different persons."""

    ref: Reference
    duplicate_id: Identifier
    dismissed_on: date = Field(description="Day of the look")


class DismissDuplicates(BulkCommand):
    """Say of pairs that they are two persons. One comes again only with a sign that was not seen then."""

    TYPE: ClassVar[str] = "registry.dismiss_duplicates"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = DismissalItem
