"""Whatever is done in whatever order, and wherever a process dies: who is due what is paid that, once."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from services.subsidy.handlers import bank_files, instruct, plan, recompute
from services.subsidy.service import SubsidyService
from tests.services.subsidy.cycle.machine import Cycle
from tests.support.migrated import Emptied, Migrated
from tests.support.platform import Harness

EXAMPLES = int(os.environ.get("CYCLE_EXAMPLES", "0"))
"""More than the short profile, and others each time: `CYCLE_EXAMPLES=500`."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(0 if EXAMPLES else 600)]


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps of two lines, and files of three, so that there are many places to die at."""
    monkeypatch.setattr(plan, "AWARDS_PER_STEP", 2)
    monkeypatch.setattr(instruct, "LINES_PER_STEP", 2)
    monkeypatch.setattr(recompute, "LINES_PER_STEP", 2)
    monkeypatch.setitem(bank_files._LAYOUTS, "plain", replace(bank_files.layout("plain"), lines=3))


Databases = Callable[[], Callable[[], Harness]]
"""Makes an empty database; what it returns opens the service on it, again and again."""


def run(fresh: Databases, examples: int, steps: int = 40) -> None:
    profile = settings(
        max_examples=EXAMPLES or examples,
        stateful_step_count=steps,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )

    class Fresh(Cycle):
        def __init__(self) -> None:
            super().__init__(fresh())

    run_state_machine_as_test(Fresh, settings=profile)


@pytest.fixture
def fresh_files(migrated_files: Migrated, tmp_path: Path) -> Databases:
    def fresh() -> Callable[[], Harness]:
        file = tmp_path / f"{len(list(tmp_path.glob('*.db')))}.db"
        migrated_files.copy_file(SubsidyService, file)
        return lambda: Harness(SubsidyService, f"sqlite:///{file}", keys=tmp_path / "keys")

    return fresh


@pytest.fixture
def fresh_databases(emptied_databases: Emptied, tmp_path: Path) -> Databases:
    def fresh() -> Callable[[], Harness]:
        url = emptied_databases.url(SubsidyService)
        return lambda: Harness(SubsidyService, url, keys=tmp_path / "keys")

    return fresh


@pytest.mark.system("SUB-12")
@pytest.mark.usefixtures("small_parts")
def test_any_cycle_on_sqlite_pays_everybody_what_is_due_once(fresh_files: Databases) -> None:
    run(fresh_files, examples=12)


@pytest.mark.system("SUB-12")
@pytest.mark.usefixtures("small_parts")
def test_any_cycle_on_postgresql_pays_everybody_what_is_due_once(fresh_databases: Databases) -> None:
    run(fresh_databases, examples=4)
