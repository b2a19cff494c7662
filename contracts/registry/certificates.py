"""Messages of certificates (残疾人证) and the acts on them."""

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
    Name,
    Reference,
    RegionText,
    Reply,
)

CategoryText = Literal["visual", "hearing", "speech", "physical", "intellectual", "mental", "multiple"]
Grade = Literal[1, 2, 3, 4]
Mode = Literal["office", "home_visit"]
CertificateAction = Literal[
    "new",
    "renewal",
    "change",
    "cross_province",
    "cancel",
    "reissue",
    "replacement",
    "reassess",
    "freeze",
    "thaw",
    "leave",
    "move",
    "move_out",
    "move_in",
]
CertificateStatus = Literal["valid", "frozen", "moved", "cancelled"]
CancelReason = Literal["death", "standard_not_met", "moved_away", "withdrawn", "not_moved"]
FreezeReason = Literal["not_moved", "under_review"]
ActReason = Literal["death", "standard_not_met", "moved_away", "withdrawn", "not_moved", "under_review"]


class CertificateEvent(Event):
    """What every act on a certificate tells. A home visit is a mode of an act, not an act."""

    DAY: ClassVar[str] = "acted_on"

    person_id: Identifier
    certificate_id: Identifier
    category: CategoryText = Field(description="Category of disability after the act (GB/T 26341)")
    grade: Grade = Field(description="Grade after the act, 1 (most severe) to 4")
    mode: Mode = Field(description="Whether the act was done at the office or at the holder's home")
    acted_on: date = Field(description="Day of the act")
    expires_on: date = Field(description="Last day of validity after the act")


class CertificateIssued(CertificateEvent):
    """A first certificate (新办)."""

    TYPE: ClassVar[str] = "registry.certificate_issued.v1"


class CertificateRenewed(CertificateEvent):
    """A certificate renewed at expiry (到期换证); category and grade stay."""

    TYPE: ClassVar[str] = "registry.certificate_renewed.v1"


class CertificateChanged(CertificateEvent):
    """Category or grade changed (变更); carries both sides, so that a count can be moved."""

    TYPE: ClassVar[str] = "registry.certificate_changed.v1"

    previous_category: CategoryText = Field(description="Category before the change")
    previous_grade: Grade = Field(description="Grade before the change, 1 to 4")


class CrossProvinceServed(CertificateEvent):
    """A holder was served in or for another province (跨省通办)."""

    TYPE: ClassVar[str] = "registry.cross_province_served.v1"


class CertificateCancelled(CertificateEvent):
    """A certificate ended (注销): death, or the standard is no longer met."""

    TYPE: ClassVar[str] = "registry.certificate_cancelled.v1"

    reason: CancelReason = Field(description="Why it ended")


class CertificateReissued(CertificateEvent):
    """A lost certificate was made again (遗失补办), with a B number; its validity stays."""

    TYPE: ClassVar[str] = "registry.certificate_reissued.v1"


class CertificateReplaced(CertificateEvent):
    """A damaged card was made again (残损换新); number and validity stay."""

    TYPE: ClassVar[str] = "registry.certificate_replaced.v1"


class CertificateReassessed(CertificateEvent):
    """A new assessment confirmed category and grade (复核评定); it ends a freeze for review."""

    TYPE: ClassVar[str] = "registry.certificate_reassessed.v1"


class CertificateFrozen(CertificateEvent):
    """A certificate counts no longer, until it is thawed, moved or cancelled (冻结)."""

    TYPE: ClassVar[str] = "registry.certificate_frozen.v1"

    reason: FreezeReason = Field(description="Why it was frozen")


class CertificateThawed(CertificateEvent):
    """A frozen certificate counts again (解冻)."""

    TYPE: ClassVar[str] = "registry.certificate_thawed.v1"


class HukouLeft(CertificateEvent):
    """A holder's hukou moved away and the certificate has to follow (户口迁出); its clocks begin."""

    TYPE: ClassVar[str] = "registry.hukou_left.v1"


class CertificateMovedOut(CertificateEvent):
    """A certificate left its division with the hukou (迁出); within the register it comes in again."""

    TYPE: ClassVar[str] = "registry.certificate_moved_out.v1"


class CertificateMovedIn(CertificateEvent):
    """A certificate came to a division with the hukou (迁入), from within the register or outside."""

    TYPE: ClassVar[str] = "registry.certificate_moved_in.v1"


class CertificateActItem(Item):
    """One act on the certificate (残疾人证) of a registered person."""

    ref: Reference
    person_id: Identifier
    action: CertificateAction = Field(
        description="What was done: 新办, 到期换证, 变更, 跨省通办, 注销, 遗失补办, 残损换新, 复核评定, "
        "冻结, 解冻, 户口迁出, 迁移, 迁往外地, 外地迁入"
    )
    mode: Mode = Field(
        default="office", description="Whether it was done at the office or at the holder's home"
    )
    certificate_number: str = Field(
        min_length=1, max_length=40, description="20 characters, or 22 after a re-issue"
    )
    acted_on: date = Field(description="Day of the act")
    standard: Name = Field(default="GB/T 26341-2010", description="Standard the disability was rated under")
    reason: ActReason | None = Field(
        default=None, description="Why it was cancelled or frozen; required for these, absent otherwise"
    )
    assessed_on: date | None = Field(
        default=None,
        description="Day of the assessment; if absent, new and change take that of the act, and "
        "a renewal without it keeps the standard and the day of the earlier one",
    )
    issued_on: date | None = Field(
        default=None, description="First day of the certificate that moves in; for move_in, absent otherwise"
    )
    region: RegionText | None = Field(
        default=None, description="Village or community of the new home; for move, absent otherwise"
    )


class RecordCertificateActs(BulkCommand):
    """Record acts on certificates in the order given.

    Category and grade stand in the number (残疾人证管理办法 Art. 5).
    """

    TYPE: ClassVar[str] = "registry.record_certificate_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = CertificateActItem


class CertificateView(Message):
    """A certificate as the registry shows it: its number masked."""

    certificate_id: Identifier
    number: str = Field(description="Masked")
    category: CategoryText = Field(description="Category of disability (GB/T 26341)")
    grade: Grade = Field(description="1 (most severe) to 4")
    status: CertificateStatus = Field(
        description="An expired one stays valid here until it is renewed or cancelled"
    )
    standard: str | None = Field(default=None, description="Standard it was rated under")
    rated_on: date | None = Field(default=None, description="Day of that rating")
    issued_on: date = Field(description="Day of the last issue, renewal or change")
    expires_on: date = Field(description="Last day of validity")
