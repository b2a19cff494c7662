"""Messages of the rehab service: enrolments, services, home retrofits."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.collecting import messages_of
from contracts.message import (
    BulkCommand,
    BulkReply,
    DimensionKey,
    Event,
    Identifier,
    Item,
    Name,
    Reference,
    Reply,
    Request,
)

Programme = Annotated[
    DimensionKey, Field(description="Key of a programme in the rehab service's dated rules")
]
CareMode = Literal["boarding", "day", "home"]
Basis = Literal["certificate", "diagnosis"]
RetrofitBatch = Literal["joint", "supplementary"]
RetrofitKind = Literal["barrier_free", "age_friendly"]


class PersonEnrolled(Event):
    """A person was taken into a programme; ``mode`` is set where the programme has modes (care)."""

    TYPE: ClassVar[str] = "rehab.person_enrolled.v1"
    DAY: ClassVar[str] = "enrolled_on"

    enrolment_id: Identifier
    person_id: Identifier
    programme: Programme
    basis: Basis = Field(description="Admitted by certificate, or by a hospital's diagnosis")
    mode: CareMode | None = Field(
        default=None, description="How care is given; null where the programme has no modes"
    )
    enrolled_on: date = Field(description="Day of enrolment")


class ServiceCompleted(Event):
    """One service of a programme was given in full to an enrolled person."""

    TYPE: ClassVar[str] = "rehab.service_completed.v1"
    DAY: ClassVar[str] = "completed_on"

    service_id: Identifier
    enrolment_id: Identifier
    person_id: Identifier
    programme: Programme
    item: DimensionKey = Field(description="What was given: an item of the programme's rules")
    basis: Basis = Field(description="Ground of the enrolment")
    free: bool = Field(description="Whether the person paid nothing")
    completed_on: date = Field(description="Day of completion")


class RetrofitAccepted(Event):
    """Works in a household's home were accepted."""

    TYPE: ClassVar[str] = "rehab.retrofit_accepted.v1"
    SUBJECT: ClassVar[str] = "household_id"
    DAY: ClassVar[str] = "accepted_on"

    retrofit_id: Identifier
    household_id: Identifier
    batch: RetrofitBatch = Field(
        description="Of the joint programme (with other departments), or supplementary"
    )
    kind: RetrofitKind = Field(description="Barrier-free (无障碍) or age-friendly (适老化) works")
    accepted_on: date = Field(description="Day of acceptance (验收)")


class EnrolmentItem(Item):
    """One enrolment."""

    ref: Reference
    programme: Programme
    person_id: Identifier
    basis: Basis = Field(
        default="certificate",
        description="Admitted by certificate, or by a hospital's diagnosis where the programme allows it",
    )
    mode: CareMode | None = Field(
        default=None,
        description="How care is given; required where the programme has modes, absent otherwise",
    )
    diagnosis_level: int | None = Field(
        default=None, ge=1, le=5, description="Severity level on the hospital's diagnosis"
    )
    guardian_applied: bool = Field(
        default=False, description="Whether the guardian applied, where the programme asks for that"
    )
    provider: Name = Field(description="Institution that gives the service")
    enrolled_on: date = Field(description="Day of enrolment; decides which rules apply")


class EnrolPersons(BulkCommand):
    """Take persons into programmes; eligibility is decided by the programme's dated rules."""

    TYPE: ClassVar[str] = "rehab.enrol_persons"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = EnrolmentItem


class ServiceItem(Item):
    """One service given in full to a person who is enrolled in the programme that year."""

    ref: Reference
    programme: Programme
    person_id: Identifier
    item: DimensionKey = Field(description="What was given: an item of the programme's rules")
    free: bool = Field(default=True, description="Whether the person paid nothing")
    completed_on: date = Field(description="Day of completion")


class RecordServices(BulkCommand):
    """Record services given to enrolled persons."""

    TYPE: ClassVar[str] = "rehab.record_services"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = ServiceItem


class RetrofitItem(Item):
    """One home whose works were accepted."""

    ref: Reference
    household_id: Identifier
    batch: RetrofitBatch = Field(
        description="Of the joint programme (with other departments), or supplementary"
    )
    kind: RetrofitKind = Field(
        default="barrier_free", description="Barrier-free (无障碍) or age-friendly (适老化) works"
    )
    contractor: Name = Field(description="Who did the works")
    accepted_on: date = Field(description="Day of acceptance (验收)")


class AcceptRetrofits(BulkCommand):
    """Record accepted home retrofits, one per household and kind."""

    TYPE: ClassVar[str] = "rehab.accept_retrofits"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = RetrofitItem


EVENTS = messages_of(Event, globals())
REQUESTS = messages_of(Request, globals())
