"""Daily jobs in running processes: one of them does the day's, and the metrics tell when."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import eventlet
import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY

from chassis import background, clock, schema
from chassis.access import TokenKeys
from chassis.background import Background, Watching, Working
from chassis.migrating import upgrade
from chassis.runtime import Runtime
from chassis.sealing import Keys
from chassis.settings import Settings
from tests.support.source.daily import KIND, DailyService

SECONDS = 30
METRIC = "canlian_daily_success_timestamp_seconds"
LABELS = {"service": "registry", "kind": KIND}


def wait_for(condition: Callable[[], Any], what: str) -> None:
    with eventlet.Timeout(SECONDS, AssertionError(f"not in {SECONDS} s: {what}")):
        while not condition():
            eventlet.sleep(0.02)


def success() -> float | None:
    return REGISTRY.get_sample_value(METRIC, LABELS)


@pytest.fixture
def process(database_url: str, tmp_path: Path) -> Iterator[Callable[[], Runtime]]:
    """What makes another process's runtime on the same database."""
    Keys.generate(tmp_path / "keys.json")
    TokenKeys.generate(tmp_path / "tokens")
    with ExitStack() as stack:

        def runtime() -> Runtime:
            made = Runtime(DailyService, Settings(office="341524", data_dir=tmp_path), database_url)
            stack.callback(made.close)
            upgrade(DailyService, made.database)
            return made

        yield runtime


@contextmanager
def running(*pieces: Background) -> Iterator[None]:
    for piece in pieces:
        piece.start()
    try:
        yield
    finally:
        for piece in pieces:
            piece.stop()


def test_one_of_two_processes_does_the_day_s_job_and_the_metrics_tell(
    process: Callable[[], Runtime], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "WATCH_SECONDS", 0.1)
    runtime = process()
    begun = clock.now().timestamp()
    with running(Working(runtime), Working(process()), Watching(runtime)):
        wait_for(lambda: (success() or 0) >= begun, "the metric to tell of a success")
    with runtime.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(schema.job)).scalar_one() == 1


def test_who_no_longer_watches_a_database_tells_nothing_of_it(
    process: Callable[[], Runtime], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "WATCH_SECONDS", 0.1)
    watching = Watching(process())
    with running(watching):
        wait_for(lambda: success() is not None, "the metric")
    watching.stand_by()
    assert success() is None
