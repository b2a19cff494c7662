"""A process that dies anywhere in a job goes on where it was, and pays nobody twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from chassis.rpc import Refused
from contracts import subsidy as messages
from services.subsidy import bank_repository, run_repository, tables
from services.subsidy.fund_tables import fund_allotments
from services.subsidy.handlers import bank_files, instruct, plan
from services.subsidy.service import SubsidyService
from tests.services.subsidy import factories
from tests.services.subsidy.steps import (
    approve,
    batches,
    events,
    fetch,
    find,
    give_accounts,
    receive,
    settle,
)
from tests.support.bank import Bank
from tests.support.platform import Harness
from tests.support.postgres_server import PostgresServer

PERSONS = 7


class Killed(BaseException):
    """Stands for the end of the process: nothing catches it."""


def kill_at(monkeypatch: pytest.MonkeyPatch, module: ModuleType, function: str, call: int) -> None:
    """Let the process die just after a function of a repository was called for the n-th time."""
    original = getattr(module, function)
    calls = 0

    def deadly(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        result = original(*arguments, **named)
        calls += 1
        if calls == call:
            raise Killed
        return result

    monkeypatch.setattr(module, function, deadly)


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps of two lines, and files of three."""
    monkeypatch.setattr(plan, "AWARDS_PER_STEP", 2)
    monkeypatch.setattr(instruct, "LINES_PER_STEP", 2)
    monkeypatch.setitem(bank_files._LAYOUTS, "plain", replace(bank_files.layout("plain"), lines=3))


