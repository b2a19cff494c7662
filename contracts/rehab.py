"""Messages of the rehab service: enrolments, services, home retrofits."""

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
    Reply,
)

Programme = DimensionKey
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
    basis: Basis
    mode: CareMode | None = None
    enrolled_on: date


class ServiceCompleted(Event):
    """One service of a programme was given in full to an enrolled person."""

    TYPE: ClassVar[str] = "rehab.service_completed.v1"
    DAY: ClassVar[str] = "completed_on"

    service_id: Identifier
    enrolment_id: Identifier
    person_id: Identifier
    programme: Programme
    item: DimensionKey
    basis: Basis
    free: bool
    completed_on: date


class RetrofitAccepted(Event):
    """Works in a household's home were accepted."""

    TYPE: ClassVar[str] = "rehab.retrofit_accepted.v1"
    SUBJECT: ClassVar[str] = "household_id"
    DAY: ClassVar[str] = "accepted_on"

    retrofit_id: Identifier
    household_id: Identifier
    batch: RetrofitBatch
    kind: RetrofitKind
    accepted_on: date


class EnrolmentItem(Item):
    ref: Reference
    programme: Programme
    person_id: Identifier
    basis: Basis = "certificate"
    mode: CareMode | None = None
    diagnosis_level: int | None = Field(default=None, ge=1, le=5, description="Severity level on the hospital's diagnosis")
    guardian_applied: bool = False
    provider: Name
    enrolled_on: date


class EnrolPersons(BulkCommand):
    """Take persons into programmes; eligibility is decided by the programme's dated rules."""

    TYPE: ClassVar[str] = "rehab.enrol_persons"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = EnrolmentItem


class ServiceItem(Item):
    ref: Reference
    programme: Programme
    person_id: Identifier
    item: DimensionKey
    free: bool = True
    completed_on: date


class RecordServices(BulkCommand):
    """Record services given to enrolled persons."""

    TYPE: ClassVar[str] = "rehab.record_services"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = ServiceItem


class RetrofitItem(Item):
    ref: Reference
    household_id: Identifier
    batch: RetrofitBatch
    kind: RetrofitKind = "barrier_free"
    contractor: Name
    accepted_on: date


class AcceptRetrofits(BulkCommand):
    """Record accepted home retrofits, one per household and kind."""

    TYPE: ClassVar[str] = "rehab.accept_retrofits"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = RetrofitItem


EVENTS: tuple[type[Event], ...] = (PersonEnrolled, ServiceCompleted, RetrofitAccepted)
REQUESTS = (EnrolPersons, RecordServices, AcceptRetrofits)
