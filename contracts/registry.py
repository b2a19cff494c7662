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

    name: Name
    valid_from: date
    valid_to: date | None = None
    successors: list[RegionText] = []


class HouseholdRegistered(Event):
    """A household entered the registry."""

    TYPE: ClassVar[str] = "registry.household_registered.v1"
    SUBJECT: ClassVar[str] = "household_id"
    DAY: ClassVar[str] = "registered_on"

    household_id: Identifier
    flags: list[HouseholdFlag]
    registered_on: date


class PersonRegistered(Event):
    """A person entered the registry, with or without a certificate. The birth month suffices for age rules."""

    TYPE: ClassVar[str] = "registry.person_registered.v1"
    DAY: ClassVar[str] = "registered_on"

    person_id: Identifier
    household_id: Identifier | None = None
    sex: Sex
    birth_month: MonthText
    registered_on: date


class CertificateEvent(Event):
    """What every act on a certificate tells. A home visit is a mode of an act, not an act."""

    DAY: ClassVar[str] = "acted_on"

    person_id: Identifier
    certificate_id: Identifier
    category: CategoryText
    grade: Grade
    mode: Mode
    acted_on: date
    expires_on: date


class CertificateIssued(CertificateEvent):
    """A first certificate (新办)."""

    TYPE: ClassVar[str] = "registry.certificate_issued.v1"


class CertificateRenewed(CertificateEvent):
    """A certificate renewed at expiry (到期换证); category and grade stay."""

    TYPE: ClassVar[str] = "registry.certificate_renewed.v1"


class CertificateChanged(CertificateEvent):
    """Category or grade changed (变更); carries both sides, so that a count can be moved."""

    TYPE: ClassVar[str] = "registry.certificate_changed.v1"

    previous_category: CategoryText
    previous_grade: Grade


class CrossProvinceServed(CertificateEvent):
    """A holder was served in or for another province (跨省通办)."""

    TYPE: ClassVar[str] = "registry.cross_province_served.v1"


class CertificateCancelled(CertificateEvent):
    """A certificate ended (注销): death, or the standard is no longer met."""

    TYPE: ClassVar[str] = "registry.certificate_cancelled.v1"

    reason: Literal["death", "standard_not_met", "moved_away", "withdrawn"]


# Commands ----------------------------------------------------------------------------------------


class RegionItem(Item):
    code: RegionText
    name: Name
    valid_from: date
    valid_to: date | None = None
    successors: list[RegionText] = []


class RecordRegions(BulkCommand):
    """Record division codes with their validity."""

    TYPE: ClassVar[str] = "registry.record_regions"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = RegionItem


class HouseholdItem(Item):
    ref: Reference
    region: RegionText
    flags: list[HouseholdFlag] = []
    registered_on: date


class RegisterHouseholds(BulkCommand):
    """Register households; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.register_households"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = HouseholdItem


class PersonItem(Item):
    id_number: str = Field(min_length=1, max_length=40, description="Citizen number (GB 11643), 18 characters")
    name: Name
    region: RegionText = Field(description="Village or community where the person lives")
    household_ref: Reference | None = None
    phone: str | None = Field(default=None, max_length=40)
    bank_account: str | None = Field(default=None, max_length=40)
    registered_on: date


class RegisterPersons(BulkCommand):
    """Register persons; the citizen number makes a person unique."""

    TYPE: ClassVar[str] = "registry.register_persons"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = PersonItem


class CertificateActItem(Item):
    ref: Reference
    person_id: Identifier
    action: Literal["new", "renewal", "change", "cross_province", "cancel"]
    mode: Mode = "office"
    certificate_number: str = Field(min_length=1, max_length=40, description="20 characters, or 22 after a re-issue")
    acted_on: date
    standard: Name = Field(default="GB/T 26341-2010", description="Standard the disability was rated under")
    reason: Literal["death", "standard_not_met", "moved_away", "withdrawn"] | None = Field(
        default=None, description="Why it was cancelled; required for cancel, absent otherwise"
    )


class RecordCertificateActs(BulkCommand):
    """Record acts on certificates in the order given; category and grade stand in the number (c.1)."""

    TYPE: ClassVar[str] = "registry.record_certificate_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = CertificateActItem


# Queries -----------------------------------------------------------------------------------------


class Identities(Reply):
    """Identifiers found, by what was asked for; what is unknown or outside the caller's region is absent."""

    found: dict[str, Identifier]


class ResolvePersons(Query):
    """Find persons' identifiers by citizen number, through the blind index. Tells nothing else of them."""

    TYPE: ClassVar[str] = "registry.resolve_persons"
    REPLY: ClassVar[type[Reply]] = Identities

    id_numbers: list[str] = Field(min_length=1, max_length=1000)


class ResolveHouseholds(Query):
    """Find households' identifiers by the office's reference."""

    TYPE: ClassVar[str] = "registry.resolve_households"
    REPLY: ClassVar[type[Reply]] = Identities

    refs: list[Reference] = Field(min_length=1, max_length=1000)


class CertificateView(Message):
    certificate_id: Identifier
    number: str = Field(description="Masked")
    category: CategoryText
    grade: Grade
    status: Literal["valid", "cancelled"]
    issued_on: date
    expires_on: date


class PersonView(Reply):
    """A person as the registry shows it: masked."""

    person_id: Identifier
    name: str = Field(description="Masked: the family name only")
    id_number: str = Field(description="Masked")
    phone: str | None = Field(description="Masked")
    bank_account: str | None = Field(description="Masked")
    sex: Sex
    birth_month: MonthText
    region: RegionText
    household_id: Identifier | None
    certificate: CertificateView | None


class FindPerson(Query):
    """One person by identifier, masked."""

    TYPE: ClassVar[str] = "registry.find_person"
    REPLY: ClassVar[type[Reply]] = PersonView

    person_id: Identifier


class RevealedPerson(Reply):
    """The plain values of the fields asked for."""

    person_id: Identifier
    values: dict[str, str | None]


class RevealPerson(Command):
    """Read sealed fields in plain. Writes an audit row with the purpose in the same transaction."""

    TYPE: ClassVar[str] = "registry.reveal_person"
    KEEP_REPLY: ClassVar[bool] = False
    REPLY: ClassVar[type[Reply]] = RevealedPerson

    person_id: Identifier
    fields: list[Literal["id_number", "phone", "bank_account"]] = Field(min_length=1)
    purpose: str = Field(min_length=4, max_length=200)


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
