"""Messages of flags of households (家庭标识) that come and go, as lists and visits tell."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    DimensionKey,
    Event,
    Identifier,
    Item,
    Message,
    Query,
    Reference,
    Reply,
    RuleKey,
)
from contracts.registry.households import FlagMark, HouseholdFlag


class HouseholdFlagsChanged(Event):
    """A flag was set or lifted; tells all that the household has now."""

    TYPE: ClassVar[str] = "registry.household_flags_changed.v1"
    SUBJECT: ClassVar[str] = "household_id"
    DAY: ClassVar[str] = "changed_on"

    household_id: Identifier
    flags: list[HouseholdFlag] = Field(description="All flags from now on, each once")
    begun: list[FlagMark] = Field(default=[], description="Those that it had not before")
    ended: list[FlagMark] = Field(default=[], description="Those that it has no longer")
    changed_on: date = Field(description="Day from which it holds")
    rules: list[RuleKey] = Field(
        default=[], description="Rules by which the registry derived the change; none: a source said so"
    )


class HouseholdFlagItem(Item):
    """What one source says of one flag of one household."""

    ref: Reference
    household_ref: Reference = Field(description="The office's reference of a registered household")
    flag: HouseholdFlag = Field(description="The flag it speaks of")
    holds: bool = Field(description="Whether the household has it")
    source: DimensionKey = Field(
        max_length=40, description="Who says so, as rule household.flag_sources lists"
    )
    told_on: date = Field(description="Day of the list or the visit; the flag holds or ends from it")


class RecordHouseholdFlags(BulkCommand):
    """Record what sources say of flags, in the order given; the same again with a later day confirms."""

    TYPE: ClassVar[str] = "registry.record_household_flags"
    KEEP_REPLY: ClassVar[bool] = False  # no event tells of what only confirms; each file is decided anew
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = HouseholdFlagItem


class HouseholdFlagView(Message):
    """One record of what a source said."""

    record_id: Identifier
    ref: Reference
    household_id: Identifier
    flag: HouseholdFlag = Field(description="The flag it speaks of")
    holds: bool = Field(description="Whether the household has it")
    source: DimensionKey = Field(description="Who said so; `registry`: it was derived")
    told_on: date = Field(description="Day of the list or the visit, or from which it was derived")
    rule: RuleKey | None = Field(
        default=None, description="Rule by which the registry derived it; null: a source said so"
    )


class HouseholdFlagPage(Reply):
    """Records in the order of their identifiers, which is about that of their recording."""

    records: list[HouseholdFlagView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListHouseholdFlags(Query):
    """What was said of flags of households of the caller's regions, page by page."""

    TYPE: ClassVar[str] = "registry.list_household_flags"
    REPLY: ClassVar[type[Reply]] = HouseholdFlagPage

    household_id: Identifier | None = Field(default=None, description="Only of this household")
    flag: HouseholdFlag | None = Field(default=None, description="Only of this flag")
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Records in a page")] = 100
