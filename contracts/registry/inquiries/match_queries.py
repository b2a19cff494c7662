"""Questions about matching: runs, findings to verify, and how many persons of which kind."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.message import DimensionKey, Identifier, Message, Query, Reference, RegionText, Reply
from contracts.registry.certificates import CategoryText, Grade
from contracts.registry.inquiries.matching import (
    MatchFindingOutcome,
    MatchFindingResult,
    MatchFindingState,
    Proposal,
)


class MatchRunView(Message):
    """A run and how it ended."""

    run_id: Identifier
    ref: Reference
    region: RegionText
    matched_on: date = Field(description="Day whose rules and ages count")
    checks: list[DimensionKey] = Field(description="Checks made")
    list_ids: list[Identifier] = Field(description="Lists compared with")
    round_id: Identifier | None = Field(description="Round of the survey whose needs count; null without")
    state: Literal["running", "completed"] = Field(description="Whether everybody was compared")
    persons: int = Field(description="Certified persons compared so far")
    findings: int = Field(description="Findings raised so far")


class MatchRunPage(Reply):
    """Runs in the order of their identifiers, which is about that of their recording."""

    runs: list[MatchRunView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListMatchRuns(Query):
    """Runs of the caller's regions, page by page."""

    TYPE: ClassVar[str] = "registry.list_match_runs"
    REPLY: ClassVar[type[Reply]] = MatchRunPage

    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Runs in a page")] = 100


class MatchFindingView(Message):
    """A finding as the registry shows it: whom, and what to look for."""

    finding_id: Identifier
    ref: Reference
    run_id: Identifier
    person_id: Identifier
    region: RegionText
    check: DimensionKey = Field(description="Check that raised it")
    proposes: Proposal = Field(description="What a person in charge may have to do")
    category: CategoryText = Field(description="Category of disability on the day of the match")
    grade: Grade = Field(description="Grade on that day, 1 (most severe) to 4")
    raised_on: date = Field(description="Day of the match")
    as_of: date = Field(description="Day whose state the lists tell")
    day: date | None = Field(description="Day that the list tells: of death, of a move")
    to_region: RegionText | None = Field(description="Division that the list says the person moved to")
    state: MatchFindingState = Field(description="Where it stands")
    officer: Reference | None = Field(description="Account of who is in charge; null when nobody is")
    due_on: date | None = Field(description="Last day for what is to be done; null when nothing is")
    outcome: MatchFindingOutcome | None = Field(description="What was found; null until it is verified")
    result: MatchFindingResult | None = Field(description="What came of it; null until it is closed")


class MatchFindingPage(Reply):
    """Findings in the order of their identifiers, which is about that of their raising."""

    findings: list[MatchFindingView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListMatchFindings(Query):
    """Findings of the caller's regions, page by page: to export, to verify, or what is late."""

    TYPE: ClassVar[str] = "registry.list_match_findings"
    REPLY: ClassVar[type[Reply]] = MatchFindingPage

    region: RegionText | None = Field(default=None, description="Only those of this division and below")
    run_id: Identifier | None = Field(default=None, description="Only those of this run")
    person_id: Identifier | None = Field(default=None, description="Only those of this person")
    check: DimensionKey | None = Field(default=None, description="Only those of this check")
    officer: Reference | None = Field(default=None, description="Only those in charge of this account")
    states: list[MatchFindingState] = Field(
        default=[], description="Only those in one of these states; empty: all"
    )
    due_before: date | None = Field(
        default=None, description="Only open ones whose last day is before this day"
    )
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Findings in a page")] = 100


class MatchCount(Message):
    """How many persons of one kind. region, category, grade: null when not asked by."""

    about: Literal["listed", "selected", "suspected"] = Field(
        description="listed: stand on a list of the kind; selected: a check is about them; suspected: not as "
        "the check expects"
    )
    name: DimensionKey = Field(description="Kind of list, or check")
    region: RegionText | None = Field(description="Township, or higher where no township is known")
    category: CategoryText | None = Field(description="Category of disability")
    grade: Grade | None = Field(description="1 (most severe) to 4")
    persons: int = Field(description="How many")


class MatchCounts(Reply):
    """The counts of a run, within the caller's regions."""

    counts: list[MatchCount] = Field(description="Only those above zero")


class ShowMatchCounts(Query):
    """How the persons of a run are distributed, by township, category and grade as asked."""

    TYPE: ClassVar[str] = "registry.show_match_counts"
    REPLY: ClassVar[type[Reply]] = MatchCounts

    run_id: Identifier
    by: list[Literal["region", "category", "grade"]] = Field(
        default=[], description="What to tell apart; empty: the whole"
    )
