"""Messages of the training of staff and commissioners (队伍培训): courses, attendance, certificates."""

from datetime import date
from typing import Annotated, ClassVar, Literal

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
from contracts.registry.network.organisations import OrganisationKind
from contracts.registry.network.records import Level, Listing, Page, StepItem, Word

StaffTrainingState = Literal["planned", "held", "cancelled"]
AttendanceState = Literal["attended", "certified"]
Sessions = Annotated[int, Field(ge=1, le=1000)]


# Events ------------------------------------------------------------------------------------------


class StaffTrainingEvent(Event):
    """What every event of a training of staff tells."""

    SUBJECT: ClassVar[str] = "staff_training_id"
    DAY: ClassVar[str] = "acted_on"

    staff_training_id: Identifier
    kind: Word = Field(description="What is taught, as the rules name it")
    organised_by: Level = Field(description="Level of the federation that holds it")


class StaffTrainingPlanned(StaffTrainingEvent):
    """A training was planned."""

    TYPE: ClassVar[str] = "registry.staff_training_planned.v1"
    DAY: ClassVar[str] = "planned_on"

    planned_on: date = Field(description="Day of the plan")


class StaffTrainingHeld(StaffTrainingEvent):
    """A training was held to its end."""

    TYPE: ClassVar[str] = "registry.staff_training_held.v1"

    acted_on: date = Field(description="Its last day")
    sessions: Sessions = Field(description="How many times they met")


class StaffTrainingCancelled(StaffTrainingEvent):
    """A training that was planned is not held."""

    TYPE: ClassVar[str] = "registry.staff_training_cancelled.v1"

    acted_on: date = Field(description="Day of the decision")


class AttendanceEvent(Event):
    """What every event of an attendance tells. It counts where the holder of the post works."""

    SUBJECT: ClassVar[str] = "training_attendance_id"
    DAY: ClassVar[str] = "acted_on"

    training_attendance_id: Identifier
    staff_training_id: Identifier
    appointment_id: Identifier
    post: Word = Field(description="The post of who attended")
    organisation_kind: OrganisationKind = Field(description="Where that post is")
    level: Level = Field(description="Level of its division")
    kind: Word = Field(description="What was taught")
    organised_by: Level = Field(description="Level of the federation that held it")


class TrainingAttended(AttendanceEvent):
    """The holder of a post attended a training that was held."""

    TYPE: ClassVar[str] = "registry.training_attended.v1"
    DAY: ClassVar[str] = "attended_on"

    attended_on: date = Field(description="Last day of the attendance")


class TrainingCertified(AttendanceEvent):
    """Who attended got a certificate."""

    TYPE: ClassVar[str] = "registry.training_certified.v1"

    acted_on: date = Field(description="Day of the certificate")


# Commands ----------------------------------------------------------------------------------------


class StaffTrainingItem(Item):
    """One training of staff or commissioners."""

    ref: Reference
    training: Name = Field(description="What it is called")
    kind: Word = Field(description="What is taught, as rule staff_training.kinds lists it")
    organised_by: Level = Field(description="Level of the federation that holds it: 省、市、县、乡镇、村级")
    region: RegionText = Field(description="Division where it counts")
    planned_on: date = Field(description="Day of the plan")


class RecordStaffTrainings(BulkCommand):
    """Record trainings of staff; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.record_staff_trainings"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = StaffTrainingItem


class StaffTrainingActItem(StepItem):
    """One step of a training."""

    staff_training_ref: Reference = Field(description="Reference of the training")
    action: Literal["hold", "cancel"] = Field(description="What was done: 举办, 取消")
    sessions: Sessions | None = Field(default=None, description="How many times they met; for hold")


class RecordStaffTrainingActs(BulkCommand):
    """Record steps of trainings."""

    TYPE: ClassVar[str] = "registry.record_staff_training_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = StaffTrainingActItem


class TrainingAttendanceItem(Item):
    """One holder of a post at one training, once."""

    ref: Reference
    staff_training_ref: Reference = Field(description="Reference of the training; it was held")
    appointment_ref: Reference = Field(description="Reference of the appointment of who attended")
    attended_on: date = Field(description="Last day of the attendance")


class RecordTrainingAttendances(BulkCommand):
    """Record who attended; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.record_training_attendances"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = TrainingAttendanceItem


class TrainingAttendanceActItem(StepItem):
    """The certificate for an attendance."""

    training_attendance_ref: Reference = Field(description="Reference of the attendance")
    action: Literal["certify"] = Field(description="What was done: 发证")


class RecordTrainingAttendanceActs(BulkCommand):
    """Record certificates for attendances."""

    TYPE: ClassVar[str] = "registry.record_training_attendance_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = TrainingAttendanceActItem


# Queries -----------------------------------------------------------------------------------------


class StaffTrainingView(Message):
    """A training as the registry shows it."""

    staff_training_id: Identifier
    ref: Reference
    training: Name
    kind: Word = Field(description="What is taught")
    organised_by: Level = Field(description="Level of the federation that holds it")
    region: RegionText
    planned_on: date = Field(description="Day of the plan")
    state: StaffTrainingState = Field(description="Planned, held, or cancelled")
    last_act_on: date = Field(description="Day of its last step")
    sessions: Sessions | None = Field(description="How many times they met; null until it was held")


class StaffTrainingPage(Page):
    """A page of trainings."""

    trainings: list[StaffTrainingView] = Field(description="At most as many as asked for")


class ListStaffTrainings(Listing):
    """Trainings of staff of the caller's regions, page by page."""

    TYPE: ClassVar[str] = "registry.list_staff_trainings"
    REPLY: ClassVar[type[Reply]] = StaffTrainingPage

    kind: Word | None = Field(default=None, description="Only those that teach this")
    states: list[StaffTrainingState] = Field(default=[], description="Only those in these states; empty: all")


class TrainingAttendanceView(Message):
    """An attendance as the registry shows it."""

    training_attendance_id: Identifier
    ref: Reference
    staff_training_id: Identifier
    appointment_id: Identifier
    region: RegionText
    post: Word = Field(description="The post of who attended")
    attended_on: date = Field(description="Last day of the attendance")
    state: AttendanceState = Field(description="Attended, or certified")


class TrainingAttendancePage(Page):
    """A page of attendances."""

    attendances: list[TrainingAttendanceView] = Field(description="At most as many as asked for")


class ListTrainingAttendances(Listing):
    """Attendances of the caller's regions, page by page."""

    TYPE: ClassVar[str] = "registry.list_training_attendances"
    REPLY: ClassVar[type[Reply]] = TrainingAttendancePage

    staff_training_id: Identifier | None = Field(default=None, description="Only those of this training")
    appointment_id: Identifier | None = Field(default=None, description="Only those of this appointment")
    states: list[AttendanceState] = Field(default=[], description="Only those in these states; empty: all")
