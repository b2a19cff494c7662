"""Messages of the employment service: training needs, courses, trainees."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from contracts.collecting import messages_of
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
    Request,
)

CourseType = Literal["vocational", "practical"]


class TrainingNeedRegistered(Event):
    """A person of employment age asked for training (摸排)."""

    TYPE: ClassVar[str] = "employment.training_need_registered.v1"
    DAY: ClassVar[str] = "registered_on"

    need_id: Identifier
    person_id: Identifier
    type: CourseType = Field(description="Vocational (职业技能) or practical (实用技术) training")
    registered_on: date = Field(description="Day of registration")


class CourseOpened(Event):
    """A training course was opened."""

    TYPE: ClassVar[str] = "employment.course_opened.v1"
    SUBJECT: ClassVar[str] = "course_id"
    DAY: ClassVar[str] = "starts_on"

    course_id: Identifier
    type: CourseType = Field(description="Vocational (职业技能) or practical (实用技术) training")
    starts_on: date = Field(description="First day")
    ends_on: date = Field(description="Last day")


class TraineeEnrolled(Event):
    """A person was enrolled in a course."""

    TYPE: ClassVar[str] = "employment.trainee_enrolled.v1"
    DAY: ClassVar[str] = "enrolled_on"

    trainee_id: Identifier
    course_id: Identifier
    person_id: Identifier
    type: CourseType = Field(description="Type of the course")
    enrolled_on: date = Field(description="Day of enrolment")


class TrainingCompleted(Event):
    """A trainee completed the course."""

    TYPE: ClassVar[str] = "employment.training_completed.v1"
    DAY: ClassVar[str] = "completed_on"

    trainee_id: Identifier
    course_id: Identifier
    person_id: Identifier
    type: CourseType = Field(description="Type of the course")
    certified: bool = Field(description="Whether the trainee obtained a certificate of the training")
    completed_on: date = Field(description="Day of completion")


class TrainingNeedItem(Item):
    """One person's need of training."""

    ref: Reference
    person_id: Identifier
    type: CourseType = Field(description="Vocational (职业技能) or practical (实用技术) training")
    registered_on: date = Field(description="Day of registration; the person's age counts on it")


class RegisterTrainingNeeds(BulkCommand):
    """Register who needs training; employment age is a dated rule."""

    TYPE: ClassVar[str] = "employment.register_training_needs"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = TrainingNeedItem


class CourseItem(Item):
    """One course."""

    ref: Reference
    title: Name = Field(description="What the course is called")
    type: CourseType = Field(description="Vocational (职业技能) or practical (实用技术) training")
    region: RegionText = Field(description="Where the course is held")
    starts_on: date = Field(description="First day")
    ends_on: date = Field(description="Last day")
    capacity: int = Field(ge=1, le=10000, description="Most trainees")


class OpenCourses(BulkCommand):
    """Open training courses."""

    TYPE: ClassVar[str] = "employment.open_courses"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = CourseItem


class TraineeItem(Item):
    """One person to enrol in a course."""

    course_ref: Reference = Field(description="The office's reference of the course")
    person_id: Identifier
    enrolled_on: date = Field(description="Day of enrolment")


class EnrolTrainees(BulkCommand):
    """Enrol persons in courses, up to the course's capacity, once per course."""

    TYPE: ClassVar[str] = "employment.enrol_trainees"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = TraineeItem


class CompletionItem(Item):
    """One trainee who completed the course."""

    course_ref: Reference = Field(description="The office's reference of the course")
    person_id: Identifier
    certified: bool = Field(
        default=False, description="Whether the trainee obtained a certificate of the training"
    )
    completed_on: date = Field(description="Day of completion")


class CompleteTrainings(BulkCommand):
    """Record that trainees completed their courses."""

    TYPE: ClassVar[str] = "employment.complete_trainings"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = CompletionItem


EVENTS = messages_of(Event, globals())
REQUESTS = messages_of(Request, globals())
