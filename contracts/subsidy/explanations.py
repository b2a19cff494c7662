"""Messages that explain: the rules of a scheme, why a person is granted it, and what it amounts to."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.message import Identifier, Message, MoneyText, PeriodText, Query, RegionText, Reply
from contracts.subsidy.awards import OutsideBenefits
from contracts.subsidy.reviews import ReviewShown
from contracts.subsidy.schemes import Scheme, Variant

KnownOn = Annotated[
    date | None, Field(description="Only what was known on that day; null for all that is known now")
]


class RuleStep(Message):
    """One rule as it was applied."""

    rule: str = Field(description="Key of the rule in the rule files")
    value: str = Field(description="Its value as written there")
    valid_from: date = Field(description="First day of the value")
    document: str = Field(description="Where the value comes from")
    text: str = Field(description="A Chinese sentence for the citizen: rule, outcome, document")


class SchemeRule(Message):
    """One rule of a scheme in force."""

    rule: str = Field(description="Key of the rule in the rule files")
    name: str = Field(description="Its name in Chinese")
    value: str = Field(description="Its value in Chinese, with the unit")
    valid_from: date = Field(description="First day of the value")
    known_from: date = Field(description="First day on which the office could know it")
    document: str = Field(description="Where it comes from")
    certainty: Literal["found", "assumed"] = Field(description="assumed: an office has to confirm it")


class SchemeExplained(Reply):
    """A scheme as of a day."""

    scheme: Scheme
    region: RegionText = Field(description="Division for which the rules hold")
    rules: list[SchemeRule] = Field(description="Its rules in the order of their keys")


class ExplainScheme(Query):
    """The rules of a scheme as of a day, in a division, as known on another day."""

    TYPE: ClassVar[str] = "subsidy.explain_scheme"
    REPLY: ClassVar[type[Reply]] = SchemeExplained

    scheme: Scheme
    region: RegionText = Field(description="Division for which the rules are asked")
    on: date = Field(description="Day for which the rules are asked")
    known_on: KnownOn = None


class AwardShown(Reply):
    """An award as it stands, with its reasons."""

    award_id: Identifier
    person_id: Identifier
    scheme: Scheme
    variant: Variant
    period: PeriodText = Field(description="Period it is for, or the first month")
    last_period: PeriodText | None = Field(description="Last period that is paid; null until it is stopped")
    region: RegionText = Field(description="Division it counts in")
    granted_on: date = Field(description="Day of the grant")
    reasons: list[RuleStep] = Field(description="The rules that admitted the person")
    amount: MoneyText | None = Field(
        description="What the period asked for amounts to, in yuan; null outside"
    )
    amount_reasons: list[RuleStep] = Field(description="The rules by which the amount was computed")
    held_from: PeriodText | None = Field(
        default=None, description="First month that waits for the end of a freeze or for a review"
    )
    end_reasons: list[RuleStep] = Field(
        default=[],
        description="The rules by which it ended, and which held months are not paid; empty: it goes on",
    )
    reviews: list[ReviewShown] = Field(default=[], description="What came of its reviews, in their order")


class ShowAward(Query):
    """One award with its reasons, and its amount computed anew for any period, as known on any day."""

    TYPE: ClassVar[str] = "subsidy.show_award"
    REPLY: ClassVar[type[Reply]] = AwardShown

    award_id: Identifier
    period: PeriodText | None = Field(default=None, description="Period to price; null for the first one")
    known_on: KnownOn = None


class Entitlement(Reply):
    """Whether a person would be granted a scheme. Nothing is written."""

    entitled: bool = Field(description="Whether it would be granted")
    code: str | None = Field(description="Code of the refusal; null when entitled")
    amount: MoneyText | None = Field(
        description="What a period would amount to, in yuan; null when not entitled"
    )
    reasons: list[RuleStep] = Field(description="Every rule applied, with its outcome")


class CheckEntitlement(Query):
    """Judge a person by what is known now and by the rules of a day, without granting anything."""

    TYPE: ClassVar[str] = "subsidy.check_entitlement"
    REPLY: ClassVar[type[Reply]] = Entitlement

    person_id: Identifier
    scheme: Scheme
    variant: Variant
    on: date = Field(description="Day whose rules apply")
    cost: MoneyText | None = Field(default=None, description="Proven cost, for a scheme that bears a cost")
    days: Annotated[int, Field(ge=1, le=366)] | None = Field(
        default=None, description="Days attended, for a scheme paid by attendance"
    )
    benefits: OutsideBenefits = Field(default={}, description="What others give the person")
