"""Messages of construction projects (建设项目): approval with its money, milestones, payments, acceptance."""

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
    MoneyText,
    Name,
    Reference,
    RegionText,
    Reply,
)
from contracts.registry.network.records import Listing, Page, StepItem, Word, Yuan

ProjectState = Literal[
    "proposed", "approved", "tendered", "started", "structure_done", "accepted", "abandoned"
]
Milestone = Literal["tendered", "started", "structure_done", "accepted"]


# Events ------------------------------------------------------------------------------------------


class ProjectEvent(Event):
    """What every event of a project tells."""

    SUBJECT: ClassVar[str] = "project_id"
    DAY: ClassVar[str] = "acted_on"

    project_id: Identifier
    facility_kind: Word = Field(description="Kind of facility that is built, as the rules name it")


class ProjectProposed(ProjectEvent):
    """A project was proposed."""

    TYPE: ClassVar[str] = "registry.project_proposed.v1"
    DAY: ClassVar[str] = "proposed_on"

    proposed_on: date = Field(description="Day of the proposal")


class ProjectApproved(ProjectEvent):
    """A project was approved (立项、获批)."""

    TYPE: ClassVar[str] = "registry.project_approved.v1"

    acted_on: date = Field(description="Day of the approval")
    amount: MoneyText = Field(description="Yuan approved")
    expected_output: MoneyText = Field(description="Yuan that it is expected to earn a year; 0.00 for none")


class ProjectAdjusted(ProjectEvent):
    """The money approved for a project was changed."""

    TYPE: ClassVar[str] = "registry.project_adjusted.v1"

    acted_on: date = Field(description="Day of the change")
    amount: MoneyText = Field(description="Yuan approved more; negative for less")


class ProjectAdvanced(ProjectEvent):
    """A project reached a milestone."""

    TYPE: ClassVar[str] = "registry.project_advanced.v1"

    acted_on: date = Field(description="Day on which it did")
    milestone: Milestone = Field(description="Tendered, started, main structure done, completed and accepted")
    late: bool = Field(description="Whether the day expected for the completion was over")


class ProjectPaid(ProjectEvent):
    """Money was paid for a project, or came back."""

    TYPE: ClassVar[str] = "registry.project_paid.v1"

    acted_on: date = Field(description="Day of the payment")
    amount: MoneyText = Field(description="Yuan paid; negative where money came back")


class ProjectAbandoned(ProjectEvent):
    """A project was given up before its acceptance."""

    TYPE: ClassVar[str] = "registry.project_abandoned.v1"

    acted_on: date = Field(description="Day of the decision")


# Commands ----------------------------------------------------------------------------------------


class ProjectItem(Item):
    """One construction project."""

    ref: Reference
    project: Name = Field(description="What it is called")
    facility_kind: Word = Field(description="Kind of facility to be built, as rule facility.kinds lists it")
    region: RegionText = Field(description="Division where it is built")
    proposed_on: date = Field(description="Day of the proposal")
    expected_on: date | None = Field(default=None, description="Day by which it is expected to be accepted")
    serves: Name | None = Field(default=None, description="Divisions that it is to serve, as its papers say")


class RecordProjects(BulkCommand):
    """Record projects; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.record_projects"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = ProjectItem


class ProjectActItem(StepItem):
    """One step of a project. No milestone can be left out."""

    project_ref: Reference = Field(description="Reference of the project")
    action: Literal[
        "approve", "adjust", "tender", "start", "finish_structure", "accept", "pay", "take_back", "abandon"
    ] = Field(
        description="What was done: 立项获批, 调整概算, 招标, 开工, 主体完工, 竣工验收, 付款, 退款, 终止"
    )
    amount: Yuan | None = Field(
        default=None,
        description="Yuan: approved, approved in all from now on (adjust), paid (pay), come back (take_back)",
    )
    expected_output: Yuan | None = Field(
        default=None, description="Yuan that it is expected to earn a year; for approve, if known"
    )


class RecordProjectActs(BulkCommand):
    """Record steps of projects, in the order given."""

    TYPE: ClassVar[str] = "registry.record_project_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = ProjectActItem


# Queries -----------------------------------------------------------------------------------------


class ProjectView(Message):
    """A project as the registry shows it."""

    project_id: Identifier
    ref: Reference
    project: Name
    facility_kind: Word = Field(description="Kind of facility that is built")
    region: RegionText
    proposed_on: date = Field(description="Day of the proposal")
    expected_on: date | None = Field(description="Day by which it is expected to be accepted")
    serves: Name | None = Field(description="Divisions that it is to serve, as its papers say")
    state: ProjectState = Field(description="The last milestone")
    last_act_on: date = Field(description="Day of its last step")
    approved: MoneyText = Field(description="Yuan approved; 0.00 before the approval")
    paid: MoneyText = Field(description="Yuan paid, less what came back")


class ProjectPage(Page):
    """A page of projects."""

    projects: list[ProjectView] = Field(description="At most as many as asked for")


class ListProjects(Listing):
    """Projects of the caller's regions, page by page; also those that are late."""

    TYPE: ClassVar[str] = "registry.list_projects"
    REPLY: ClassVar[type[Reply]] = ProjectPage

    facility_kind: Word | None = Field(default=None, description="Only those that build this")
    states: list[ProjectState] = Field(default=[], description="Only those in these states; empty: all")
    due_before: date | None = Field(
        default=None, description="Only open ones that were expected to be accepted before this day"
    )
