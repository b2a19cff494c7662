"""Messages of the needs survey (基本服务状况和需求动态更新): rounds, training, tasks of surveyors, visits.

What a person answered stays in the registry; events carry how it was asked and the codes of needs.
"""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    DimensionKey,
    Event,
    Identifier,
    Item,
    Message,
    Reference,
    RegionText,
    Reply,
)

SurveyRoundAction = Literal["train", "begin", "check", "close"]
SurveyRoundState = Literal["opened", "surveying", "checking", "closed"]
SurveyTaskAction = Literal["visit", "correct", "reassign"]
SurveyTaskState = Literal["to_visit", "to_revisit", "answered", "gone"]
SurveyMethod = Literal["home", "phone"]
SurveyResult = Literal["answered", "refused", "absent", "moved", "deceased"]
_Code = Annotated[DimensionKey, Field(max_length=40)]


class SurveyNeed(Message):
    """One need of a person."""

    need: _Code = Field(description="What is needed, as rule survey.needs names it")


# Events ------------------------------------------------------------------------------------------


class SurveyRoundEvent(Event):
    """What every event of a round tells."""

    SUBJECT: ClassVar[str] = "round_id"
    DAY: ClassVar[str] = "acted_on"

    round_id: Identifier
    year: int = Field(ge=1980, le=2200, description="Year of the survey")


class SurveyRoundOpened(SurveyRoundEvent):
    """A round of the survey was opened; its questions are those of the day."""

    TYPE: ClassVar[str] = "registry.survey_round_opened.v1"
    DAY: ClassVar[str] = "opened_on"

    opened_on: date = Field(description="Day of the opening")


class SurveyTrainingHeld(SurveyRoundEvent):
    """The surveyors of a division, which is the event's region, were trained."""

    TYPE: ClassVar[str] = "registry.survey_training_held.v1"

    acted_on: date = Field(description="Day on which the training was completed")
    persons: int = Field(ge=1, description="How many were trained")


class SurveyBegun(SurveyRoundEvent):
    """All divisions are trained, and surveyors set out."""

    TYPE: ClassVar[str] = "registry.survey_begun.v1"

    acted_on: date = Field(description="First day of the visits")


class SurveyChecked(SurveyRoundEvent):
    """The visits are over; entries are checked, and nothing but corrections is taken."""

    TYPE: ClassVar[str] = "registry.survey_checked.v1"

    acted_on: date = Field(description="Day from which entries are checked")


class SurveyClosed(SurveyRoundEvent):
    """A round is closed: its entries are frozen."""

    TYPE: ClassVar[str] = "registry.survey_closed.v1"

    acted_on: date = Field(description="Day of the closing")


class SurveyTaskEvent(Event):
    """What every event of a surveyor's task tells."""

    SUBJECT: ClassVar[str] = "task_id"
    DAY: ClassVar[str] = "acted_on"

    task_id: Identifier
    round_id: Identifier
    person_id: Identifier


class SurveyTaskAssigned(SurveyTaskEvent):
    """A person is to be asked by a surveyor."""

    TYPE: ClassVar[str] = "registry.survey_task_assigned.v1"
    DAY: ClassVar[str] = "assigned_on"

    assigned_on: date = Field(description="Day of the assignment")


class SurveyTaskReassigned(SurveyTaskEvent):
    """Another surveyor took over."""

    TYPE: ClassVar[str] = "registry.survey_task_reassigned.v1"

    acted_on: date = Field(description="Day of the hand-over")


class PersonSurveyed(SurveyTaskEvent):
    """A person was visited or called, whatever came of it."""

    TYPE: ClassVar[str] = "registry.person_surveyed.v1"

    acted_on: date = Field(description="Day of the visit or call")
    method: SurveyMethod = Field(description="At home (入户) or by telephone (电话)")
    result: SurveyResult = Field(description="What came of it")
    revisit: bool = Field(description="Whether the person was visited or called before")
    needs: list[SurveyNeed] = Field(description="What the person needs; empty unless answered")


class SurveyCorrected(SurveyTaskEvent):
    """A checked entry was corrected."""

    TYPE: ClassVar[str] = "registry.survey_corrected.v1"

    acted_on: date = Field(description="Day of the correction")
    added: list[SurveyNeed] = Field(description="Needs that were missing")
    withdrawn: list[SurveyNeed] = Field(description="Needs that were wrong")


# Commands ----------------------------------------------------------------------------------------


class SurveyRoundItem(Item):
    """One round. Its questions and needs are those that the rules list on the day of its opening."""

    ref: Reference
    region: RegionText = Field(description="Division that is surveyed")
    year: int = Field(ge=1980, le=2200, description="Year of the survey")
    opened_on: date = Field(description="Day of the opening; decides the questions")
    training_regions: list[RegionText] = Field(
        min_length=1,
        max_length=300,
        description="Divisions to be trained before the visits begin",
    )


class OpenSurveyRounds(BulkCommand):
    """Open rounds; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.open_survey_rounds"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = SurveyRoundItem


class SurveyRoundActItem(Item):
    """One step of a round."""

    ref: Reference
    survey_round_ref: Reference = Field(description="Reference of the round")
    action: SurveyRoundAction = Field(description="What was done: 培训, 开始入户, 转入核查, 结束")
    acted_on: date = Field(description="Day of the step")
    trained: RegionText | None = Field(default=None, description="Division that was trained; for train")
    persons: int | None = Field(
        default=None, ge=1, le=1_000_000, description="How many were trained; for train"
    )


class RecordSurveyRoundActs(BulkCommand):
    """Record steps of rounds, in the order given."""

    TYPE: ClassVar[str] = "registry.record_survey_round_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = SurveyRoundActItem


class SurveyTaskItem(Item):
    """One person to ask in a round."""

    ref: Reference
    survey_round_ref: Reference = Field(description="Reference of the round")
    person_id: Identifier
    surveyor: Reference = Field(description="Account of the surveyor")
    assigned_on: date = Field(description="Day of the assignment")


class AssignSurveyTasks(BulkCommand):
    """Assign persons to surveyors; a person is asked once in a round."""

    TYPE: ClassVar[str] = "registry.assign_survey_tasks"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = SurveyTaskItem


class SurveyTaskActItem(Item):
    """One visit, call, correction or hand-over. A correction tells the whole entry as it should be."""

    ref: Reference
    survey_task_ref: Reference = Field(description="Reference of the task")
    action: SurveyTaskAction = Field(description="What was done: 调查, 更正, 改派")
    acted_on: date = Field(description="Day of the step")
    method: SurveyMethod | None = Field(default=None, description="How the person was asked; for visit")
    result: SurveyResult | None = Field(default=None, description="What came of it; for visit")
    answers: dict[_Code, _Code] | None = Field(
        default=None, max_length=200, description="Answer by question; for correct, and visit with answers"
    )
    needs: list[_Code] = Field(default=[], max_length=40, description="What the person needs")
    surveyor: Reference | None = Field(default=None, description="Account of the surveyor; for reassign")


class RecordSurveyTaskActs(BulkCommand):
    """Record visits, corrections and hand-overs, in the order given."""

    TYPE: ClassVar[str] = "registry.record_survey_task_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = SurveyTaskActItem
