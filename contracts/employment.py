"""Messages of the employment service: training needs, courses, trainees."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    Event,
    Identifier,
    Item,
    Name,
    Reference,
    RegionText,
    Reply,
)

CourseType = Literal["vocational", "practical"]


class TrainingNeedRegistered(Event):
    """A person of employment age asked for training (摸排)."""

    TYPE: ClassVar[str] = "employment.training_need_registered.v1"
    DAY: ClassVar[str] = "registered_on"

    need_id: Identifier
    person_id: Identifier
    type: CourseType
    registered_on: date


class CourseOpened(Event):
    """A training course was opened."""

    TYPE: ClassVar[str] = "employment.course_opened.v1"
    SUBJECT: ClassVar[str] = "course_id"
    DAY: ClassVar[str] = "starts_on"

    course_id: Identifier
    type: CourseType
    starts_on: date
    ends_on: date


class TraineeEnrolled(Event):
    """A person was enrolled in a course."""

    TYPE: ClassVar[str] = "employment.trainee_enrolled.v1"
    DAY: ClassVar[str] = "enrolled_on"

    trainee_id: Identifier
    course_id: Identifier
    person_id: Identifier
    type: CourseType
    enrolled_on: date


class TrainingCompleted(Event):
    """A trainee completed the course."""

    TYPE: ClassVar[str] = "employment.training_completed.v1"
    DAY: ClassVar[str] = "completed_on"

    trainee_id: Identifier
    course_id: Identifier
    person_id: Identifier
    type: CourseType
    certified: bool
    completed_on: date


class TrainingNeedItem(Item):
    ref: Reference
    person_id: Identifier
    type: CourseType
    registered_on: date


class RegisterTrainingNeeds(BulkCommand):
    """Register who needs training; employment age is a dated rule."""

    TYPE: ClassVar[str] = "employment.register_training_needs"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = TrainingNeedItem


class CourseItem(Item):
    ref: Reference
    title: Name
    type: CourseType
    region: RegionText
    starts_on: date
    ends_on: date
    capacity: int = Field(ge=1, le=10000)


class OpenCourses(BulkCommand):
    TYPE: ClassVar[str] = "employment.open_courses"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = CourseItem


class TraineeItem(Item):
    course_ref: Reference
    person_id: Identifier
    enrolled_on: date


class EnrolTrainees(BulkCommand):
    """Enrol persons in courses, up to the course's capacity, once per course."""

    TYPE: ClassVar[str] = "employment.enrol_trainees"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = TraineeItem


class CompletionItem(Item):
    course_ref: Reference
    person_id: Identifier
    certified: bool = False
    completed_on: date


class CompleteTrainings(BulkCommand):
    """Record that trainees completed their courses."""

    TYPE: ClassVar[str] = "employment.complete_trainings"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = CompletionItem


EVENTS: tuple[type[Event], ...] = (TrainingNeedRegistered, CourseOpened, TraineeEnrolled, TrainingCompleted)
REQUESTS = (RegisterTrainingNeeds, OpenCourses, EnrolTrainees, CompleteTrainings)
