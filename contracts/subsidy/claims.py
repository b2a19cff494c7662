"""Messages of claims (补贴申请): handed in at any window, checked, decided, posted, awarded or refused."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    DimensionKey,
    Event,
    Identifier,
    Item,
    MoneyText,
    PeriodText,
    Reference,
    RegionText,
    Reply,
)
from contracts.subsidy.awards import OutsideBenefits
from contracts.subsidy.schemes import Scheme, Variant

Applicant = Literal["self", "guardian", "relative", "committee", "agent"]
ClaimChannel = Literal["window", "online", "home_visit"]
ClaimStepName = Literal[
    "ask",
    "complete",
    "accept",
    "decline",
    "push",
    "check",
    "review",
    "post",
    "object",
    "tell",
    "withdraw",
    "hide_name",
]
DecisionName = Literal["approve", "refuse", "dismiss", "award"]
ClaimState = Literal[
    "handed_in",
    "incomplete",
    "accepted",
    "arrived",
    "checked",
    "reviewed",
    "approved",
    "posted",
    "objected",
    "granted",
    "refused",
    "told",
    "withdrawn",
]
ClaimClock = Literal["acceptance", "decision", "closing", "telling"]
ClaimReason = Annotated[DimensionKey, Field(max_length=40)]

# Events ------------------------------------------------------------------------------------------


class ClaimEvent(Event):
    """What every event of a claim tells."""

    SUBJECT: ClassVar[str] = "claim_id"
    DAY: ClassVar[str] = "acted_on"

    claim_id: Identifier
    person_id: Identifier
    scheme: Scheme
    variant: Variant
    applied_on: date = Field(description="Day of hand-in")


class ClaimHandedIn(ClaimEvent):
    """Somebody applied for a subsidy (提出申请)."""

    TYPE: ClassVar[str] = "subsidy.claim_handed_in.v1"
    DAY: ClassVar[str] = "applied_on"

    applicant: Applicant = Field(description="Who applied")
    channel: ClaimChannel = Field(description="How it was handed in")
    window: RegionText | None = Field(description="Where, if elsewhere than at home; else null")


class ClaimMoved(ClaimEvent):
    """A step was taken that decides nothing."""

    TYPE: ClassVar[str] = "subsidy.claim_moved.v1"

    action: ClaimStepName | DecisionName = Field(description="Which step")
    state: ClaimState = Field(description="Where the claim stands now")
    acted_on: date = Field(description="Day of the step")
    late: bool = Field(description="Whether the last day of the running clock was over")


class ClaimApproved(ClaimEvent):
    """It was decided to grant it (拟批准); where the scheme asks for it, a notice follows."""

    TYPE: ClassVar[str] = "subsidy.claim_approved.v1"

    acted_on: date = Field(description="Day of the decision")
    clock: ClaimClock = Field(description="Clock that the decision stopped")
    late: bool = Field(description="Whether its last day was over")


class ClaimRefused(ClaimEvent):
    """It was refused, or not accepted (不予批准、不予受理)."""

    TYPE: ClassVar[str] = "subsidy.claim_refused.v1"

    reason: ClaimReason = Field(description="Requirement that is not met, or the reason stated")
    acted_on: date = Field(description="Day of the decision")
    clock: ClaimClock | None = Field(description="Clock that the decision stopped; null when none ran")
    late: bool = Field(description="Whether its last day was over")


class ClaimGranted(ClaimEvent):
    """The notice is over and the award granted (审定); the award's own event tells of it."""

    TYPE: ClassVar[str] = "subsidy.claim_granted.v1"

    award_id: Identifier
    acted_on: date = Field(description="Day of the grant")
    late: bool = Field(description="Whether the last day of the running clock was over")


class ClaimOverdue(ClaimEvent):
    """A clock ran out (红灯); told once for each."""

    TYPE: ClassVar[str] = "subsidy.claim_overdue.v1"
    DAY: ClassVar[str] = "overdue_on"

    clock: ClaimClock = Field(description="Which clock")
    desk: RegionText = Field(description="Division whose turn it was")
    overdue_on: date = Field(description="First day after the last day of the clock")


# Commands ----------------------------------------------------------------------------------------


class ClaimItem(Item):
    """One claim."""

    ref: Reference
    person_id: Identifier
    scheme: Scheme
    variant: Variant
    applicant: Applicant = Field(description="本人, 监护人, 法定义务人, 村（居）委会, 其他委托人")
    guardianship_id: Identifier | None = Field(
        default=None, description="The registry's identifier of the guardianship; for guardian only"
    )
    channel: ClaimChannel = Field(default="window", description="窗口, 网办, 上门")
    applied_on: date = Field(description="Day of hand-in; a monthly scheme may be paid from its month")
    window: RegionText | None = Field(
        default=None, description="Division that took it, anywhere in the country; absent: the home's own"
    )
    period: PeriodText | None = Field(
        default=None, description="Year it is for, or the first month; absent: by the rules, from the hand-in"
    )
    cost: MoneyText | None = Field(default=None, description="Proven cost, for a scheme that bears a cost")
    days: Annotated[int, Field(ge=1, le=366)] | None = Field(
        default=None, description="Days attended in the period, for a scheme paid by attendance"
    )
    benefits: OutsideBenefits = Field(default={}, description="What others give the person")
    proof: Annotated[str, Field(max_length=60, pattern=r"[0-9]")] | None = Field(
        default=None,
        description="Number of what the scheme's rule proof asks for: of the vehicle, of the admission; only "
        "a keyed digest of it is kept",
    )


class RecordClaims(BulkCommand):
    """Record claims; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "subsidy.record_claims"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = ClaimItem


class ClaimActItem(Item):
    """One step of a claim that decides nothing, or declines at the window."""

    ref: Reference
    claim_ref: Reference = Field(description="The office's reference of the claim")
    action: ClaimStepName = Field(
        description="一次性告知补正, 补齐, 受理, 不予受理, 推送户籍地, 乡镇初审, 县级审核, 公示, 异议, "
        "告知, 撤回, 公示时不具名"
    )
    acted_on: date = Field(description="Day of the step; steps come in the order of their days")
    reason: ClaimReason | None = Field(
        default=None,
        description="Why, as rule claims.refusal.<reason> names it; for decline, and for a check or review "
        "that found something against the claim",
    )


class RecordClaimActs(BulkCommand):
    """Record steps of claims, in the order given."""

    TYPE: ClassVar[str] = "subsidy.record_claim_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = ClaimActItem


class ClaimDecisionItem(Item):
    """One decision on a claim, by somebody who neither checked nor reviewed it."""

    ref: Reference
    claim_ref: Reference = Field(description="The office's reference of the claim")
    action: DecisionName = Field(description="拟批准, 不予批准, 异议不成立, 审定发放")
    acted_on: date = Field(description="Day of the decision; its rules apply")
    reason: ClaimReason | None = Field(
        default=None,
        description="Why, as rule claims.refusal.<reason> names it; for refuse; absent where the "
        "scheme's own rules do not admit the person",
    )


class DecideClaims(BulkCommand):
    """Decide on claims. Awarding one grants it as GrantAwards does, from the month of hand-in."""

    TYPE: ClassVar[str] = "subsidy.decide_claims"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = ClaimDecisionItem
