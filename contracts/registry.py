"""Messages of the registry: regions, persons, households, certificates."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    Command,
    Event,
    Identifier,
    Item,
    Message,
    MonthText,
    Name,
    Query,
    Reference,
    RegionText,
    Reply,
)

CategoryText = Literal["visual", "hearing", "speech", "physical", "intellectual", "mental", "multiple"]
Grade = Literal[1, 2, 3, 4]
Mode = Literal["office", "home_visit"]
Sex = Literal["male", "female"]
HouseholdFlag = Literal[
    "dibao",  # 低保
    "dibao_edge",  # 低保边缘
    "extreme_poverty",  # 特困
    "hardship",  # 困难
    "multiple_disabled",  # 一户多残
    "old_carer",  # 以老养残
    "poverty_monitored",  # 三类监测对象
    "zero_employment",  # 零就业
]


# Events ------------------------------------------------------------------------------------------


class RegionRecorded(Event):
    """A division code became known, or a new row of its history (name, validity, successors)."""

    TYPE: ClassVar[str] = "registry.region_recorded.v1"
    SUBJECT: ClassVar[str] = "region"
    DAY: ClassVar[str] = "valid_from"

    name: Name = Field(description="Official name of the division, as in the table of division codes")
    valid_from: date = Field(description="First day on which code and name hold")
    valid_to: date | None = Field(
        default=None, description="First day on which they no longer hold; null while they do"
    )
    successors: list[RegionText] = Field(
        default=[], description="Codes that took the place of this one at valid_to"
    )


class HouseholdRegistered(Event):
    """A household entered the registry."""

    TYPE: ClassVar[str] = "registry.household_registered.v1"
    SUBJECT: ClassVar[str] = "household_id"
    DAY: ClassVar[str] = "registered_on"

    household_id: Identifier
    flags: list[HouseholdFlag] = Field(description="Marks of hardship or of make-up, each at most once")
    registered_on: date = Field(description="Day of registration")


class PersonRegistered(Event):
    """A person entered the registry, certified or not. The birth month suffices for age rules."""

    TYPE: ClassVar[str] = "registry.person_registered.v1"
    DAY: ClassVar[str] = "registered_on"

    person_id: Identifier
    household_id: Identifier | None = Field(
        default=None, description="The household the person belongs to, where it is known"
    )
    sex: Sex = Field(description="As in the citizen number")
    birth_month: MonthText
    registered_on: date = Field(description="Day of registration")


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


# Commands ----------------------------------------------------------------------------------------


class RegionItem(Item):
    """One row of the table of division codes (GB/T 2260, GB/T 10114)."""

    code: RegionText
    name: Name = Field(description="Official name of the division")
    valid_from: date = Field(description="First day on which code and name hold")
    valid_to: date | None = Field(
        default=None, description="First day on which they no longer hold; absent while they do"
    )
    successors: list[RegionText] = Field(
        default=[], description="Codes that took the place of this one; needs valid_to"
    )


class RecordRegions(BulkCommand):
    """Record division codes with their validity."""

    TYPE: ClassVar[str] = "registry.record_regions"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = RegionItem


class HouseholdItem(Item):
    """One household."""

    ref: Reference
    region: RegionText
    flags: list[HouseholdFlag] = Field(default=[], description="Marks of hardship or of make-up")
    registered_on: date = Field(description="Day of registration")


class RegisterHouseholds(BulkCommand):
    """Register households; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.register_households"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = HouseholdItem


class PersonItem(Item):
    """One person, with the personal data that only the registry keeps."""

    id_number: str = Field(
        min_length=1, max_length=40, description="Citizen number (GB 11643), 18 characters"
    )
    name: Name = Field(description="Full name; never leaves the registry but masked")
    region: RegionText = Field(description="Village or community where the person lives")
    household_ref: Reference | None = Field(
        default=None, description="The office's reference of a registered household"
    )
    phone: str | None = Field(default=None, max_length=40, description="Telephone number; stored sealed")
    bank_account: str | None = Field(
        default=None,
        max_length=40,
        description="Number of the account that subsidies are paid to; stored sealed",
    )
    registered_on: date = Field(description="Day of registration")


class RegisterPersons(BulkCommand):
    """Register persons; the citizen number makes a person unique."""

    TYPE: ClassVar[str] = "registry.register_persons"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = PersonItem


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


# Queries -----------------------------------------------------------------------------------------


class Identities(Reply):
    """Identifiers found, by what was asked for; what is unknown or outside the caller's region is absent."""

    found: dict[str, Identifier] = Field(description="Identifier by the text that was asked for")


class ResolvePersons(Query):
    """Find persons' identifiers by citizen number, through the blind index. Tells nothing else of them."""

    TYPE: ClassVar[str] = "registry.resolve_persons"
    REPLY: ClassVar[type[Reply]] = Identities

    id_numbers: list[str] = Field(
        min_length=1, max_length=1000, description="Citizen numbers (GB 11643), 18 characters each"
    )


class ResolveHouseholds(Query):
    """Find households' identifiers by the office's reference."""

    TYPE: ClassVar[str] = "registry.resolve_households"
    REPLY: ClassVar[type[Reply]] = Identities

    refs: list[Reference] = Field(min_length=1, max_length=1000, description="Their references")


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


class PersonView(Reply):
    """A person as the registry shows it: masked."""

    person_id: Identifier
    name: str = Field(description="Masked: the family name only")
    id_number: str = Field(description="Masked")
    phone: str | None = Field(description="Masked")
    bank_account: str | None = Field(description="Masked")
    sex: Sex = Field(description="As in the citizen number")
    birth_month: MonthText
    region: RegionText
    household_id: Identifier | None = Field(description="The person's household, where it is known")
    certificate: CertificateView | None = Field(
        description="The latest certificate; null for a person who never had one"
    )


class FindPerson(Query):
    """One person by identifier, masked."""

    TYPE: ClassVar[str] = "registry.find_person"
    REPLY: ClassVar[type[Reply]] = PersonView

    person_id: Identifier


class RevealedPerson(Reply):
    """The plain values of the fields asked for."""

    person_id: Identifier
    values: dict[str, str | None] = Field(description="Plain value by field; null where none is recorded")


class RevealPerson(Command):
    """Read sealed fields in plain. Writes an audit row with the purpose in the same transaction."""

    TYPE: ClassVar[str] = "registry.reveal_person"
    KEEP_REPLY: ClassVar[bool] = False
    REPLY: ClassVar[type[Reply]] = RevealedPerson

    person_id: Identifier
    fields: list[Literal["id_number", "phone", "bank_account"]] = Field(
        min_length=1, description="What to open"
    )
    purpose: str = Field(
        min_length=4,
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="Why it must be read; kept in the audit",
    )


EVENTS: tuple[type[Event], ...] = (
    RegionRecorded,
    HouseholdRegistered,
    PersonRegistered,
    CertificateIssued,
    CertificateRenewed,
    CertificateChanged,
    CrossProvinceServed,
    CertificateCancelled,
)
REQUESTS = (
    RecordRegions,
    RegisterHouseholds,
    RegisterPersons,
    RecordCertificateActs,
    ResolvePersons,
    ResolveHouseholds,
    FindPerson,
    RevealPerson,
)
