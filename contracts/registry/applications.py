"""Messages of applications for a certificate (残疾人证申请): their steps, and what each tells."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    DimensionKey,
    Event,
    Identifier,
    Item,
    Name,
    Reference,
    RegionText,
    Reply,
)
from contracts.registry.certificates import CategoryText, CertificateAction, Grade, Mode
from contracts.registry.guardians import ActedBy, AgentKind, GuardianRef

ApplicationKind = Literal[
    "new", "renewal", "reissue", "replacement", "change", "move", "cancel", "reassessment"
]
ApplicationChannel = Literal["local", "any_window", "for_other_province", "from_other_province"]
ApplicationAction = Literal[
    "accept",
    "decline",
    "assess",
    "post",
    "dispute",
    "reassess",
    "approve",
    "reject",
    "forward",
    "issue",
    "tell",
    "withdraw",
]
ApplicationClock = Literal["acceptance", "decision", "telling"]
AssessmentPlace = Literal["hospital", "home"]
DeclineReason = Literal["incomplete", "not_in_charge"]
RejectReason = Literal["standard_not_met", "untrue", "not_eligible"]
StepReason = Literal["incomplete", "not_in_charge", "standard_not_met", "untrue", "not_eligible"]
EndReason = Literal["death", "standard_not_met", "moved_away", "withdrawn"]
Ground = Literal["old_standard", "visible_change", "moved_in", "reported"]
Campaign = DimensionKey

# Events ------------------------------------------------------------------------------------------


class ApplicationEvent(Event):
    """What every event of an application tells."""

    SUBJECT: ClassVar[str] = "application_id"
    DAY: ClassVar[str] = "acted_on"

    application_id: Identifier
    person_id: Identifier
    kind: ApplicationKind = Field(description="What is applied for")
    channel: ApplicationChannel = Field(description="How it came")
    mode: Mode = Field(description="Whether it was taken at the office or at the applicant's home")
    applied_on: date = Field(description="Day of the application; rates count applications by it")


class ApplicationReceived(ApplicationEvent):
    """Somebody applied (申请)."""

    TYPE: ClassVar[str] = "registry.application_received.v1"
    DAY: ClassVar[str] = "applied_on"

    ground: Ground | None = Field(description="Why somebody is reassessed; null for other kinds")


class ApplicationAccepted(ApplicationEvent):
    """The window accepted it and passed it on (受理)."""

    TYPE: ClassVar[str] = "registry.application_accepted.v1"

    acted_on: date = Field(description="Day of the step")
    late: bool = Field(description="Whether the last day was over")


class ApplicationDeclined(ApplicationEvent):
    """The window did not accept it (不予受理)."""

    TYPE: ClassVar[str] = "registry.application_declined.v1"

    acted_on: date = Field(description="Day of the step")
    reason: DeclineReason = Field(description="Why")
    late: bool = Field(description="Whether the last day was over")


class AssessmentCompleted(ApplicationEvent):
    """The disability was assessed (残疾评定), or reassessed after a dispute."""

    TYPE: ClassVar[str] = "registry.assessment_completed.v1"

    acted_on: date = Field(description="Day of the assessment")
    place: AssessmentPlace = Field(description="At the hospital, or at home (上门评残)")
    campaign: Campaign | None = Field(description="Code of the assessment day it was part of")
    guided: bool = Field(description="Whether the family was shown how to train at home (家庭康复指导)")
    level: DimensionKey | None = Field(description="Who reassessed; null for a first assessment")
    met: bool = Field(description="Whether the standard is met")
    category: CategoryText | None = Field(description="Category found; null where the standard is not met")
    grade: Grade | None = Field(description="Grade found; null where the standard is not met")


class ResultPosted(ApplicationEvent):
    """The result was posted for the public (公示); those of minors never are."""

    TYPE: ClassVar[str] = "registry.result_posted.v1"

    acted_on: date = Field(description="Day of the posting")
    posted_until: date = Field(description="Last day of the notice")


class AssessmentDisputed(ApplicationEvent):
    """The applicant does not agree with the result (异议)."""

    TYPE: ClassVar[str] = "registry.assessment_disputed.v1"

    acted_on: date = Field(description="Day of the dispute")
    level: DimensionKey = Field(description="Who is to reassess")


class ApplicationApproved(ApplicationEvent):
    """The review approved it (审核通过)."""

    TYPE: ClassVar[str] = "registry.application_approved.v1"

    acted_on: date = Field(description="Day of the review")
    late: bool = Field(description="Whether the last day was over")


class ApplicationRejected(ApplicationEvent):
    """The review rejected it (审核不通过)."""

    TYPE: ClassVar[str] = "registry.application_rejected.v1"

    acted_on: date = Field(description="Day of the review")
    reason: RejectReason = Field(description="Why")
    late: bool = Field(description="Whether the last day was over")


class ApplicationForwarded(ApplicationEvent):
    """An application for another province was passed on to it, assessed and posted (转户籍地)."""

    TYPE: ClassVar[str] = "registry.application_forwarded.v1"

    acted_on: date = Field(description="Day on which it was passed on")
    late: bool = Field(description="Whether the last day was over")


class ApplicationIssued(ApplicationEvent):
    """The certificate that was applied for is made (制证); its own event tells of it."""

    TYPE: ClassVar[str] = "registry.application_issued.v1"

    acted_on: date = Field(description="Day of the issue")
    action: CertificateAction = Field(description="What it came to")


class ApplicantTold(ApplicationEvent):
    """The applicant was told the result (告知), and got the certificate where there is one."""

    TYPE: ClassVar[str] = "registry.applicant_told.v1"

    acted_on: date = Field(description="Day on which it was told")
    late: bool = Field(description="Whether the last day was over")


class ApplicationWithdrawn(ApplicationEvent):
    """The applicant took it back (撤回)."""

    TYPE: ClassVar[str] = "registry.application_withdrawn.v1"

    acted_on: date = Field(description="Day of the step")


class ApplicationOverdue(ApplicationEvent):
    """A clock ran out (红灯); told once for each."""

    TYPE: ClassVar[str] = "registry.application_overdue.v1"
    DAY: ClassVar[str] = "overdue_on"

    clock: ApplicationClock = Field(description="Which clock")
    desk: RegionText = Field(description="Division whose turn it was")
    overdue_on: date = Field(description="First day after the last day of the clock")


# Commands ----------------------------------------------------------------------------------------


class ApplicationItem(Item):
    """One application. Some kinds and channels have fields of their own; others must not have them."""

    ref: Reference
    person_id: Identifier
    kind: ApplicationKind = Field(
        description="新办, 到期换证, 遗失补办, 残损换新, 类别等级变更, 迁移, 注销, 复核评定"
    )
    channel: ApplicationChannel = Field(
        default="local", description="本地, 就近窗口代收, 代外省受理, 外省代受理"
    )
    mode: Mode = Field(
        default="office", description="Whether it was taken at the office or at the applicant's home"
    )
    applied_on: date = Field(description="Day of the application with complete material; its rules apply")
    window: RegionText | None = Field(
        default=None, description="Division that took it; for any_window, absent otherwise"
    )
    counterpart: RegionText | None = Field(
        default=None, description="Division in the other province; for the channels across provinces"
    )
    reason: EndReason | None = Field(default=None, description="Why it is to end; for cancel")
    to_region: RegionText | None = Field(
        default=None, description="Village or community of the new home; for move"
    )
    ground: Ground | None = Field(default=None, description="Why somebody is reassessed; for reassessment")
    acted_by: ActedBy = None
    guardian_ref: GuardianRef = None
    agent_kind: AgentKind = None


class RecordApplications(BulkCommand):
    """Record applications; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.record_applications"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = ApplicationItem


