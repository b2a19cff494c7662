"""Questions about applications for certificates, and who an applicant at any window is."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.message import Command, Identifier, Message, Query, Reference, RegionText, Reply
from contracts.registry.applications import (
    ApplicationChannel,
    ApplicationClock,
    ApplicationKind,
    Ground,
)
from contracts.registry.certificates import CategoryText, Grade, Mode
from contracts.registry.guardians import ActedBy, AgentKind, GuardianRef

ApplicationState = Literal[
    "applied",
    "accepted",
    "declined",
    "assessed",
    "posted",
    "disputed",
    "approved",
    "rejected",
    "forwarded",
    "issued",
    "told",
    "withdrawn",
]


class ApplicationView(Message):
    """An application as it stands."""

    application_id: Identifier
    ref: Reference
    person_id: Identifier
    kind: ApplicationKind = Field(description="What is applied for")
    channel: ApplicationChannel = Field(description="How it came")
    mode: Mode = Field(description="Whether it was taken at the office or at the applicant's home")
    ground: Ground | None = Field(description="Why somebody is reassessed; null for other kinds")
    region: RegionText
    desk: RegionText = Field(description="Division whose turn it is")
    applied_on: date = Field(description="Day of the application")
    state: ApplicationState = Field(description="Where it stands")
    last_act_on: date = Field(description="Day of its last step")
    due_on: date | None = Field(description="Last day of the clock that runs; null when none does")
    assessed_on: date | None = Field(description="Day of the last assessment")
    standard: str | None = Field(description="Standard of the last assessment")
    category: CategoryText | None = Field(description="Category found by it")
    grade: Grade | None = Field(description="Grade found by it")
    posted_until: date | None = Field(description="Last day of the notice")
    dispute_until: date | None = Field(description="Last day on which the result may be disputed")
    level: str | None = Field(description="Who reassessed last, or is to; null without a dispute")
    acted_by: ActedBy
    guardian_ref: GuardianRef
    agent_kind: AgentKind


class ApplicationPage(Reply):
    """Applications in the order of their identifiers, which is about that of their recording."""

    applications: list[ApplicationView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListApplications(Query):
    """Applications of the caller's regions, by home or window, page by page: for export, or what is late."""

    TYPE: ClassVar[str] = "registry.list_applications"
    REPLY: ClassVar[type[Reply]] = ApplicationPage

    person_id: Identifier | None = Field(default=None, description="Only those of this person")
    kinds: list[ApplicationKind] = Field(default=[], description="Only these kinds; empty: all")
    channels: list[ApplicationChannel] = Field(default=[], description="Only these channels; empty: all")
    states: list[ApplicationState] = Field(default=[], description="Only in one of these states; empty: all")
    desk: RegionText | None = Field(
        default=None, description="Only those whose turn is of this division or below"
    )
    due_before: date | None = Field(
        default=None, description="Only those whose clock runs out before this day: with today, the overdue"
    )
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Applications in a page")] = 100


class ApplicationLight(Message):
    """The running clocks of one kind at one desk."""

    desk: RegionText = Field(description="Division whose turn it is")
    clock: ApplicationClock = Field(description="Which clock")
    running: int = Field(description="Applications that wait for this desk")
    yellow: int = Field(description="Of these, those whose last day is near: the yellow light")
    red: int = Field(description="Of these, those whose last day is over: the red light")


class ApplicationLights(Reply):
    """What each desk has to do, the most overdue first."""

    lights: list[ApplicationLight] = Field(description="Desks with running clocks")


class ShowApplicationLights(Query):
    """Yellow and red lights by desk and clock (黄灯、红灯)."""

    TYPE: ClassVar[str] = "registry.show_application_lights"
    REPLY: ClassVar[type[Reply]] = ApplicationLights

    day: date = Field(description="The day to judge by")


class Applicant(Reply):
    """Who stands at the window."""

    person_id: Identifier


class IdentifyApplicant(Command):
    """Find a person of any division of the office by the citizen number they show at a window. Audited."""

    TYPE: ClassVar[str] = "registry.identify_applicant"
    KEEP_REPLY: ClassVar[bool] = False
    REPLY: ClassVar[type[Reply]] = Applicant

    id_number: str = Field(min_length=1, max_length=40, description="Citizen number (GB 11643)")
    window: RegionText = Field(description="Division of the window")
