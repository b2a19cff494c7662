"""Payments that are given up, and payments that the bank takes back after it said paid: by two people."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from chassis.rpc import Refused
from contracts import subsidy as messages
from services.subsidy import tables
from services.subsidy.bank_tables import payment_changes
from services.subsidy.fund_tables import fund_allotments
from services.subsidy.service import SubsidyService
from tests.services.subsidy import factories, monthly
from tests.services.subsidy.steps import (
    approve,
    balances,
    batches,
    codes,
    events,
    fetch,
    find,
    freeze,
    give_accounts,
    held,
    instruct,
    receive,
    settle,
    today,
)
from tests.services.subsidy.test_bank import mend
from tests.support.bank import Bank
from tests.support.platform import Harness
from tests.support.postgres_server import PostgresServer
from tests.support.registry_events import OTHER_VILLAGE, VILLAGE, identifier

PAID_ON = factories.PAY_DAY.isoformat()

pytestmark = pytest.mark.system("SUB-12")


def placed(subsidy: Harness, bank: Bank) -> dict[str, Any]:
    """A run of three, borne by two sources, that the bank has answered."""
    subsidy.bulk("record_fund_allotments", [factories.allotment(amount="3000.00")])
    subsidy.feed("rehab", [factories.placed_in_care(n) for n in (1, 2, 3)])
    approved = approve(subsidy, freeze(subsidy, "care"))
    give_accounts(subsidy)
    return settle(subsidy, instruct(subsidy, approved), bank)


@pytest.fixture
def dead(subsidy: Harness) -> dict[str, Any]:
    """The first of three died: the run, whose first payment the bank returned."""
    return placed(subsidy, Bank({factories.account_number(identifier(1)): "C1"}))


@pytest.fixture
def paid(subsidy: Harness) -> dict[str, Any]:
    """A run of three that the bank has paid."""
    return placed(subsidy, Bank())


def request(subsidy: Harness, target: str, **changes: Any) -> list[str]:
    """Ask to give a payment up; or what the changes say."""
    item = {
        "ref": "FQ-1",
        "kind": "give_up",
        "target_id": target,
        "reason": "deceased",
        "document": "死亡证明 2024-118",
        "booked_on": PAID_ON,
    }
    return codes(subsidy.bulk("request_payment_changes", [item | changes]))


def decide(subsidy: Harness, by: str = "checker", caller: str | None = None, **changes: Any) -> list[str]:
    item = {"ref": "JD-1", "request_ref": "FQ-1", "decision": "approved"} | changes
    return codes(subsidy.bulk("decide_payment_changes", [item], caller or subsidy.checker(by)))


def came_back(subsidy: Harness, number: int = 1, **changes: Any) -> str:
    """The bank took the payment of a person back; returns the instruction that it had paid."""
    line = next(row for row in subsidy.rows(tables.run_lines) if row.person_id == identifier(number))
    [*_, instruction] = [
        event
        for event in subsidy.events()
        if isinstance(event, messages.PaymentInstructed | messages.PaymentReissued)
        and event.person_id == line.person_id
    ]
    told = {"kind": "take_back", "reason": "account_closed", "document": "退汇通知 7"} | changes
    assert request(subsidy, instruction.instruction_id, **told) == ["created"]
    return instruction.instruction_id


def equal(subsidy: Harness, *periods: str) -> None:
    """All tell the same of these periods."""
    for period in periods or (f"{datetime.now(UTC):%Y}", "2024"):
        told = subsidy.call("reconcile", {"period": period}, subsidy.auditor())
        assert told["first_difference"] is None


def spent(subsidy: Harness) -> dict[str, tuple[str, str, str]]:
    """Committed, paid and left by source."""
    told = subsidy.call("spending_progress", {"year": "2024"}, subsidy.auditor())["sources"]
    return {row["source"]: (row["committed"], row["paid"], row["left"]) for row in told}


# Given up ----------------------------------------------------------------------------------------


def test_who_died_is_not_paid_and_the_money_is_free_again(subsidy: Harness, dead: dict[str, Any]) -> None:
    assert dead["state"] == "instructed"
    assert spent(subsidy) == {
        "county": ("0.00", "3000.00", "-3000.00"),
        "superior": ("2000.00", "1000.00", "0.00"),
    }

    assert request(subsidy, held(subsidy)[0]["held_id"]) == ["created"]
    assert decide(subsidy) == ["created"]

    run = find(subsidy, dead["run_id"])
    assert (run["state"], run["lines"], run["paid_lines"], run["given_up_lines"]) == ("paid", 3, 2, 1)
    assert held(subsidy) == []
    assert [each["state"] for each in held(subsidy, states=[])] == ["given_up"]
    [event] = events(subsidy, messages.PaymentGivenUp)
    assert (event.person_id, event.amount, event.reason) == (identifier(1), "2000.00", "deceased")
    assert [(share.source, share.amount) for share in event.sources] == [("superior", "2000.00")]
    assert balances(subsidy)["expense:care"] == ("6000.00", "2000.00")
    for account, (debit, credit) in balances(subsidy).items():
        assert account.startswith(("allotted:", "funds:", "expense:")) or debit == credit, account
    assert spent(subsidy) == {
        "county": ("0.00", "3000.00", "-3000.00"),
        "superior": ("0.00", "1000.00", "2000.00"),
    }
    equal(subsidy)


def test_what_was_given_up_pays_the_next_one(subsidy: Harness, dead: dict[str, Any]) -> None:
    request(subsidy, held(subsidy)[0]["held_id"])
    decide(subsidy)
    subsidy.feed("rehab", [factories.placed_in_care(4)])

    later = freeze(subsidy, "care")

    assert later["run_id"] != dead["run_id"]
    assert later["sources"] == [{"source": "superior", "amount": "2000.00"}]


def test_what_was_given_up_is_never_sent_again_and_never_planned_again(
    subsidy: Harness, dead: dict[str, Any]
) -> None:
    request(subsidy, held(subsidy)[0]["held_id"])
    decide(subsidy)
    mend(subsidy, 1)

    assert instruct(subsidy, dead)["state"] == "paid"
    assert freeze(subsidy, "care")["run_id"] == dead["run_id"]
    assert len(batches(subsidy, dead)) == 1


def test_a_later_month_of_the_same_award_is_paid_all_the_same(subsidy: Harness) -> None:
    monthly.live(subsidy)
    assert monthly.grant(subsidy, monthly.living()) == ["created"]
    caller = subsidy.caller("maker", "checker", "auditor", subject="maker", region=monthly.DISTRICT)
    fields = {"region": monthly.DISTRICT, "pay_on": "2026-04-10"}

    def listed(period: str) -> dict[str, Any]:
        subsidy.call("plan_disbursement", factories.plan("living", period=period, **fields), caller)
        subsidy.run_jobs()
        return subsidy.call("plan_disbursement", factories.plan("living", period=period, **fields), caller)

    run = listed("2026-02")
    checker = subsidy.checker("checker", region=monthly.DISTRICT)
    told = {"run_id": run["run_id"], "list_hash": run["list_hash"]}
    subsidy.call("approve_disbursement", told, checker)
    subsidy.call("instruct_disbursement", {"run_id": run["run_id"]}, caller)
    subsidy.run_jobs()
    [waiting] = subsidy.call("list_held_payments", {}, caller)["held"]
    item = {"ref": "FQ-1", "kind": "give_up", "target_id": waiting["held_id"], "reason": "not_entitled"}
    item |= {"document": "核查表 3", "booked_on": today()}
    assert codes(subsidy.bulk("request_payment_changes", [item], monthly.clerk(subsidy))) == ["created"]
    assert decide(subsidy, caller=checker) == ["created"]

    march = listed("2026-03")

    assert (march["run_id"] != run["run_id"], march["lines"]) == (True, 1)


def test_nothing_is_given_up_before_a_second_person_says_so(subsidy: Harness, dead: dict[str, Any]) -> None:
    before = len(subsidy.events())
    target = held(subsidy)[0]["held_id"]

    assert request(subsidy, target) == ["created"]
    [asked] = subsidy.call("list_payment_changes", {}, subsidy.auditor())["changes"]
    assert (asked["target_id"], asked["amount"], asked["state"]) == (target, "2000.00", "requested")
    assert decide(subsidy, by="clerk") == ["subsidy.decided_by_requester"]
    assert (len(subsidy.events()), find(subsidy, dead["run_id"])) == (before, dead)
    assert decide(subsidy, decision="rejected") == ["created"]
    assert (len(subsidy.events()), find(subsidy, dead["run_id"])) == (before, dead)
    assert request(subsidy, target, ref="FQ-2") == ["created"]


def test_asking_and_deciding_again_change_nothing(subsidy: Harness, dead: dict[str, Any]) -> None:
    target = held(subsidy)[0]["held_id"]
    assert request(subsidy, target) == ["created"]
    assert request(subsidy, target) == ["unchanged"]
    assert request(subsidy, target, reason="not_entitled") == ["subsidy.ref_reused"]
    assert request(subsidy, target, ref="FQ-2") == ["subsidy.change_asked"]
    assert decide(subsidy) == ["created"]
    recorded = len(subsidy.events())

    assert request(subsidy, target) == ["unchanged"]
    assert decide(subsidy) == ["unchanged"]
    assert decide(subsidy, decision="rejected") == ["subsidy.ref_reused"]
    assert decide(subsidy, ref="JD-2") == ["subsidy.change_state"]
    assert len(subsidy.events()) == recorded


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reason": "we_do_not_like_him"}, "subsidy.unknown_reason"),
        ({"reason": "account_closed"}, "subsidy.unknown_reason"),
        ({"booked_on": "2024-12-09"}, "subsidy.change_day"),
        ({"booked_on": "2099-01-01"}, "subsidy.change_day"),
        ({"target_id": "0" * 32}, "subsidy.unknown_payment"),
        ({"kind": "take_back"}, "subsidy.unknown_payment"),
    ],
)
def test_what_makes_no_sense_is_not_asked(
    subsidy: Harness, dead: dict[str, Any], changes: dict[str, str], code: str
) -> None:
    assert request(subsidy, held(subsidy)[0]["held_id"], **changes) == [code]
    assert subsidy.rows(payment_changes) == []


def test_payments_elsewhere_are_as_unknown_as_those_that_do_not_exist(
    subsidy: Harness, dead: dict[str, Any]
) -> None:
    target = held(subsidy)[0]["held_id"]
    elsewhere = subsidy.caller("clerk", "checker", "auditor", subject="other", region="360121000000")
    item = {"ref": "FQ-9", "kind": "give_up", "target_id": target, "reason": "deceased"}
    item |= {"document": "死亡证明", "booked_on": PAID_ON}

    asked = [
        subsidy.bulk("request_payment_changes", [item | {"target_id": each}], elsewhere)[0]["error"]
        for each in (target, "0" * 32)
    ]
    request(subsidy, target)
    decided = [
        subsidy.bulk(
            "decide_payment_changes",
            [{"ref": "JD-9", "request_ref": ref, "decision": "approved"}],
            elsewhere,
        )[0]["error"]
        for ref in ("FQ-1", "FQ-0")
    ]

    assert asked[0] == asked[1]
    assert decided[0] == decided[1]
    assert subsidy.call("list_payment_changes", {}, elsewhere)["changes"] == []


def test_what_was_sent_again_meanwhile_is_not_given_up(subsidy: Harness) -> None:
    run = placed(subsidy, Bank({factories.account_number(identifier(1)): "B1"}))
    request(subsidy, held(subsidy)[0]["held_id"], reason="not_entitled")
    instruct(subsidy, run)

    assert decide(subsidy) == ["subsidy.payment_state"]
    assert settle(subsidy, run, Bank())["state"] == "paid"


def test_money_goes_back_to_the_allotments_that_can_have_borne_it(subsidy: Harness) -> None:
    county = factories.allotment(amount="2500.00", allotted_on="2024-05-06")
    township = factories.allotment(ref="2", region="341524103000", amount="1500.00", allotted_on="2024-05-07")
    subsidy.bulk("record_fund_allotments", [county, township])
    villages = [VILLAGE, VILLAGE, OTHER_VILLAGE]
    subsidy.feed("rehab", [factories.placed_in_care(n, region=each) for n, each in enumerate(villages, 1)])
    instruct(subsidy, approve(subsidy, freeze(subsidy, "care")))
    drawn = {row.ref: row.drawn_fen for row in subsidy.rows(fund_allotments)}
    assert sum(drawn.values()) > 0

    for number, waiting in enumerate(held(subsidy)):
        request(subsidy, waiting["held_id"], ref=f"FQ-{number}")
        assert decide(subsidy, ref=f"JD-{number}", request_ref=f"FQ-{number}") == ["created"]

    assert {row.drawn_fen for row in subsidy.rows(fund_allotments)} == {0}
    assert {row.state for row in subsidy.rows(tables.runs)} == {"paid"}


# Taken back --------------------------------------------------------------------------------------


def test_money_that_came_back_is_owed_again_and_paid_once_more_to_another_account(
    subsidy: Harness, paid: dict[str, Any]
) -> None:
    day = today()
    instruction = came_back(subsidy, booked_on=day)
    assert decide(subsidy) == ["created"]

    run = find(subsidy, paid["run_id"])
    assert (run["state"], run["paid_lines"]) == ("instructed", 2)
    [event] = events(subsidy, messages.PaymentTakenBack)
    assert (event.instruction_id, event.amount) == (instruction, "2000.00")
    [waiting] = held(subsidy)
    assert (waiting["remedy"], waiting["instruction_id"]) == ("account", instruction)
    assert balances(subsidy)["payable:superior:care"] == ("3000.00", "5000.00")
    assert spent(subsidy)["superior"] == ("2000.00", "1000.00", "0.00")
    equal(subsidy, "2024", day[:4], day[:7])
    assert instruct(subsidy, run)["state"] == "instructed"
    assert len(batches(subsidy, run)) == 1

    mend(subsidy, 1)
    again = settle(subsidy, instruct(subsidy, run), Bank())

    assert (again["state"], again["paid_lines"]) == ("paid", 3)
    [reissued] = events(subsidy, messages.PaymentReissued)
    assert reissued.reissue_of == instruction
    assert len(events(subsidy, messages.PaymentMade)) == 4
    assert spent(subsidy)["superior"] == ("0.00", "3000.00", "0.00")
    for account, (debit, credit) in balances(subsidy).items():
        assert account.startswith(("allotted:", "funds:", "expense:")) or debit == credit, account
    equal(subsidy)
    steps = subsidy.call("reconcile", {"period": day[:4]}, subsidy.auditor())["steps"]
    assert [(step["step"], step["ledger"]) for step in steps if step["source"] == "superior"] == [
        ("instructed", "2000.00"),
        ("paid", "2000.00"),
        ("taken_back", "2000.00"),
    ]


def test_money_may_come_back_twice_and_is_given_up_in_the_end(subsidy: Harness, paid: dict[str, Any]) -> None:
    for number in (1, 2):
        came_back(subsidy, ref=f"FQ-{number}", reason="bank_failure", booked_on=today())
        assert decide(subsidy, ref=f"JD-{number}", request_ref=f"FQ-{number}") == ["created"]
        if number == 1:
            assert settle(subsidy, instruct(subsidy, paid), Bank())["state"] == "paid"
    assert request(subsidy, held(subsidy)[0]["held_id"], ref="FQ-3", booked_on=today()) == ["created"]
    assert decide(subsidy, ref="JD-3", request_ref="FQ-3") == ["created"]

    run = find(subsidy, paid["run_id"])
    assert (run["state"], run["paid_lines"], run["given_up_lines"]) == ("paid", 2, 1)
    assert spent(subsidy)["superior"] == ("0.00", "1000.00", "2000.00")
    equal(subsidy)


def test_what_the_bank_has_not_paid_cannot_come_back_and_nothing_comes_back_twice(
    subsidy: Harness, dead: dict[str, Any]
) -> None:
    returned = held(subsidy)[0]["instruction_id"]
    told = {"kind": "take_back", "reason": "other"}
    assert request(subsidy, returned, **told) == ["subsidy.payment_state"]
    instruction = came_back(subsidy, 2)
    decide(subsidy)

    assert request(subsidy, instruction, ref="FQ-2", **told) == ["subsidy.change_asked"]


# The database itself, and others at the same moment ------------------------------------------------


@pytest.mark.parametrize(
    ("values", "check"),
    [
        ({"state": "approved"}, "are_decided"),
        ({"state": "approved", "decided_by": "clerk"}, "two_persons"),
        ({"instruction_id": "f" * 32}, "ck_payment_changes_kind"),
    ],
)
def test_the_database_itself_refuses_what_one_person_decides_alone(
    subsidy: Harness, dead: dict[str, Any], values: dict[str, str], check: str
) -> None:
    request(subsidy, held(subsidy)[0]["held_id"])

    with pytest.raises(sa.exc.IntegrityError, match=check), subsidy.runtime.database.write() as connection:
        connection.execute(sa.update(payment_changes).values(values))


def test_the_database_itself_refuses_to_pay_twice_what_came_back_once(
    subsidy: Harness, paid: dict[str, Any]
) -> None:
    came_back(subsidy, reason="bank_failure")
    decide(subsidy)
    settle(subsidy, instruct(subsidy, paid), Bank())
    again = next(row for row in subsidy.rows(tables.payments) if row.take_back_id)

    for changes in ({}, {"take_back_id": None}):
        copy = again._asdict() | {"payment_id": "f" * 32} | changes
        with pytest.raises(sa.exc.IntegrityError), subsidy.runtime.database.write() as connection:
            connection.execute(sa.insert(tables.payments).values(copy))


def test_the_database_itself_refuses_to_pay_another_line_again_than_the_one_that_came_back(
    subsidy: Harness, paid: dict[str, Any]
) -> None:
    came_back(subsidy, number=1)
    decide(subsidy)
    [change] = subsidy.rows(payment_changes)
    other = next(row for row in subsidy.rows(tables.payments) if row.person_id == identifier(2))
    copy = other._asdict() | {"payment_id": "f" * 32, "take_back_id": change.id}

    with pytest.raises(sa.exc.IntegrityError), subsidy.runtime.database.write() as connection:
        connection.execute(sa.insert(tables.payments).values(copy))


def test_of_giving_up_and_sending_again_at_once_one_happens(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    with postgres_server.database() as url, ThreadPoolExecutor(12) as pool:
        subsidy = Harness(SubsidyService, url, keys=tmp_path)
        run = placed(subsidy, Bank({factories.account_number(identifier(n)): "B1" for n in (1, 2, 3)}))
        for number, waiting in enumerate(held(subsidy)):
            request(subsidy, waiting["held_id"], ref=f"FQ-{number}", reason="not_entitled")

        def decision(number: int) -> list[str]:
            place = f"{number % 3}"
            return decide(subsidy, f"checker-{number}", ref=f"JD-{number}", request_ref=f"FQ-{place}")

        def again(_: int) -> list[str]:
            instruct(subsidy, run)
            return []

        acts: list[Callable[[int], list[str]]] = [decision, again]
        told = list(pool.map(lambda number: acts[number % 2](number), range(24)))
        settle(subsidy, instruct(subsidy, run), Bank())

        given_up = len(events(subsidy, messages.PaymentGivenUp))
        assert given_up == sum(outcome == ["created"] for outcome in told)
        assert len(events(subsidy, messages.PaymentReissued)) == 3 - given_up
        assert len(events(subsidy, messages.PaymentMade)) == 3 - given_up
        ended = find(subsidy, run["run_id"])
        assert (ended["state"], ended["paid_lines"] + ended["given_up_lines"]) == ("paid", 3)
        equal(subsidy)
        subsidy.close()


def test_a_receipt_that_contradicts_one_before_is_still_refused(
    subsidy: Harness, paid: dict[str, Any]
) -> None:
    file = fetch(subsidy, batches(subsidy, paid)[0]["batch_id"])
    taken_back = Bank({factories.account_number(identifier(1)): "A2"}).answer(file, places={1})

    with pytest.raises(Refused) as told:
        receive(subsidy, taken_back)

    assert told.value.code == "subsidy.receipt_repeated"
