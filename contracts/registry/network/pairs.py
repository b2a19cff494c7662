"""Messages of paired help (结对帮扶): a helper and a household, from pairing to lifting or end."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    Event,
    Identifier,
    Item,
    Message,
    Reference,
    RegionText,
    Reply,
)
from contracts.registry.cases import FreeText
from contracts.registry.network.records import Listing, Page, StepItem, Word

PairState = Literal["paired", "helping", "lifted", "ended"]
PairEndReason = Literal["helper_left", "household_declined", "moved_away", "other"]


# Events ------------------------------------------------------------------------------------------


class PairEvent(Event):
    """What every event of a pair tells. Who helps, it does not."""

    SUBJECT: ClassVar[str] = "pair_id"
    DAY: ClassVar[str] = "acted_on"

    pair_id: Identifier
    household_id: Identifier
    person_id: Identifier = Field(description="The disabled person of the household")
    helper_kind: Word = Field(description="Kind of helper, as the rules name it")


class PairMade(PairEvent):
    """A helper took on a household."""

    TYPE: ClassVar[str] = "registry.pair_made.v1"
    DAY: ClassVar[str] = "paired_on"

    paired_on: date = Field(description="Day of the pairing")


class PairVisited(PairEvent):
    """The helper visited the household."""

    TYPE: ClassVar[str] = "registry.pair_visited.v1"

    acted_on: date = Field(description="Day of the visit")


class PairLifted(PairEvent):
    """The household was lifted out of poverty with the help (脱贫); the pair is done."""

    TYPE: ClassVar[str] = "registry.pair_lifted.v1"

    acted_on: date = Field(description="Day on which it was")


class PairEnded(PairEvent):
    """The pair ended before the household was lifted."""

    TYPE: ClassVar[str] = "registry.pair_ended.v1"

    acted_on: date = Field(description="Day of the end")
    reason: PairEndReason = Field(description="Why")


# Commands ----------------------------------------------------------------------------------------


class PairItem(Item):
    """One helper and one household. A person is helped by one pair at a time."""

    ref: Reference
    household_id: Identifier
    person_id: Identifier = Field(description="The disabled person of the household")
    helper_kind: Word = Field(description="Kind of helper, as rule pair.helper_kinds lists it")
    paired_on: date = Field(description="Day of the pairing")
    helper: FreeText | None = Field(default=None, description="Name of the helper; stored sealed")


class RecordPairs(BulkCommand):
    """Record pairs; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.record_pairs"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = PairItem


class PairActItem(StepItem):
    """One step of a pair."""

    pair_ref: Reference = Field(description="Reference of the pair")
    action: Literal["visit", "lift", "end"] = Field(description="What was done: 走访, 脱贫, 结束")
    reason: PairEndReason | None = Field(
        default=None, description="Why: 帮扶人调离, 家庭谢绝, 迁出, 其他; for end, absent otherwise"
    )


class RecordPairActs(BulkCommand):
    """Record steps of pairs, in the order given."""

    TYPE: ClassVar[str] = "registry.record_pair_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = PairActItem


# Queries -----------------------------------------------------------------------------------------


class PairView(Message):
    """A pair as the registry shows it: without the helper's name."""

    pair_id: Identifier
    ref: Reference
    household_id: Identifier
    person_id: Identifier = Field(description="The disabled person of the household")
    region: RegionText
    helper_kind: Word = Field(description="Kind of helper")
    paired_on: date = Field(description="Day of the pairing")
    state: PairState = Field(description="Where it stands")
    visits: int = Field(description="How many visits are recorded")
    last_act_on: date = Field(description="Day of its last step")
    reason: PairEndReason | None = Field(description="Why it ended; null otherwise")


class PairPage(Page):
    """A page of pairs."""

    pairs: list[PairView] = Field(description="At most as many as asked for")


class ListPairs(Listing):
    """Pairs of the caller's regions, page by page."""

    TYPE: ClassVar[str] = "registry.list_pairs"
    REPLY: ClassVar[type[Reply]] = PairPage

    household_id: Identifier | None = Field(default=None, description="Only those of this household")
    person_id: Identifier | None = Field(default=None, description="Only those of this person")
    helper_kind: Word | None = Field(default=None, description="Only those of this kind of helper")
    states: list[PairState] = Field(default=[], description="Only those in these states; empty: all")
