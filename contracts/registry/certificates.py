"""Messages of certificates (残疾人证) and the acts on them."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from contracts.message import BulkCommand, BulkReply, Event, Identifier, Item, Message, Name, Reference, Reply

CategoryText = Literal["visual", "hearing", "speech", "physical", "intellectual", "mental", "multiple"]
Grade = Literal[1, 2, 3, 4]
Mode = Literal["office", "home_visit"]


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

    reason: Literal["death", "standard_not_met", "moved_away", "withdrawn"] = Field(
        description="Why it ended"
    )


class CertificateActItem(Item):
    """One act on the certificate (残疾人证) of a registered person."""

    ref: Reference
    person_id: Identifier
    action: Literal["new", "renewal", "change", "cross_province", "cancel"] = Field(
        description="What was done: 新办, 到期换证, 变更, 跨省通办, 注销"
    )
    mode: Mode = Field(
        default="office", description="Whether it was done at the office or at the holder's home"
    )
    certificate_number: str = Field(
        min_length=1, max_length=40, description="20 characters, or 22 after a re-issue"
    )
    acted_on: date = Field(description="Day of the act")
    standard: Name = Field(default="GB/T 26341-2010", description="Standard the disability was rated under")
    reason: Literal["death", "standard_not_met", "moved_away", "withdrawn"] | None = Field(
        default=None, description="Why it was cancelled; required for cancel, absent otherwise"
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
    status: Literal["valid", "cancelled"] = Field(
        description="An expired one stays valid here until it is renewed or cancelled"
    )
    issued_on: date = Field(description="Day of the last issue, renewal or change")
    expires_on: date = Field(description="Last day of validity")
