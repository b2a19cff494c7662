"""Twenty hands at once, on PostgreSQL: one of them does it, and the others hear so, without a fault."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar

import pytest

from chassis import schema
from chassis.rpc import Refused
from contracts import subsidy as messages
from services.subsidy import tables
from services.subsidy.bank_tables import held_payments, instructions, pay_accounts, payment_changes
from services.subsidy.difference_tables import debt_entries, debts
from services.subsidy.service import SubsidyService
from tests.services.subsidy import factories
from tests.services.subsidy.monthly import DISTRICT
from tests.services.subsidy.steps import (
    approve,
    batches,
    codes,
    events,
    fetch,
    find,
    freeze,
    give_accounts,
    instruct,
    pay,
    receive,
)
from tests.services.subsidy.test_recompute import acts, overpaid
from tests.support.bank import Bank
from tests.support.migrated import Migrated
from tests.support.platform import Harness
from tests.support.postgres_server import PostgresServer
from tests.support.registry_events import identifier

HANDS = 20
T = TypeVar("T")

pytestmark = pytest.mark.system("SUB-12")


@pytest.fixture
def shared(
    postgres_server: PostgresServer, migrated_databases: Migrated, tmp_path: Path
) -> Iterator[Harness]:
    """A database of its own for all hands."""
    with postgres_server.database(migrated_databases.name(SubsidyService)) as url:
        harness = Harness(SubsidyService, url, keys=tmp_path)
        yield harness
        harness.close()


@pytest.fixture
def in_care(shared: Harness) -> Harness:
    """Three persons in care."""
    shared.feed("rehab", [factories.placed_in_care(number) for number in (1, 2, 3)])
    return shared


def at_once(act: Callable[[int], T]) -> Counter[T]:
    """What each hand heard, all beginning at the same moment."""
    start = Barrier(HANDS)

    def one(hand: int) -> T:
        start.wait()
        return act(hand)

    with ThreadPoolExecutor(HANDS) as pool:
        return Counter(pool.map(one, range(HANDS)))


def heard(act: Callable[[], dict[str, Any]]) -> str:
    """The outcome or the state that a hand is told, or the code of the refusal."""
    try:
        told = act()
    except Refused as refused:
        return str(refused.code)
    return str(told.get("outcome") or told["state"])


def decided(shared: Harness, method: str, item: dict[str, Any], region: str | None = None) -> Counter[str]:
    """What twenty checkers hear who decide the same, each by a number of their own."""

    def one(hand: int) -> str:
        place = {} if region is None else {"region": region}
        caller = shared.checker(f"checker-{hand}", **place)
        [code] = codes(shared.bulk(method, [item | {"ref": f"J-{hand}"}], caller))
        return code

    return at_once(one)


def test_one_list_planned_by_twenty_is_one_run(in_care: Harness) -> None:
    told = factories.plan("care")
    runs = at_once(
        lambda hand: in_care.call("plan_disbursement", told, in_care.maker(f"maker-{hand}"))["run_id"]
    )

    assert len(runs) == len(in_care.rows(tables.runs)) == 1
    with in_care.runtime.database.read() as connection:
        assert len(connection.execute(schema.job.select()).all()) == 1
    in_care.run_jobs()
    assert sorted(row.person_id for row in in_care.rows(tables.run_lines)) == [
        identifier(number) for number in (1, 2, 3)
    ]


def test_two_approvers_who_click_ten_times_each_approve_once(in_care: Harness) -> None:
    run = freeze(in_care, "care")

    clicks = at_once(lambda hand: (hand % 2, heard(lambda: approve(in_care, run, f"checker-{hand % 2}"))))

    first = int(find(in_care, run["run_id"])["approved_by"].removeprefix("checker-"))
    assert clicks == {(first, "approved"): 10, (1 - first, "subsidy.run_not_frozen"): 10}
    assert len(events(in_care, messages.DisbursementApproved)) == 1
    assert sum(row.amount_fen for row in in_care.rows(tables.ledger)) == 600_000


def test_twenty_makers_tell_the_bank_once(in_care: Harness) -> None:
    give_accounts(in_care)
    run = approve(in_care, freeze(in_care, "care"))

    told = {"run_id": run["run_id"]}
    clicks = at_once(
        lambda hand: heard(
            lambda: in_care.call("instruct_disbursement", told, in_care.maker(f"maker-{hand}"))
        )
    )
    at_once(lambda _: in_care.run_jobs())

    assert clicks == {"instructing": HANDS}
    assert find(in_care, run["run_id"])["state"] == "instructed"
    assert len(in_care.rows(instructions)) == len(events(in_care, messages.PaymentInstructed)) == 3


def test_of_two_files_for_the_same_lines_one_is_taken(in_care: Harness) -> None:
    """The bank paid two of three, and answered the third by either file."""
    give_accounts(in_care)
    run = instruct(in_care, approve(in_care, freeze(in_care, "care")))
    [batch] = batches(in_care, run)
    file = fetch(in_care, batch["batch_id"])
    receipts = [Bank().answer(file, places=places) for places in ({1, 2}, {1, 2, 3})]

    clicks = at_once(lambda hand: heard(lambda: receive(in_care, receipts[hand % 2])))

    assert clicks == {"created": 1, "unchanged": 9, "subsidy.receipt_repeated": 10}
    paid = find(in_care, run["run_id"])["paid_lines"]
    assert paid == len(in_care.rows(tables.payments)) == len(events(in_care, messages.PaymentMade)) in {2, 3}


def test_a_payment_that_twenty_give_up_is_given_up_once(in_care: Harness) -> None:
    run = instruct(in_care, approve(in_care, freeze(in_care, "care")))
    target = in_care.rows(held_payments)[0].id
    item = {"kind": "give_up", "target_id": target, "reason": "deceased", "document": "死亡证明"}
    item |= {"booked_on": factories.PAY_DAY.isoformat()}

    def ask(hand: int) -> str:
        [code] = codes(in_care.bulk("request_payment_changes", [item | {"ref": f"F-{hand}"}]))
        return code

    assert at_once(ask) == {"created": 1, "subsidy.change_asked": HANDS - 1}
    [asked] = in_care.rows(payment_changes)
    decision = {"request_ref": asked.ref, "decision": "approved"}
    clicks = decided(in_care, "decide_payment_changes", decision)

    assert clicks == {"created": 1, "subsidy.change_state": HANDS - 1}
    assert (
        find(in_care, run["run_id"])["given_up_lines"] == len(events(in_care, messages.PaymentGivenUp)) == 1
    )


def test_money_that_twenty_say_came_back_came_back_once(in_care: Harness) -> None:
    run = pay(in_care, "care")
    told = in_care.rows(instructions)[0].id
    item = {"ref": "F", "kind": "take_back", "target_id": told, "reason": "other", "document": "退汇通知"}
    in_care.bulk("request_payment_changes", [item | {"booked_on": factories.PAY_DAY.isoformat()}])

    clicks = decided(in_care, "decide_payment_changes", {"request_ref": "F", "decision": "approved"})

    assert clicks == {"created": 1, "subsidy.change_state": HANDS - 1}
    assert find(in_care, run["run_id"])["paid_lines"] == 2
    assert len(events(in_care, messages.PaymentTakenBack)) == len(in_care.rows(held_payments)) == 1


def test_a_change_of_account_that_twenty_decide_is_decided_once(in_care: Harness) -> None:
    give_accounts(in_care)
    changed = factories.account(identifier(1), ref="BG", number="6230000000000000001")
    assert codes(in_care.bulk("record_pay_accounts", [changed])) == ["created"]

    clicks = decided(in_care, "decide_pay_accounts", {"account_ref": "BG", "decision": "approved"})

    assert clicks["created"] == 1
    assert len(clicks) == 2
    assert "internal_error" not in clicks
    assert [row.state for row in in_care.rows(pay_accounts) if row.ref == "BG"] == ["approved"]


def test_a_debt_that_twenty_write_off_is_written_off_once(shared: Harness) -> None:
    debt_id = overpaid(shared)
    assert acts(shared, debt_id, "ask_write_off", "100.00") == ["created"]

    told = {"act_ref": "ZW-1", "decision": "approved", "decided_on": "2026-06-02"}
    clicks = decided(shared, "decide_debt_acts", told, DISTRICT)

    assert clicks == {"created": 1, "subsidy.decided_already": HANDS - 1}
    assert [row.kind for row in shared.rows(debt_entries)] == ["written_off"]
    assert max(row.settled_fen for row in shared.rows(debts)) == 10_000