class ApplicationActItem(Item):
    """One step of an application. Each action has fields of its own; others must be absent."""

    ref: Reference
    application_ref: Reference = Field(description="The office's reference of the application")
    action: ApplicationAction = Field(
        description="受理, 不予受理, 评定, 公示, 异议, 重新评定, 审核通过, 审核不通过, 转户籍地, "
        "制证, 告知, 撤回"
    )
    acted_on: date = Field(description="Day of the step; steps come in the order of their days")
    reason: StepReason | None = Field(default=None, description="Why; for decline and reject")
    place: AssessmentPlace | None = Field(default=None, description="Where; for assess and reassess")
    assessor: Reference | None = Field(
        default=None, description="Code of the hospital or panel; for assess and reassess"
    )
    standard: Name | None = Field(
        default=None, description="Standard of the assessment; absent: the one in force on the day"
    )
    category: CategoryText | None = Field(
        default=None, description="Category found; absent where the standard is not met"
    )
    grade: Grade | None = Field(default=None, description="Grade found; absent where the standard is not met")
    campaign: Campaign | None = Field(
        default=None, max_length=40, description="Code of the assessment day it was part of"
    )
    guided: bool | None = Field(default=None, description="Whether the family was shown how to train at home")


class RecordApplicationActs(BulkCommand):
    """Record steps of applications, in the order given. Issuing one does the act on the certificate."""

    TYPE: ClassVar[str] = "registry.record_application_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = ApplicationActItem
