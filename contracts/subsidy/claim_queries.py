"""Questions about claims (补贴申请), and their answers."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from contracts.message import Identifier, Message, PeriodText, Query, Reference, RegionText, Reply
from contracts.subsidy.claims import (
    Applicant,
    ClaimChannel,
    ClaimClock,
    ClaimReason,
    ClaimState,
    ClaimStepName,
    DecisionName,
)
from contracts.subsidy.explanations import RuleStep
from contracts.subsidy.schemes import Scheme, Variant


class ClaimView(Message):
    """A claim and where it stands."""

    claim_id: Identifier
    ref: Reference
    person_id: Identifier
    scheme: Scheme
    variant: Variant
    period: PeriodText | None = Field(description="Period asked for; null: by the rules, from the hand-in")
    applicant: Applicant = Field(description="Who applied")
    guardianship_id: Identifier | None = Field(description="Of the guardian who applied, if one was named")
    channel: ClaimChannel = Field(description="How it was handed in")
    applied_on: date = Field(description="Day of hand-in")
    window: RegionText | None = Field(description="Where it was handed in, if elsewhere than at home")
    region: RegionText = Field(description="Where the person lived then")
    desk: RegionText = Field(description="Division whose turn it is")
    state: ClaimState = Field(description="Where it stands")
    last_act_on: date = Field(description="Day of the last step")
    clock: ClaimClock | None = Field(description="Clock that runs; null when none does")
    due_on: date | None = Field(description="Its last day")
    obstacle: ClaimReason | None = Field(description="What hand-in or the last check found against it")
    posted_until: date | None = Field(description="Last day of the notice")
    name_hidden: bool = Field(description="Whether it was asked that the notice not name the person")
    reason: ClaimReason | None = Field(description="Why it was refused")
    award_id: Identifier | None = Field(description="The award that came of it")


class ClaimPage(Reply):
    """Claims in the order of their identifiers, which is about that of their recording."""

    claims: list[ClaimView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListClaims(Query):
    """Claims whose home or window lies in the caller's regions, page by page."""

    TYPE: ClassVar[str] = "subsidy.list_claims"
    REPLY: ClassVar[type[Reply]] = ClaimPage

    person_id: Identifier | None = Field(default=None, description="Only of this person")
    scheme: Scheme | None = None
    states: list[ClaimState] = Field(default=[], description="Only in one of these states; empty: all")
    desk: RegionText | None = Field(
        default=None, description="Only those whose turn it is in this division or below it"
    )
    due_before: date | None = Field(default=None, description="Only those whose last day is before this one")
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Claims in a page")] = 100


class ClaimStepView(Message):
    """One step as it was recorded."""

    action: ClaimStepName | DecisionName = Field(description="Which step")
    acted_on: date = Field(description="Day of the step")
    reason: ClaimReason | None = Field(description="The reason stated")
    state: ClaimState = Field(description="Where the claim stood then")
    due_on: date | None = Field(description="Last day of the clock that ran then")


class ClaimShown(Reply):
    """A claim with its history, and why it was decided as it was."""

    claim: ClaimView = Field(description="Where it stands")
    steps: list[ClaimStepView] = Field(description="Its steps in their order")
    reasons: list[RuleStep] = Field(
        description="The rules of the last decision, each with its document and a sentence for the citizen"
    )


class ShowClaim(Query):
    """One claim, with what the applicant is to be told."""

    TYPE: ClassVar[str] = "subsidy.show_claim"
    REPLY: ClassVar[type[Reply]] = ClaimShown

    claim_id: Identifier


class ClaimLight(Message):
    """Clocks of one kind at one desk. Yellow: few days are left; red: the last day is over."""

    desk: RegionText = Field(description="Division whose turn it is")
    clock: ClaimClock = Field(description="Which clock")
    running: int = Field(description="Clocks that run, late ones included")
    yellow: int = Field(description="Those that run out within the days of rule claims.yellow")
    red: int = Field(description="Those that ran out")


class ClaimLights(Reply):
    """By desk and clock, the reddest first."""

    lights: list[ClaimLight] = Field(description="Those with a running clock")


class ShowClaimLights(Query):
    """Running, soon due and overdue clocks of the caller's regions by desk."""

    TYPE: ClassVar[str] = "subsidy.show_claim_lights"
    REPLY: ClassVar[type[Reply]] = ClaimLights

    day: date = Field(description="Day on which to look")
