"""Questions about the needs survey: rounds, tasks, how far each division is, and what its people need."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from contracts.message import DimensionKey, Identifier, Message, Query, Reference, RegionText, Reply
from contracts.registry.inquiries.surveys import SurveyResult, SurveyRoundState, SurveyTaskState


class SurveyRoundView(Message):
    """A round and where it stands."""

    round_id: Identifier
    ref: Reference
    region: RegionText
    year: int = Field(description="Year of the survey")
    opened_on: date = Field(description="Day of the opening")
    state: SurveyRoundState = Field(description="Where it stands")
    training_regions: list[RegionText] = Field(description="Divisions to be trained before it begins")
    trained: list[RegionText] = Field(description="Those that were")


class SurveyRoundPage(Reply):
    """Rounds in the order of their identifiers, which is about that of their recording."""

    rounds: list[SurveyRoundView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListSurveyRounds(Query):
    """Rounds of the caller's regions, page by page."""

    TYPE: ClassVar[str] = "registry.list_survey_rounds"
    REPLY: ClassVar[type[Reply]] = SurveyRoundPage

    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Rounds in a page")] = 100


class SurveyTaskView(Message):
    """A task and what was last entered."""

    task_id: Identifier
    ref: Reference
    round_id: Identifier
    person_id: Identifier
    region: RegionText
    assigned_on: date = Field(description="Day of the assignment")
    surveyor: Reference = Field(description="Account of the surveyor")
    state: SurveyTaskState = Field(description="Where it stands")
    visits: int = Field(description="How often the person was visited or called")
    result: SurveyResult | None = Field(description="What came of the last visit; null before the first")
    answers: dict[DimensionKey, DimensionKey] = Field(description="Answer by question; empty until answered")
    needs: list[DimensionKey] = Field(description="What the person needs")


class SurveyTaskPage(Reply):
    """Tasks in the order of their identifiers, which is about that of their recording."""

    tasks: list[SurveyTaskView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListSurveyTasks(Query):
    """Tasks of the caller's regions, page by page: a surveyor's own, who is to be revisited, for export."""

    TYPE: ClassVar[str] = "registry.list_survey_tasks"
    REPLY: ClassVar[type[Reply]] = SurveyTaskPage

    region: RegionText | None = Field(default=None, description="Only those of this division and below")
    round_id: Identifier | None = Field(default=None, description="Only those of this round")
    person_id: Identifier | None = Field(default=None, description="Only those of this person")
    surveyor: Reference | None = Field(default=None, description="Only those of this surveyor")
    states: list[SurveyTaskState] = Field(
        default=[], description="Only those in one of these states; empty: all"
    )
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Tasks in a page")] = 100


class SurveyProgress(Message):
    """How far a township is."""

    region: RegionText
    tasks: int = Field(description="Persons to ask")
    by_state: dict[SurveyTaskState, int] = Field(description="Those in each state; none where absent")
    by_need: dict[DimensionKey, int] = Field(description="Persons who answered, by what they need")


class SurveyProgressReport(Reply):
    """Township by township, within the caller's regions."""

    townships: list[SurveyProgress] = Field(description="In the order of their codes")


class ShowSurveyProgress(Query):
    """How far a round is, and what people need."""

    TYPE: ClassVar[str] = "registry.show_survey_progress"
    REPLY: ClassVar[type[Reply]] = SurveyProgressReport

    round_id: Identifier
