"""What a check found not to have reached its person becomes a debt, by two people, and the person is paid."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from contracts import subsidy as messages
from services.subsidy import tables
from services.subsidy.difference_tables import debts, differences
from services.subsidy.service import SubsidyService
from services.subsidy.verification_tables import recoveries
from tests.services.subsidy.monthly import DISTRICT, clerk, grant, live, living, pay_month
from tests.services.subsidy.steps import codes, events
from tests.services.subsidy.test_recompute import account, paid_back, recomputed
from tests.support.platform import Harness
from tests.support.postgres_server import PostgresServer


def checked(subsidy: Harness, finding: str = "wrong_person", **changes: Any) -> dict[str, Any]:
    """A payment of 217 yuan for February that was asked for, and what was found."""
    live(subsidy)
    assert grant(subsidy, living()) == ["created"]
    run = pay_month(subsidy, "living", "2026-02")
    sample = {"ref": "CJ-1", "run_id": run["run_id"], "seed": "2026-0301", "drawn_on": "2026-03-01"}
    assert codes(subsidy.bulk("draw_payment_samples", [sample], clerk(subsidy))) == ["created"]
    subsidy.run_jobs()
    [check] = subsidy.call("list_payment_checks", {}, clerk(subsidy))["checks"]
    step = {"ref": "HS-1", "check_id": check["check_id"], "action": finding, "acted_on": "2026-03-05"}
    steps = [step | {"means": "in_person"} | changes]
    assert codes(subsidy.bulk("record_payment_checks", steps, clerk(subsidy))) == ["created"]
    found: dict[str, Any] = check
    return found


def propose(subsidy: Harness, check: dict[str, Any], caller: str | None = None, **changes: Any) -> list[str]:
    item = {
        "ref": "ZH-1",
        "check_id": check["check_id"],
        "amount": "217.00",
        "document": "追回通知2026-1",
        "proposed_on": "2026-03-06",
    }
    return codes(subsidy.bulk("propose_recoveries", [item | changes], caller or clerk(subsidy)))


def decide(subsidy: Harness, caller: str | None = None, **changes: Any) -> list[str]:
    item = {"ref": "SD-1", "recovery_ref": "ZH-1", "decision": "approved", "decided_on": "2026-03-09"}
    checker = caller or subsidy.checker("decider", region=DISTRICT)
    return codes(subsidy.bulk("decide_recoveries", [item | changes], checker))


def due(subsidy: Harness) -> list[tuple[str, str]]:
    return [(each.kind, each.amount) for each in events(subsidy, messages.DifferenceFound)]


@pytest.mark.system("SUB-12")
def test_what_somebody_else_took_is_a_debt_by_two_people_and_the_person_is_paid_it(subsidy: Harness) -> None:
    check = checked(subsidy)
    assert propose(subsidy, check) == ["created"]
    assert subsidy.rows(debts) == []
    assert account(subsidy, "debt:living") == ("0.00", "0.00")

    assert decide(subsidy) == ["created"]

    [debt] = subsidy.call("list_debts", {"scheme": "living"}, clerk(subsidy))["debts"]
    assert (debt["amount"], debt["by_other"]) == ("217.00", True)
    [approved] = events(subsidy, messages.RecoveryApproved)
    assert (approved.check_id, approved.debt_id) == (check["check_id"], debt["debt_id"])
    [found] = subsidy.call("list_differences", {"scheme": "living"}, clerk(subsidy))["differences"]
    assert found["reasons"][0]["rule"] == "verification.to_recover"
    assert "217.00元未发到本人" in found["reasons"][0]["text"]
    assert account(subsidy, "debt:living") == ("217.00", "0.00")

    recomputed(subsidy, "living")
    recomputed(subsidy, "living")

    assert due(subsidy) == [("over_payment", "217.00"), ("back_pay", "217.00")]
    run = pay_month(subsidy, "living", "2026-03")
    assert (run["lines"], run["amount"]) == (2, "434.00"), "nothing is kept back of who did not have it"
    assert paid_back(subsidy, debt["debt_id"], "217.00") == ["created"]
    assert account(subsidy, "debt:living") == ("217.00", "217.00")
    assert account(subsidy, "expense:living") == ("651.00", "217.00")


def test_the_books_the_bank_and_the_payments_still_tell_the_same(subsidy: Harness) -> None:
    propose(subsidy, checked(subsidy))
    assert decide(subsidy) == ["created"]
    told = subsidy.call("reconcile", {"period": "2026"}, subsidy.auditor(region=DISTRICT))
    assert [(each["step"], each["ledger"]) for each in told["steps"]] == [
        ("instructed", "217.00"),
        ("paid", "217.00"),
    ]
    assert told["first_difference"] is None


def test_a_part_that_did_not_arrive_is_recovered_and_paid(subsidy: Harness) -> None:
    check = checked(subsidy, "wrong_amount", received="200.00")
    assert propose(subsidy, check, amount="17.00") == ["created"]
    assert decide(subsidy) == ["created"]
    recomputed(subsidy, "living")
    assert due(subsidy) == [("over_payment", "17.00"), ("back_pay", "17.00")]


def test_what_is_rejected_books_nothing_and_may_be_proposed_otherwise(subsidy: Harness) -> None:
    check = checked(subsidy)
    propose(subsidy, check)
    assert decide(subsidy, decision="rejected") == ["created"]
    assert (subsidy.rows(debts), events(subsidy, messages.RecoveryApproved)) == ([], [])
    assert propose(subsidy, check, ref="ZH-2", amount="100.00") == ["created"]
    page = subsidy.call("list_recoveries", {"states": ["requested"]}, subsidy.auditor(region=DISTRICT))
    assert [(each["ref"], each["amount"]) for each in page["recoveries"]] == [("ZH-2", "100.00")]


def test_sent_again_it_changes_nothing_and_with_other_content_it_is_refused(subsidy: Harness) -> None:
    check = checked(subsidy)
    assert [*propose(subsidy, check), *propose(subsidy, check)] == ["created", "unchanged"]
    assert propose(subsidy, check, amount="1.00") == ["subsidy.ref_reused"]
    assert propose(subsidy, check, ref="ZH-2") == ["subsidy.recovery_proposed"]
    assert [*decide(subsidy), *decide(subsidy)] == ["created", "unchanged"]
    assert decide(subsidy, decision="rejected") == ["subsidy.ref_reused"]
    assert decide(subsidy, ref="SD-2") == ["subsidy.change_state"]
    assert len(subsidy.rows(debts)) == 1


def test_nobody_decides_on_what_they_proposed(subsidy: Harness) -> None:
    check = checked(subsidy)
    both = subsidy.caller("clerk", "checker", subject="one", region=DISTRICT)
    assert propose(subsidy, check, both) == ["created"]
    assert decide(subsidy, both) == ["subsidy.decided_by_requester"]


@pytest.mark.parametrize("amount", ["0.00", "217.01", "-1.00"])
def test_not_more_is_recovered_than_was_paid(subsidy: Harness, amount: str) -> None:
    assert propose(subsidy, checked(subsidy), amount=amount) == ["subsidy.more_than_paid"]


def test_what_arrived_is_not_recovered(subsidy: Harness) -> None:
    assert propose(subsidy, checked(subsidy, "received")) == ["subsidy.check_state"]


def test_what_recomputing_recovers_already_is_not_recovered_twice(subsidy: Harness) -> None:
    check = checked(subsidy)
    propose(subsidy, check)
    item = {"ref": "TF-1", "award_id": subsidy.rows(tables.awards)[0].award_id}
    item |= {"reason": "death", "happened_on": "2026-01-10"}
    assert codes(subsidy.bulk("stop_awards", [item], clerk(subsidy))) == ["created"]
    recomputed(subsidy, "living")
    assert decide(subsidy) == ["subsidy.more_than_paid"]
    assert len(subsidy.rows(differences)) == 1


def test_what_was_recovered_first_is_not_found_again_when_nothing_was_due(subsidy: Harness) -> None:
    check = checked(subsidy)
    propose(subsidy, check)
    decide(subsidy)
    item = {"ref": "TF-1", "award_id": subsidy.rows(tables.awards)[0].award_id}
    item |= {"reason": "death", "happened_on": "2026-01-10"}
    assert codes(subsidy.bulk("stop_awards", [item], clerk(subsidy))) == ["created"]
    recomputed(subsidy, "living")
    assert due(subsidy) == [("over_payment", "217.00")]


def test_another_region_neither_sees_nor_proposes_nor_decides(subsidy: Harness) -> None:
    check = checked(subsidy)
    elsewhere = subsidy.clerk()
    assert propose(subsidy, check, elsewhere) == ["subsidy.unknown_check"]
    assert propose(subsidy, {"check_id": "9" * 32}) == ["subsidy.unknown_check"]
    propose(subsidy, check)
    assert decide(subsidy, subsidy.checker("decider")) == ["subsidy.unknown_check"]
    assert decide(subsidy, recovery_ref="ZH-9") == ["subsidy.unknown_check"]
    assert subsidy.call("list_recoveries", {}, elsewhere)["recoveries"] == []


@pytest.mark.parametrize(
    ("method", "role"),
    [("propose_recoveries", "checker"), ("decide_recoveries", "clerk"), ("list_recoveries", "maker")],
)
def test_other_roles_are_refused(subsidy: Harness, method: str, role: str) -> None:
    fields: dict[str, Any] = {} if method == "list_recoveries" else {"items": []}
    with pytest.raises(Exception, match=r"access\.role"):
        subsidy.call(method, fields, subsidy.caller(role, region=DISTRICT))


def test_of_twenty_who_propose_or_decide_at_once_one_is_first(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    with postgres_server.database() as url, ThreadPoolExecutor(20) as pool:
        subsidy = Harness(SubsidyService, url, keys=tmp_path)
        check = checked(subsidy)

        def one(number: int) -> str:
            return propose(subsidy, check, ref=f"ZH-{number}")[0]

        assert Counter(pool.map(one, range(20))) == {"created": 1, "subsidy.recovery_proposed": 19}
        [row] = subsidy.rows(recoveries)

        def decided(number: int) -> str:
            caller = subsidy.checker(f"decider-{number}", region=DISTRICT)
            return decide(subsidy, caller, ref=f"SD-{number}", recovery_ref=row.ref)[0]

        assert Counter(pool.map(decided, range(20))) == {"created": 1, "subsidy.change_state": 19}
        assert len(subsidy.rows(debts)) == 1
        subsidy.close()
