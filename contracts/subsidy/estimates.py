"""Messages of estimates: what a rate would cost before it is issued."""

from typing import Annotated, ClassVar

from pydantic import Field

from contracts.message import Message, MoneyText, PeriodText, Query, RegionText, Reply
from contracts.subsidy.funds import SourceShare
from contracts.subsidy.schemes import Scheme, Variant


class PeriodEstimate(Message):
    """One period under the rate in force and under the other one."""

    period: PeriodText
    awards: int = Field(ge=0, description="Awards that are due in it")
    amount: MoneyText = Field(description="What they amount to by the rules in force, in yuan")
    sources: list[SourceShare] = Field(description="The parts of that by source of funds")
    new_amount: MoneyText = Field(description="What they would amount to, in yuan")
    new_sources: list[SourceShare] = Field(description="The parts of that by source of funds")


class RateEstimate(Reply):
    """What a rate would cost. Nothing is written."""

    periods: list[PeriodEstimate] = Field(description="The periods asked for, in order")


class EstimateRate(Query):
    """Price the awards that stand now by another rate, as if nothing of these periods were paid yet.

    Funds are drawn, in their order, from what allotments have left.
    """

    TYPE: ClassVar[str] = "subsidy.estimate_rate"
    REPLY: ClassVar[type[Reply]] = RateEstimate

    scheme: Scheme
    variant: Variant
    region: RegionText = Field(description="Division in which the rate would hold")
    rate: Annotated[
        str,
        Field(
            pattern=r"^[0-9]{1,12}(\.[0-9]{1,2})?$",
            description="The other rate, as the rule file would write it: yuan, or a share in its unit",
        ),
    ]
    first: PeriodText = Field(description="First period: a month or a year, as the scheme is paid")
    periods: Annotated[int, Field(ge=1, le=24, description="How many periods")] = 12
