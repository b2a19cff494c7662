"""The ledger: always balanced, never changed."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from services.subsidy import tables
from tests.services.subsidy import factories
from tests.services.subsidy.steps import approve, balances, freeze, pay
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_VILLAGE, TOWNSHIP, VILLAGE


@pytest.fixture
def paid(subsidy: Harness) -> Harness:
    """Three persons in two townships, paid out of two sources."""
    subsidy.bulk("record_fund_allotments", [factories.allotment(amount="3000.00")])
    villages = [VILLAGE, VILLAGE, OTHER_VILLAGE]
    subsidy.feed("rehab", [factories.placed_in_care(n, region=village) for n, village in enumerate(villages)])
    pay(subsidy, "care")
    return subsidy


def test_debit_equals_credit(paid: Harness) -> None:
    accounts = balances(paid).values()

    assert sum(Decimal(debit) for debit, _ in accounts) == sum(Decimal(credit) for _, credit in accounts) > 0


def test_the_ledger_tells_what_was_paid(paid: Harness) -> None:
    lines = sum(row.amount_fen for row in paid.rows(tables.run_lines))
    payments = sum(row.amount_fen for row in paid.rows(tables.payments))
    entries = paid.rows(tables.ledger)
    settled = sum(row.amount_fen for row in entries if row.debit_account.startswith("transit:"))

    assert lines == payments == settled == 600_000


def test_an_auditor_of_a_township_sees_its_payments_alone(paid: Harness) -> None:
    accounts = paid.call("trial_balance", {}, paid.auditor(region=TOWNSHIP))["accounts"]

    assert {account["account"]: account["debit"] for account in accounts} == {
        "funds:county:care": "0.00",
        "funds:superior:care": "0.00",
        "transit:county:care": "1000.00",
        "transit:superior:care": "3000.00",
    }


@pytest.mark.parametrize("table", [tables.ledger, tables.payments, tables.run_lines, tables.run_shares])
@pytest.mark.parametrize("change", [sa.update, sa.delete])
def test_what_was_paid_cannot_be_changed(paid: Harness, table: sa.Table, change: type) -> None:
    statement = change(table)
    if change is sa.update:
        statement = statement.values(amount_fen=1)

    with (
        pytest.raises(sa.exc.DatabaseError, match="append-only"),
        paid.runtime.database.write() as connection,
    ):
        connection.execute(statement)


def test_a_person_cannot_be_paid_twice_for_a_period(paid: Harness) -> None:
    line = paid.rows(tables.run_lines)[0]._asdict() | {"seq": 99}
    payment = paid.rows(tables.payments)[0]._asdict() | {"payment_id": "f" * 32, "seq": 99}

    for table, copy in ((tables.run_lines, line), (tables.payments, payment)):
        insert = sa.insert(table).values(copy)
        with (
            pytest.raises(sa.exc.IntegrityError, match="person_id"),
            paid.runtime.database.write() as connection,
        ):
            connection.execute(insert)


def test_a_run_has_a_trial_balance_of_its_own(paid: Harness) -> None:
    paid.feed("registry", [factories.certified(9)])
    paid.bulk("grant_awards", [factories.award(9)])
    run = pay(paid, "fuel")

    accounts = paid.call("trial_balance", {"run_id": run["run_id"]}, paid.auditor())["accounts"]

    assert {row["account"]: (row["debit"], row["credit"]) for row in accounts} == {
        "expense:fuel": ("260.00", "0.00"),
        "payable:county:fuel": ("260.00", "260.00"),
        "transit:county:fuel": ("260.00", "260.00"),
        "funds:county:fuel": ("0.00", "260.00"),
    }


def test_spending_is_shown_by_source_from_allotted_to_paid(paid: Harness) -> None:
    paid.feed("rehab", [factories.placed_in_care(7)])
    approve(paid, freeze(paid, "care"))

    def told(**caller: str) -> list[list[str]]:
        shown = paid.call("spending_progress", {"year": "2024"}, paid.auditor(**caller))["sources"]
        return [list(row.values())[:6] for row in shown]

    assert told() == [
        ["care", "county", "0.00", "2000.00", "3000.00", "-5000.00"],
        ["care", "superior", "3000.00", "0.00", "3000.00", "0.00"],
    ]
    assert told(region=TOWNSHIP) == []
