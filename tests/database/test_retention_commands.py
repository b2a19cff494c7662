"""`canlian retention` on PostgreSQL: what an operator types each month, and what is told."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from canlian.commands import run
from chassis import clock, schema, watching
from tests.database.months import FEBRUARY, JANUARY, Log
from tests.support.servers import PostgresServer


@pytest.fixture
def log(postgres_server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    """Events of January and February 2020 in the registry's log, and an environment that leads there."""
    with postgres_server.database() as url:
        opened = Log(url, tmp_path / "archive")
        opened.record(JANUARY, "one", "two")
        opened.record(FEBRUARY, "three")
        opened.publish()
        # The name of the service has to stand somewhere in the URL.
        monkeypatch.setenv("CANLIAN_DATABASE_URL", f"{url}?application_name={{service}}")
        monkeypatch.setenv("CANLIAN_OFFICE", "341524")
        yield opened
        opened.close()


def retention(*arguments: str, code: int = 0) -> None:
    assert run(["retention", *arguments, "--service", "registry"]) == code


def test_months_are_listed_tried_archived_and_listed_again(
    log: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = log.stream()
    log.months.keep_ahead()
    archive = ("--keep-months", "24", "--archive-dir", str(tmp_path / "archive"))
    retention("run", *archive, "--dry-run")
    assert "registry: 2020-01 would be archived" in capsys.readouterr().out
    assert log.source.rows(schema.archived_month) == []
    retention("run", *archive, "--as", "li")
    assert "registry: 2020-01, 2 events: registry/2020-01.jsonl.gz" in capsys.readouterr().out
    assert {note.archived_by for note in log.source.rows(schema.archived_month)} == {"li"}
    retention("list")
    listed = [line for line in capsys.readouterr().out.splitlines() if "2020-0" in line]
    assert [("1–2" in line, "3–3" in line) for line in listed] == [(True, False), (False, True)]
    assert log.stream() == before


def last_run(log: Log) -> float | None:
    watching.tell(log.source.runtime)
    return REGISTRY.get_sample_value("canlian_retention_timestamp_seconds", {"service": "registry"})


def test_a_run_that_came_to_its_end_is_told_and_no_other(
    log: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = ("--keep-months", "24", "--archive-dir", str(tmp_path / "archive"))
    retention("run", *archive, "--dry-run")
    retention("run", "--keep-months", "24", code=1)
    assert "[retention.no_archive]" in capsys.readouterr().err
    assert last_run(log) == 0
    begun = clock.now().timestamp()
    retention("run", *archive, "--as", "li")
    assert (last_run(log) or 0) >= begun
    [act] = log.source.rows(schema.operator_act)
    assert (act.act, act.done_by) == ("retained", "li")
    assert json.loads(act.details)["archived"] == ["2020-01", "2020-02"]


def test_without_an_archive_nothing_is_archived(log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    retention("run", "--keep-months", "24", code=1)
    assert "[retention.no_archive]" in capsys.readouterr().err
    assert len(log.source.event_rows()) == 3


def test_an_office_on_sqlite_is_told_that_it_has_no_months(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CANLIAN_OFFICE", "341524")
    retention("list", "--data-dir", str(tmp_path), code=1)
    assert "[retention.sqlite]" in capsys.readouterr().err
