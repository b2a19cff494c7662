"""The commands that an operator mends an embedded office with, while it runs in another process."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.cli import canlian, running
from tests.services.registry import factories

pytestmark = pytest.mark.timeout(600)

OFFICE = "341524"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data directory of an office that runs, with three persons."""
    folder = tmp_path_factory.mktemp("office")
    with running("up", "--office", OFFICE, "--data-dir", str(folder)) as up:
        up.wait_for("is running")
        for method, items in (
            ("record_regions", factories.regions()),
            ("register_persons", [factories.person(number) for number in (1, 2, 3)]),
        ):
            canlian("rpc", "registry", method, json.dumps({"items": items}), "--data-dir", str(folder))
        assert "all is well" in until_well(folder)
        yield folder


def until_well(folder: Path) -> str:
    told = ""
    for _ in range(20):
        told = canlian("doctor", "--data-dir", str(folder), code=None)
        if "all is well" in told:
            break
    return told


def rehab(folder: Path, statement: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Rehab's copy, changed or read behind its back."""
    with closing(sqlite3.connect(folder / "rehab.db", timeout=15)) as database, database:
        return database.execute(statement, values).fetchall()


def test_a_copy_is_checked_and_put_right_while_the_office_runs(office: Path) -> None:
    at = ("--data-dir", str(office), "--as", "wang")
    assert "rehab is what the logs say" in canlian("rebuild", "rehab", "--check", *at)
    assert rehab(office, "select count(*) from persons") == [(3,)]
    rehab(office, "update persons set birth_month = '1900-01'")
    told = canlian("rebuild", "rehab", "--check", *at, code=1)
    assert "persons: 0 rows that the logs do not give, 0 missing, birth_month in 3 changed" in told
    assert "--reason" in canlian("rebuild", "rehab", *at, code=2)
    assert "rehab was put right" in canlian("rebuild", "rehab", "--reason", "a fault", *at)
    assert rehab(office, "select distinct birth_month from persons") == [("1960-05",)]
    acts = rehab(office, "select act, done_by, reason from operator_act order by id")
    assert acts[-1] == ("rebuilt", "wang", "a fault")
    assert "registry keeps nothing that logs could give" in canlian(
        "rebuild", "registry", "--check", *at, code=1
    )


def test_a_follower_in_conflict_with_its_source_is_named_and_brought_back(office: Path) -> None:
    at = ("--data-dir", str(office))
    rehab(office, "update checkpoint set position = position + 1000")
    assert "rehab has applied events that registry no longer has" in canlian("doctor", *at, code=1)
    told = canlian("rebuild", "rehab", "--reason", "the registry was restored", *at)
    assert "registry: its log no longer holds what rehab applied" in told
    assert "all is well" in canlian("doctor", *at)


def test_parked_events_are_listed_and_applied_again_all_at_once(office: Path) -> None:
    at = ("--data-dir", str(office))
    assert "0 applied, 0 left" in canlian("parked", "redrive", "rehab", "registry", *at)
    with closing(sqlite3.connect(office / "registry.db")) as log:
        events = log.execute(
            "select event_id, type, subject, recorded_at, epoch, position, data from event_log "
            "where type = 'registry.person_registered.v1'"
        ).fetchall()
    names = ("id", "type", "subject", "time", "epoch", "position")
    for *values, data in events:
        headers = dict(zip(names, values, strict=True)) | {"source": "registry", "office": OFFICE}
        _, kind, subject, instant, epoch, position = values
        row = ("rehab", "registry", epoch, position, subject, kind, json.dumps(headers), data, "why", instant)
        rehab(
            office,
            "insert into parked_event (consumer, source, epoch, position, subject, type, headers, data, "
            "reason, parked_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )
    assert "3 in all" in canlian("parked", "list", "rehab", "--limit", "2", *at)
    assert "3 would be applied, 0 left" in canlian("parked", "redrive", "rehab", "registry", "--dry-run", *at)
    assert "3 applied, 0 left" in canlian("parked", "redrive", "rehab", "registry", *at)
    assert "[parked.none]" in canlian("parked", "discard", "rehab", "1", "--reason", "again", *at, code=1)
    assert rehab(office, "select count(*) from persons") == [(3,)]


def test_a_restored_log_begins_a_new_epoch(office: Path) -> None:
    told = canlian("restored", "registry", "--reason", "the disk failed", "--data-dir", str(office))
    assert "its log goes on as epoch 2" in told
    status = json.loads(canlian("rpc", "registry", "show_status", "--data-dir", str(office)))
    assert status["epoch"] == 2
