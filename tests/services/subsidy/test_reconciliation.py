"""Books, bank files, receipts and payments tell the same, and the first difference is named."""

import json
from typing import Any

import pytest
import sqlalchemy as sa

from chassis import schema
from chassis.daily import Daily
from services.subsidy import tables
from services.subsidy.bank_tables import bank_answers
from tests.services.subsidy import factories
from tests.services.subsidy.steps import (
    approve,
    batches,
    fetch,
    freeze,
    give_accounts,
    instruct,
    receive,
    settle,
)
from tests.support.bank import Bank
from tests.support.platform import Harness
from tests.support.registry_events import identifier

pytestmark = pytest.mark.system("SUB-12")


@pytest.fixture
def answered(subsidy: Harness) -> Harness:
    """Three in care, of whom one payment came back, in December 2024."""
    subsidy.bulk("record_fund_allotments", [factories.allotment(amount="3000.00")])
    subsidy.feed("rehab", [factories.placed_in_care(n) for n in (1, 2, 3)])
    approved = approve(subsidy, freeze(subsidy, "care"))
    give_accounts(subsidy)
    run = instruct(subsidy, approved)
    bank = Bank({factories.account_number(identifier(3)): "B1"})
    receive(subsidy, bank.answer(fetch(subsidy, batches(subsidy, run)[0]["batch_id"]), day="20241231"))
    return subsidy


def reconciled(subsidy: Harness, period: str, **caller: str) -> dict[str, Any]:
    return subsidy.call("reconcile", {"period": period}, subsidy.auditor(**caller))


def steps(told: dict[str, Any]) -> list[tuple[str, ...]]:
    return [
        (step["source"], step["step"], step["ledger"], step["bank"], step["payments"])
        for step in told["steps"]
    ]


def daily_found(subsidy: Harness) -> int:
    """What today's comparison finds."""
    with subsidy.runtime.database.write() as connection:
        connection.execute(sa.delete(schema.job).where(schema.job.c.kind == "subsidy.reconcile"))
    Daily(subsidy.runtime).start()
    subsidy.run_jobs()
    [job] = [row for row in subsidy.rows(schema.job) if row.kind == "subsidy.reconcile"]
    assert job.state == "done"
    return int(json.loads(job.cursor).get("found", 0))


def forge(subsidy: Harness, table: sa.Table, **changes: Any) -> None:
    """Add a row as somebody with the database's password would."""
    row = subsidy.rows(table)[-1]._asdict() | changes
    with subsidy.runtime.database.write() as connection:
        connection.execute(sa.insert(table).values(row))


def test_every_step_tells_the_same_to_the_fen(answered: Harness) -> None:
    told = reconciled(answered, "2024-12")

    assert steps(told) == [
        ("county", "instructed", "3000.00", "3000.00", None),
        ("county", "paid", "1000.00", "1000.00", "1000.00"),
        ("county", "returned", "2000.00", "2000.00", None),
        ("superior", "instructed", "3000.00", "3000.00", None),
        ("superior", "paid", "3000.00", "3000.00", "3000.00"),
    ]
    assert told["first_difference"] is None
    assert reconciled(answered, "2024") == told
    assert reconciled(answered, "2024-11")["steps"] == []
    assert reconciled(answered, "2024-12", region="360121000000")["steps"] == []
    assert daily_found(answered) == 0


def test_what_is_sent_again_later_is_told_in_its_own_month(answered: Harness) -> None:
    run = {"run_id": answered.rows(tables.runs)[0].run_id}
    settle(answered, instruct(answered, run), Bank())

    assert len(reconciled(answered, "2024-12")["steps"]) == 5
    later = answered.rows(tables.payments)[-1].paid_on
    told = steps(reconciled(answered, f"{later:%Y-%m}"))
    assert told == [
        ("county", "instructed", "2000.00", "2000.00", None),
        ("county", "paid", "2000.00", "2000.00", "2000.00"),
    ]
    assert daily_found(answered) == 0


def test_an_entry_that_no_receipt_stands_for_is_named(answered: Harness) -> None:
    forge(
        answered,
        tables.ledger,
        entry_id=10_000,
        transaction_id="f" * 32,
        debit_account="transit:county:care",
        credit_account="funds:county:care",
        amount_fen=1,
    )

    first = reconciled(answered, "2024-12")["first_difference"]

    assert (first["source"], first["step"]) == ("county", "paid")
    assert (first["ledger"], first["bank"], first["payments"]) == ("1000.01", "1000.00", "1000.00")
    assert daily_found(answered) == 1


def test_an_answer_that_was_not_booked_is_named(answered: Harness) -> None:
    run = {"run_id": answered.rows(tables.runs)[0].run_id}
    instruct(answered, run)
    open_instruction = next(batch for batch in batches(answered, run) if batch["answered"] == 0)
    lines = Bank.read(fetch(answered, open_instruction["batch_id"]))[1]
    forge(answered, bank_answers, instruction_id=lines[0][2], paid=True)

    first = reconciled(answered, "2024-12")["first_difference"]

    assert (first["step"], first["ledger"], first["bank"]) == ("paid", "1000.00", "3000.00")
    assert daily_found(answered) == 1
