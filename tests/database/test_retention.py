"""Old months of an event log leave PostgreSQL for files, and the stream stays what it was."""

import gzip
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from chassis import archive, clock, retention, schema
from chassis.database import Database
from chassis.lease import only_one
from chassis.retention import Retention
from chassis.rpc import Refused
from kernel.errors import Refusal
from tests.database.months import FEBRUARY, JANUARY, MARCH, Log
from tests.support.servers import PostgresServer


@pytest.fixture
def log(postgres_server: PostgresServer, tmp_path: Path) -> Iterator[Log]:
    with postgres_server.database() as url:
        opened = Log(url, tmp_path / "archive")
        yield opened
        opened.close()


@pytest.fixture
def winter(log: Log, monkeypatch: pytest.MonkeyPatch) -> Log:
    """Thirty events: January and February alternate where they meet, and March is there too."""
    monkeypatch.setattr(archive, "BLOCK", 4)
    log.record(JANUARY, *(f"January {n}" for n in range(9)))
    with log.recording(FEBRUARY - timedelta(days=20), "committed late", "and one more"):
        log.record(FEBRUARY, *(f"February {n}" for n in range(7)))
        log.publish()
    log.record(FEBRUARY, "February 7", "February 8")
    log.record(MARCH, *(f"March {n}" for n in range(10)))
    log.publish()
    return log


FILES = ["registry/2020-01.jsonl.gz", "registry/2020-02.jsonl.gz", "registry/2020-03.jsonl.gz"]


def code_of(error: pytest.ExceptionInfo[Any]) -> str:
    return str(error.value.code)


@pytest.mark.parametrize("limit", [1, 5, 500])
def test_the_stream_is_the_same_before_and_after_its_months_are_archived(winter: Log, limit: int) -> None:
    before = winter.stream(limit)
    assert [event["headers"]["position"] for event in before] == list(range(1, 31))
    assert winter.take_away() == FILES
    assert winter.source.event_rows() == []
    winter.record(MARCH.replace(year=2026), "lives on")
    winter.publish()
    after = winter.stream(limit)
    assert after[:30] == before
    assert after[30]["data"]["name"] == "lives on"


def test_positions_of_an_archived_and_a_live_month_alternate_in_one_stream(winter: Log) -> None:
    before = winter.stream()
    winter.months.keep_ahead()
    (january,) = (each for each in winter.months.due(1) if str(each.period) == "2020-01")
    winter.months.take_away(january)
    assert winter.where() == {
        "2020-01 (1, 18)": FILES[0],
        "2020-02 (10, 20)": "database",
        "2020-03 (21, 30)": "database",
    }
    for limit in (1, 3, 500):
        assert winter.stream(limit) == before


