"""A rebuild that is killed, that meets a moving live copy, or that another one is in the way of."""

import os
import warnings
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from chassis import operator_acts, schema
from chassis.rebuilding import Rebuild
from chassis.rebuilding.comparing import Pair
from chassis.rebuilding.replay import Replay
from kernel.errors import Refusal
from services.reporting.tables import facts
from tests.services.reporting.steps import take
from tests.support.logged_office import LoggedOffice

KILLED = 86


def killed_in(office: LoggedOffice, owner: Any, name: str, passes: int = 1) -> None:
    """Rebuild reporting in a process of its own that dies when it has come through a function."""
    office.close()
    with warnings.catch_warnings():
        # eventlet warns of every fork, but none of its threads runs here.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if not child:
        original: Callable[..., Any] = getattr(owner, name)
        left = [passes]

        def dying(*args: Any, **options: Any) -> Any:
            result = original(*args, **options)
            left[0] -= 1
            if not left[0]:
                os._exit(KILLED)
            return result

        setattr(owner, name, dying)
        try:
            office.rebuild("reporting")
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == KILLED


def figures(office: LoggedOffice) -> Any:
    return take(office.service("reporting"))["indicators"]


def spoil(office: LoggedOffice) -> None:
    """Take the facts of one indicator away, as no service could."""
    runtime = office.service("reporting").runtime
    guards = ["drop trigger facts_no_delete"] if runtime.database.is_sqlite else []
    guards = guards or ["alter table facts disable trigger user"]
    with runtime.database.write() as connection:
        for statement in guards:
            connection.execute(sa.text(statement))
        connection.execute(sa.delete(facts).where(facts.c.source == "rehab"))


@pytest.mark.parametrize(
    ("owner", "name", "healed"),
    [
        (Replay, "forward", False),
        (Rebuild, "_lock", False),
        (Pair, "make_equal", False),
        (operator_acts, "record", False),
        (Rebuild, "_met", True),
    ],
)
def test_killed_anywhere_the_live_copy_is_the_old_or_the_new_one(
    office: LoggedOffice, owner: Any, name: str, healed: bool
) -> None:
    office.a_year(count=3)
    office.follow("reporting")
    right = figures(office)
    spoil(office)
    wrong = figures(office)
    assert wrong != right
    # The first record is that of the copy's beginning.
    killed_in(office, owner, name, passes=2 if name in {"record", "forward"} else 1)
    assert figures(office) == (right if healed else wrong)
    outcome = office.rebuild("reporting")
    assert outcome.equal == healed
    assert figures(office) == right
    assert office.rebuild("reporting", check_only=True).equal


def test_what_was_broken_off_goes_on_where_it_stopped(
    office: LoggedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.a_year()
    office.follow("reporting")
    killed_in(office, Replay, "forward", passes=2)
    asked = []
    original = office.ask

    def ask(consumer: str, source: str, question: dict[str, Any]) -> dict[str, Any]:
        asked.append((source, question["position"]))
        return original(consumer, source, question)

    monkeypatch.setattr(office, "ask", ask)
    assert office.rebuild("reporting").equal
    assert ("employment", 0) not in asked
    assert ("subsidy", 0) in asked
    asked.clear()
    killed_in(office, Replay, "forward", passes=2)
    assert office.rebuild("reporting", restart=True).equal
    assert ("employment", 0) in asked


def test_the_live_copy_may_move_until_they_meet(
    office: LoggedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.a_year(count=5)
    office.follow("reporting")
    original, rounds = Replay.next_events, iter(range(2, 5))

    def next_events(self: Replay) -> Any:
        events = original(self)
        if self.source == "subsidy" and (turn := next(rounds, None)):
            office.a_year(first=turn * 100, count=5)
            office.follow("reporting")
        return events

    monkeypatch.setattr(Replay, "next_events", next_events)
    outcome = office.rebuild("reporting")
    assert outcome.equal
    assert outcome.positions["registry/1"] == 40


def test_one_rebuild_at_a_time(office: LoggedOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    office.a_year(count=2)
    office.follow("reporting")
    original = Rebuild._forward
    refused = []

    def forward(self: Rebuild, replay: Replay, target: Any) -> None:
        monkeypatch.setattr(Rebuild, "_forward", original)
        with pytest.raises(Refusal) as error:
            office.rebuild("reporting")
        refused.append(error.value.code)
        original(self, replay, target)

    monkeypatch.setattr(Rebuild, "_forward", forward)
    assert office.rebuild("reporting").equal
    assert refused == ["rebuild.running"]


def test_nothing_of_the_second_copy_is_left(office: LoggedOffice) -> None:
    office.a_year(count=2)
    office.follow("reporting")
    office.rebuild("reporting")
    runtime = office.service("reporting").runtime
    if runtime.database.is_sqlite:
        assert list(office.folder.glob("*.rebuild.db*")) == []
    else:
        with runtime.database.read() as connection:
            assert "rebuild" not in sa.inspect(connection).get_schema_names()


def test_a_live_database_restored_meanwhile_is_met_by_a_new_copy(office: LoggedOffice) -> None:
    office.a_year(count=3)
    office.follow("reporting")
    office.back_up("reporting")
    office.a_year(first=50, count=3)
    office.follow("reporting")
    killed_in(office, Rebuild, "_lock")
    office.restore("reporting")
    outcome = office.rebuild("reporting")
    assert outcome.equal
    assert outcome.positions["registry/1"] == 6
    assert [row.position for row in office.service("reporting").rows(schema.checkpoint)]