@pytest.mark.system("SUB-12")
@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("call", [1, 2, 3])
def test_a_run_killed_in_any_step_pays_everybody_once(
    open_subsidy: Callable[[], Harness], monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    subsidy = open_subsidy()
    subsidy.bulk("record_fund_allotments", [factories.allotment(amount="7000.01")])
    subsidy.feed("rehab", [factories.placed_in_care(n) for n in range(PERSONS)])
    run = subsidy.call("plan_disbursement", factories.plan("care"), subsidy.maker())

    subsidy = killed_once(open_subsidy, subsidy, monkeypatch, run_repository, "add_lines", call)
    run = find(subsidy, run["run_id"])
    approve(subsidy, run)
    give_accounts(subsidy)
    subsidy.call("instruct_disbursement", {"run_id": run["run_id"]}, subsidy.maker())
    with monkeypatch.context() as patch:
        kill_at(patch, bank_repository, "seal", call)
        subsidy = killed_once(open_subsidy, subsidy, monkeypatch, bank_repository, "instruct", call)
    assert [batch["lines"] for batch in batches(subsidy, run)] == [3, 3, 1]
    subsidy = _killed_while_receiving(open_subsidy, subsidy, monkeypatch, run, call)

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
    assert [row.drawn_fen for row in subsidy.rows(fund_allotments)] == [700_001]
    for kind in (messages.PaymentInstructed, messages.PaymentMade):
        told = events(subsidy, kind)
        assert len(told) == len({event.subject for event in told}) == PERSONS
    assert sorted(row.seq for row in subsidy.rows(tables.run_lines)) == list(range(1, PERSONS + 1))


def killed_once(
    open_subsidy: Callable[[], Harness],
    subsidy: Harness,
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    function: str,
    call: int,
) -> Harness:
    with monkeypatch.context() as patch:
        kill_at(patch, module, function, call)
        with pytest.raises(Killed):
            subsidy.run_jobs()
    started_anew = open_subsidy()
    while True:
        try:
            assert started_anew.run_jobs() == 1
        except Killed:
            started_anew = open_subsidy()
        else:
            return started_anew


def _killed_while_receiving(
    open_subsidy: Callable[[], Harness],
    subsidy: Harness,
    monkeypatch: pytest.MonkeyPatch,
    run: dict[str, Any],
    call: int,
) -> Harness:
    """Each batch is answered; the process dies in one of them, and the same receipt is brought in again."""
    bank = Bank()
    receipts = [bank.answer(fetch(subsidy, batch["batch_id"])) for batch in batches(subsidy, run)]
    for place, receipt in enumerate(receipts, start=1):
        if place == call:
            with monkeypatch.context() as patch:
                kill_at(patch, run_repository, "add_payments", 1)
                with pytest.raises(Killed):
                    receive(subsidy, receipt)
            subsidy = open_subsidy()
        assert receive(subsidy, receipt)["outcome"] == "created"
    assert {receive(subsidy, receipt)["outcome"] for receipt in receipts} == {"unchanged"}
    return subsidy


def test_the_hash_does_not_depend_on_how_the_list_was_cut_into_steps(
    subsidy: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    subsidy.feed("rehab", [factories.placed_in_care(n) for n in range(PERSONS)])
    run = subsidy.call("plan_disbursement", factories.plan("care"), subsidy.maker())
    monkeypatch.setattr(plan, "AWARDS_PER_STEP", 3)
    subsidy.run_jobs()
    monkeypatch.setattr(instruct, "LINES_PER_STEP", 4)

    approve(subsidy, find(subsidy, run["run_id"]))
    give_accounts(subsidy)
    subsidy.call("instruct_disbursement", {"run_id": run["run_id"]}, subsidy.maker())
    subsidy.run_jobs()

    assert find(subsidy, run["run_id"])["state"] == "instructed"


@pytest.mark.usefixtures("small_parts")
def test_two_processes_on_the_same_jobs_pay_everybody_once(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    with postgres_server.database() as url, ThreadPoolExecutor(2) as pool:
        processes = [Harness(SubsidyService, url, keys=tmp_path) for _ in range(2)]
        subsidy = processes[0]
        subsidy.bulk("record_fund_allotments", [factories.allotment(amount="7000.01")])
        subsidy.feed("rehab", [factories.placed_in_care(n) for n in range(30)])
        run = subsidy.call("plan_disbursement", factories.plan("care"), subsidy.maker())

        list(pool.map(Harness.run_jobs, processes))
        approve(subsidy, find(subsidy, run["run_id"]))
        give_accounts(subsidy)
        subsidy.call("instruct_disbursement", {"run_id": run["run_id"]}, subsidy.maker())
        list(pool.map(Harness.run_jobs, processes))

        paid = settle(subsidy, run, Bank())
        assert (paid["state"], paid["lines"], paid["paid_lines"]) == ("paid", 30, 30)
        assert len(events(subsidy, messages.PaymentMade)) == 30
        assert [row.drawn_fen for row in subsidy.rows(fund_allotments)] == [700_001]
        for process in processes:
            process.close()


@pytest.mark.system("SUB-12")
@pytest.mark.usefixtures("small_parts")
def test_twenty_clicks_at_once_approve_once_instruct_once_and_take_a_receipt_once(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    with postgres_server.database() as url, ThreadPoolExecutor(20) as pool:
        subsidy = Harness(SubsidyService, url, keys=tmp_path)
        subsidy.feed("rehab", [factories.placed_in_care(n) for n in range(3)])
        run = subsidy.call("plan_disbursement", factories.plan("care"), subsidy.maker())
        subsidy.run_jobs()
        run = find(subsidy, run["run_id"])

        def click(act: Callable[[], dict[str, Any]]) -> list[str]:
            return sorted(pool.map(lambda _: _outcome(act), range(20)))

        approvers = iter(range(20))
        assert click(lambda: approve(subsidy, run, checker=f"checker-{next(approvers)}")) == [
            *["approved"],
            *["subsidy.run_not_frozen"] * 19,
        ]
        give_accounts(subsidy)
        told = {"run_id": run["run_id"]}
        clicks = click(lambda: subsidy.call("instruct_disbursement", told, subsidy.maker()))
        assert clicks == ["instructing"] * 20
        assert subsidy.run_jobs() == 1
        [batch] = batches(subsidy, run)
        receipt = Bank().answer(fetch(subsidy, batch["batch_id"]))
        assert click(lambda: receive(subsidy, receipt)) == ["created", *["unchanged"] * 19]
        assert len(events(subsidy, messages.PaymentMade)) == 3
        assert len(events(subsidy, messages.DisbursementApproved)) == 1
        subsidy.close()


def _outcome(act: Callable[[], dict[str, Any]]) -> str:
    try:
        told = act()
    except Refused as refused:
        return str(refused.code)
    return str(told.get("outcome") or told["state"])