def test_the_whole_stream_is_read_with_each_block_opened_a_few_times(
    winter: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    winter.take_away()
    opened: list[int] = []
    block = archive.Month._block

    def counted(month: archive.Month, wanted: archive.Block) -> bytes:
        opened.append(wanted.first_position)
        return block(month, wanted)

    monkeypatch.setattr(archive.Month, "_block", counted)
    assert len(winter.stream(limit=4)) == 30
    blocks = len(set(opened))
    assert 8 <= blocks < len(opened) <= 3 * blocks


def test_whoever_archived_a_month_is_noted_and_the_note_stays(winter: Log) -> None:
    winter.take_away()
    notes = winter.source.rows(schema.archived_month)
    assert {(note.archived_by, note.events > 0, len(note.sha256)) for note in notes} == {
        ("operator-1", True, 64)
    }
    with (
        pytest.raises(sa.exc.DBAPIError, match="append-only"),
        winter.source.runtime.database.write() as connection,
    ):
        connection.execute(sa.delete(schema.archived_month))


def test_files_are_open_to_their_owner_alone(winter: Log, tmp_path: Path) -> None:
    winter.take_away()
    files = list((tmp_path / "archive" / "registry").iterdir())
    assert len(files) == 6
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_months_to_be_kept_and_the_present_one_stay(log: Log) -> None:
    log.record(clock.now(), "of this month")
    log.publish()
    assert log.take_away() == []
    assert list(log.where().values()) == ["database"]


def test_a_month_with_events_that_are_not_published_stays(log: Log) -> None:
    log.record(JANUARY, "unpublished")
    with pytest.raises(Refusal) as error:
        log.take_away()
    assert code_of(error) == "retention.unpublished"
    log.publish()
    assert log.take_away() == FILES[:1]


def test_an_event_of_a_month_that_is_archived_goes_into_a_second_file(winter: Log) -> None:
    winter.take_away()
    winter.record(JANUARY, "by a clock that was wrong")
    winter.publish()
    before = winter.stream()
    assert winter.take_away() == ["registry/2020-01.2.jsonl.gz"]
    assert winter.stream() == before
    assert len(before) == 31


class Killed(BaseException):
    """The process ends here."""


def dying(function: Callable[..., Any], call: int, *, after: bool = False) -> Callable[..., Any]:
    """The function, but for one call of it: the process ends before it, or when its work is done."""
    calls = 0

    def called(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call and not after:
            raise Killed
        result = function(*arguments, **options)
        if calls == call:
            raise Killed
        return result

    return called


@pytest.mark.parametrize(
    ("owner", "name", "call", "after"),
    [
        pytest.param(gzip, "compress", 2, False, id="in the middle of the file"),
        pytest.param(archive, "_replaced", 2, False, id="between file and manifest"),
        pytest.param(archive, "write", 1, True, id="with both files there"),
        pytest.param(Retention, "_compare", 1, True, id="when they are proved"),
        pytest.param(Retention, "_drop", 1, True, id="before the commit"),
        pytest.param(Retention, "take_away", 1, True, id="after the commit"),
    ],
)
def test_killed_at_any_moment_a_month_is_whole_and_the_command_can_be_run_again(
    winter: Log, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, call: int, after: bool
) -> None:
    before = winter.stream()
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, dying(getattr(owner, name), call, after=after))
        with pytest.raises(Killed):
            winter.take_away()
    assert winter.stream() == before
    winter.take_away()
    assert winter.stream() == before
    assert list(winter.where().values()) == FILES


def test_a_month_whose_file_is_not_what_the_table_holds_is_not_dropped(
    winter: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = winter.stream()
    write = archive.write

    def one_less(file: Path, service: str, month: str, rows: Any) -> Any:
        return write(file, service, month, list(rows)[:-1])

    with monkeypatch.context() as patch:
        patch.setattr(archive, "write", one_less)
        with pytest.raises(Refusal) as error:
            winter.take_away()
    assert code_of(error) == "retention.differs"
    assert winter.stream() == before


def damage(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("name", "harm", "code"),
    [
        ("2020-02.jsonl.gz", damage, "stream.archive_damaged"),
        ("2020-02.json", damage, "stream.archive_damaged"),
        ("2020-02.jsonl.gz", Path.unlink, "stream.archive_missing"),
        ("2020-02.json", Path.unlink, "stream.archive_missing"),
    ],
)
def test_a_file_that_is_missing_or_damaged_is_told_and_never_passed_over(
    winter: Log, tmp_path: Path, name: str, harm: Callable[[Path], None], code: str
) -> None:
    winter.take_away()
    harm(tmp_path / "archive" / "registry" / name)
    with pytest.raises(Refused) as error:
        winter.stream(5)
    assert error.value.code == code
    assert "2020-02" in error.value.message
    assert len(winter.after(20)) == 10, "what lies behind it can be read"


def test_without_an_archive_a_reader_is_told_what_to_set(winter: Log) -> None:
    winter.take_away()
    runtime = winter.source.runtime
    runtime.settings = runtime.settings.model_copy(update={"archive_dir": None})
    with pytest.raises(Refused, match="CANLIAN_ARCHIVE_DIR") as error:
        winter.after(0)
    assert error.value.code == "stream.archive_missing"


def test_a_gap_in_the_log_is_refused(winter: Log) -> None:
    with winter.source.runtime.database.write() as connection:
        connection.execute(sa.delete(schema.event_log).where(schema.event_log.c.position == 3))
    with pytest.raises(Refused) as error:
        winter.after(0)
    assert error.value.code == "stream.incomplete"


def test_a_log_in_use_is_left_alone_after_a_short_wait(winter: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "WAIT_SECONDS", 0.1)
    winter.months.keep_ahead()
    with winter.source.runtime.database.read() as reader:
        reader.execute(sa.select(schema.event_log.c.id).limit(1)).all()
        with pytest.raises(Refusal) as error:
            winter.months.take_away(winter.months.due(1)[0])
    assert code_of(error) == "retention.busy"
    assert len(winter.take_away()) == 3


def test_one_at_a_time_takes_months_away(winter: Log) -> None:
    winter.months.keep_ahead()
    with only_one(winter.source.runtime.database, "retention"), pytest.raises(Refusal) as error:
        winter.months.take_away(winter.months.due(1)[0])
    assert code_of(error) == "retention.busy"


def test_sqlite_has_no_months_to_take_away(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/x.db")
    with pytest.raises(Refusal) as error:
        Retention("registry", database, tmp_path, "operator-1")
    assert code_of(error) == "retention.sqlite"
    database.close()
