"""A process that dies anywhere in a job goes on where it was, and pays nobody twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from contracts import subsidy as messages
from services.subsidy import run_repository, tables
from services.subsidy.handlers import payment, plan
from services.subsidy.service import SubsidyService
from tests.services.subsidy import factories
from tests.services.subsidy.steps import approve, events, find
from tests.support.platform import Harness
from tests.support.postgres_server import PostgresServer

PERSONS = 7


class Killed(BaseException):
    """Stands for the end of the process: nothing catches it."""


def kill_at(monkeypatch: pytest.MonkeyPatch, function: str, call: int) -> None:
    """Let the process die just after a function of the repository was called for the n-th time."""
    original = getattr(run_repository, function)
    calls = 0

    def deadly(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        result = original(*arguments, **named)
        calls += 1
        if calls == call:
            raise Killed
        return result

    monkeypatch.setattr(run_repository, function, deadly)


@pytest.mark.system("SUB-12")
@pytest.mark.parametrize("call", [1, 2, 3, 4])
def test_a_run_killed_in_any_step_pays_everybody_once(
    open_subsidy: Callable[[], Harness], monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    monkeypatch.setattr(plan, "LINES_PER_STEP", 2)
    monkeypatch.setattr(payment, "LINES_PER_STEP", 2)
    subsidy = open_subsidy()
    subsidy.bulk("record_fund_allotments", [factories.allotment(amount="7000.01")])
    subsidy.feed("rehab", [factories.placed_in_care(n) for n in range(PERSONS)])
    run = subsidy.call("plan_disbursement", factories.plan("care"), subsidy.maker())

    subsidy = _killed_once(open_subsidy, subsidy, monkeypatch, "add_lines", call)
    run = find(subsidy, run["run_id"])
    approve(subsidy, run)
    subsidy = _killed_once(open_subsidy, subsidy, monkeypatch, "add_payments", call)

    paid = find(subsidy, run["run_id"])
    assert (paid["state"], paid["lines"], paid["paid_lines"], paid["amount"]) == (
        "paid",
        PERSONS,
        PERSONS,
        "14000.00",
    )
    assert {share["source"]: share["amount"] for share in paid["sources"]} == {
        "superior": "7000.01",
        "county": "6999.99",
    }
    assert [row.drawn_fen for row in subsidy.rows(tables.fund_allotments)] == [700_001]
    made = events(subsidy, messages.PaymentMade)
    assert len(made) == len({payment.person_id for payment in made}) == PERSONS
    assert sorted(row.seq for row in subsidy.rows(tables.run_lines)) == list(range(1, PERSONS + 1))


def _killed_once(
    open_subsidy: Callable[[], Harness],
    subsidy: Harness,
    monkeypatch: pytest.MonkeyPatch,
    function: str,
    call: int,
) -> Harness:
    with monkeypatch.context() as patch:
        kill_at(patch, function, call)
        with pytest.raises(Killed):
            subsidy.run_jobs()
    started_anew = open_subsidy()
    assert started_anew.run_jobs() == 1
    return started_anew


def test_the_hash_does_not_depend_on_how_the_list_was_cut_into_steps(
    subsidy: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    subsidy.feed("rehab", [factories.placed_in_care(n) for n in range(PERSONS)])
    run = subsidy.call("plan_disbursement", factories.plan("care"), subsidy.maker())
    monkeypatch.setattr(plan, "LINES_PER_STEP", 3)
    subsidy.run_jobs()
    monkeypatch.setattr(payment, "LINES_PER_STEP", 4)

    approve(subsidy, find(subsidy, run["run_id"]))
    subsidy.run_jobs()

    assert find(subsidy, run["run_id"])["state"] == "paid"


def test_two_processes_on_the_same_jobs_pay_everybody_once(
    postgres_server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "LINES_PER_STEP", 2)
    monkeypatch.setattr(payment, "LINES_PER_STEP", 2)
    with postgres_server.database() as url, ThreadPoolExecutor(2) as pool:
        processes = [Harness(SubsidyService, url, keys=tmp_path) for _ in range(2)]
        subsidy = processes[0]
        subsidy.bulk("record_fund_allotments", [factories.allotment(amount="7000.01")])
        subsidy.feed("rehab", [factories.placed_in_care(n) for n in range(30)])
        run = subsidy.call("plan_disbursement", factories.plan("care"), subsidy.maker())

        list(pool.map(Harness.run_jobs, processes))
        approve(subsidy, find(subsidy, run["run_id"]))
        list(pool.map(Harness.run_jobs, processes))

        paid = find(subsidy, run["run_id"])
        assert (paid["state"], paid["lines"], paid["paid_lines"]) == ("paid", 30, 30)
        assert len(events(subsidy, messages.PaymentMade)) == 30
        assert [row.drawn_fen for row in subsidy.rows(tables.fund_allotments)] == [700_001]
        for process in processes:
            process.close()
