"""The list of faults is whole, and docs/chaos.md tells it as it is."""

from pathlib import Path

from tests.chaos.catalogue import FAULTS, MUTANT_RUNS
from tests.chaos.mutants import MUTANTS

PAGE = Path(__file__).parents[2] / "docs" / "chaos.md"


def told(part: str) -> list[list[str]]:
    """The rows of the table between two marks of the page."""
    text = PAGE.read_text("utf-8").partition(f"<!-- {part} -->")[2].partition(f"<!-- /{part} -->")[0]
    rows = [[cell.strip(" `") for cell in row.strip("|").split("|")] for row in text.strip().splitlines()]
    return rows[2:]


def test_every_fault_has_one_name_on_its_engine() -> None:
    titles = [fault.title for fault in FAULTS]
    assert len(titles) == len(set(titles))


def test_every_mutant_has_a_fault_that_must_notice_it() -> None:
    assert {run.mutant for run in MUTANT_RUNS} == set(MUTANTS)
    assert {f"{run.engine} {run.fault}" for run in MUTANT_RUNS} <= {fault.title for fault in FAULTS}


def test_the_page_lists_every_fault_with_its_trials() -> None:
    known = [
        [fault.engine, fault.name, *map(str, fault.trials), f"{fault.recovery_seconds:g}"] for fault in FAULTS
    ]
    assert told("faults") == known


def test_the_page_lists_every_mutant() -> None:
    assert told("mutants") == [[run.engine, run.mutant, run.fault] for run in MUTANT_RUNS]
