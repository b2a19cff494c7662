"""Archives (档案): the papers of a year are collected, sorted, and archived by a last day."""

from dataclasses import dataclass
from datetime import date

from kernel import ladder
from kernel.errors import Invalid
from kernel.ladder import Ladder, Standing
from kernel.rulebook import RuleView
from kernel.steps import Step
from services.registry.domain.record import check_listed
from services.registry.domain.span import months_later


@dataclass(frozen=True, slots=True)
class Act(ladder.Act):
    """One step. documents: how many papers, for sort; shelf: where they are kept, for archive."""

    documents: int | None = None
    shelf: str | None = None


@dataclass(frozen=True, slots=True)
class Archive(Standing):
    """Where an archive stands. due_on: last day for archiving."""

    due_on: date
    documents: int | None = None
    shelf: str | None = None


STEPS = Ladder[Archive](
    "registry.archive",
    {
        "sort": (Step(("collecting",), frozenset({"documents"})), "sorted"),
        "archive": (Step(("sorted",), frozenset({"shelf"})), "archived"),
    },
)


def opened(kind: str, year: int, day: date, rules: RuleView) -> Archive:
    """A new archive of a year. Raises what check_listed raises, Invalid("registry.archive_before_year")."""
    check_listed(rules, "archive.kinds", kind, "kind")
    if day.year < year:
        raise Invalid(
            "registry.archive_before_year", "The year has not begun on that day; check both.", field="year"
        )
    due_on = months_later(date(year, 12, 31), rules["archive.months_after_year"].integer)
    return Archive("collecting", day, due_on)


def check_document(opened_on: date, day: date) -> None:
    """Refuse a document added before collecting began. Raises Invalid("registry.before_archive")."""
    if day < opened_on:
        raise Invalid(
            "registry.before_archive", f"Collecting began on {opened_on}; check the day.", field="added_on"
        )
