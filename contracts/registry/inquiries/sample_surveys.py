"""Messages of a sample survey (抽样调查): reference figures by block, imported once."""

from datetime import date
from typing import ClassVar

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    Event,
    Identifier,
    Item,
    Name,
    Query,
    Reference,
    RegionText,
    Reply,
)


class SampleBlockRecorded(Event):
    """A block (小区) of a sample survey was surveyed and accepted."""

    TYPE: ClassVar[str] = "registry.sample_block_recorded.v1"
    SUBJECT: ClassVar[str] = "block_id"
    DAY: ClassVar[str] = "surveyed_on"

    block_id: Identifier
    surveyed_on: date = Field(description="Last day of the visits")
    accepted_on: date = Field(description="Day on which the province accepted it")


class SampleBlockItem(Item):
    """One block."""

    ref: Reference
    survey: Name = Field(description="Which survey, as 第二次全国残疾人抽样调查")
    region: RegionText = Field(description="Village or community of the block")
    surveyed_on: date = Field(description="Last day of the visits")
    households: int = Field(ge=1, le=1_000_000, description="Households in the block")
    visited: int = Field(ge=0, le=1_000_000, description="Households visited")
    persons: int = Field(ge=0, le=10_000_000, description="Persons registered")
    suspected: int = Field(ge=0, le=10_000_000, description="Persons whom the screening suspected")
    disabled: int = Field(ge=0, le=10_000_000, description="Persons assessed as disabled")
    accepted_on: date = Field(description="Day on which the province accepted it")


class RecordSampleBlocks(BulkCommand):
    """Record blocks; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.record_sample_blocks"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = SampleBlockItem


class SampleSurveyFigures(Reply):
    """The sums of a survey in the caller's regions. They are estimates' basis, not the certificate base."""

    townships: int = Field(description="Townships and streets with blocks")
    blocks: int = Field(description="Blocks surveyed and accepted")
    households: int = Field(description="Households in them")
    visited: int = Field(description="Households visited")
    visit_rate: str | None = Field(description="Visited of all households in percent, two decimals")
    persons: int = Field(description="Persons registered")
    suspected: int = Field(description="Persons whom the screening suspected")
    disabled: int = Field(description="Persons assessed as disabled")


class ShowSampleSurvey(Query):
    """The figures of one sample survey."""

    TYPE: ClassVar[str] = "registry.show_sample_survey"
    REPLY: ClassVar[type[Reply]] = SampleSurveyFigures

    survey: Name = Field(description="Which survey")
