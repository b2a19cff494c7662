"""What is due, as known now, against what was paid: back-pay in the next run, debts, and the books."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from contracts import subsidy as messages
from kernel.rulebook import RuleBook
from services.subsidy import tables
from services.subsidy.bank_tables import held_payments, pay_accounts
from services.subsidy.difference_tables import debt_acts, debt_entries, debts, differences
from services.subsidy.handlers import recompute
from tests.services.subsidy import factories
from tests.services.subsidy.monthly import (
    DISTRICT,
    clerk,
    freeze_month,
    grant,
    live,
    living,
    nursing,
    pay_month,
    stop,
)
from tests.services.subsidy.steps import codes, events, pay, today
from tests.services.subsidy.test_single_help import RULES
from tests.support import registry_events
from tests.support.platform import COUNTY, Harness
from tests.support.registry_events import identifier


def new_rate(
    subsidy: Harness, key: str, amount: str | None, since: str, document: str = "粤民发〔2026〕99号"
) -> None:
    """From now on a rule file says so, whatever was paid before."""
    book = subsidy.runtime.rules
    [*_, last] = book.history(key)
    value = replace(last, value=amount, valid_from=date.fromisoformat(since), document=document)
    rules = {each: book.history(each) for each in book.keys()}  # noqa: SIM118 - no dict
    rules[key] = tuple(sorted((*rules[key], value), key=lambda each: (each.valid_from, each.known_from)))
    subsidy.runtime.rules = RuleBook(rules, book.office)


def recomputed(subsidy: Harness, scheme: str, first: str = "2026-01", last: str = "2026-12") -> None:
    fields = {"scheme": scheme, "region": DISTRICT, "first": first, "last": last}
    subsidy.call("recompute_awards", fields, clerk(subsidy))
    subsidy.run_jobs()


def found(subsidy: Harness) -> list[tuple[str, str, str]]:
    return [(each.period, each.kind, each.amount) for each in events(subsidy, messages.DifferenceFound)]


def paid(subsidy: Harness) -> list[tuple[str, str]]:
    return [(each.period, each.amount) for each in events(subsidy, messages.PaymentMade)]


def in_order(subsidy: Harness) -> list[Any]:
    """The debts as they arose."""
    return sorted(subsidy.rows(debts), key=lambda row: row.debt_id)


def owed(subsidy: Harness) -> list[tuple[int, int]]:
    """Amount and what is settled of each debt, in fen."""
    return [(row.amount_fen, row.settled_fen) for row in in_order(subsidy)]


def account(subsidy: Harness, name: str) -> tuple[str, str]:
    told = subsidy.call("trial_balance", {}, subsidy.auditor(region=DISTRICT))["accounts"]
    return next(
        ((each["debit"], each["credit"]) for each in told if each["account"] == name), ("0.00", "0.00")
    )


def overpaid(subsidy: Harness) -> str:
    """Somebody was paid from February to April and had died in February; tells the first debt."""
    live(subsidy)
    assert grant(subsidy, living()) == ["created"]
    for month in ("2026-02", "2026-03", "2026-04"):
        pay_month(subsidy, "living", month)
    cancelled = registry_events.cancelled(1, region=DISTRICT, reason="death", acted_on=date(2026, 2, 10))
    subsidy.feed("registry", [cancelled])
    recomputed(subsidy, "living")
    return str(in_order(subsidy)[0].debt_id)


def acts(
    subsidy: Harness,
    debt_id: str,
    act: str,
    amount: str,
    ref: str = "ZW-1",
    day: str = "2026-06-01",
    **caller: Any,
) -> list[str]:
    item = {
        "ref": ref,
        "debt_id": debt_id,
        "act": act,
        "amount": amount,
        "document": "凭证1",
        "happened_on": day,
    }
    return codes(subsidy.bulk("record_debt_acts", [item], subsidy.clerk(**({"region": DISTRICT} | caller))))


def held_up(subsidy: Harness, month: str, *, with_account: int, scheme: str = "living") -> list[str]:
    """The month's run is told to the bank; of whom only one has an account. Tells what is held up."""
    maker = subsidy.maker(region=DISTRICT)
    run = freeze_month(subsidy, scheme, month)
    approval = {"run_id": run["run_id"], "list_hash": run["list_hash"]}
    subsidy.call("approve_disbursement", approval, subsidy.checker(region=DISTRICT))
    account = factories.account(identifier(with_account))
    assert codes(subsidy.bulk("record_pay_accounts", [account], clerk(subsidy))) == ["created"]
    subsidy.call("instruct_disbursement", {"run_id": run["run_id"]}, maker)
    subsidy.run_jobs()
    return [row.id for row in subsidy.rows(held_payments)]


def close_account(subsidy: Harness) -> None:
    """The person can be paid to no account from now on."""
    with subsidy.runtime.database.write() as connection:
        rejected = {"state": "rejected", "usable_from": None, "decided_by": "bank", "seq": 2}
        connection.execute(sa.update(pay_accounts).values(rejected))


def approved(subsidy: Harness, act_ref: str, caller: str | None = None, /, **changes: Any) -> list[str]:
    """Another person decides on a repayment or a write-off."""
    item = {"ref": f"HX-{act_ref}", "act_ref": act_ref, "decision": "approved", "decided_on": "2026-06-02"}
    checker = caller or subsidy.checker("checker", region=DISTRICT)
    return codes(subsidy.bulk("decide_debt_acts", [item | changes], checker))


def paid_back(subsidy: Harness, debt_id: str, amount: str, ref: str = "ZW-1") -> list[str]:
    """One tells that money came back, another says that it did."""
    assert acts(subsidy, debt_id, "pay_back", amount, ref) == ["created"]
    return approved(subsidy, ref)


def given_up(subsidy: Harness, held_id: str) -> list[str]:
    """One asks to give a payment up, another says yes."""
    item = {"ref": "FQ-1", "kind": "give_up", "target_id": held_id, "reason": "deceased"}
    item |= {"document": "死亡证明 3", "booked_on": today()}
    assert codes(subsidy.bulk("request_payment_changes", [item], clerk(subsidy))) == ["created"]
    decision = {"ref": "JD-1", "request_ref": "FQ-1", "decision": "approved"}
    checker = subsidy.checker("another", region=DISTRICT)
    return codes(subsidy.bulk("decide_payment_changes", [decision], checker))


def test_a_rate_raised_for_months_past_is_paid_in_the_next_run_once(subsidy: Harness) -> None:
    live(subsidy)
    assert grant(subsidy, living()) == ["created"]
    for month in ("2026-02", "2026-03"):
        pay_month(subsidy, "living", month)
    new_rate(subsidy, "living.rate.dibao.44", "230.00", "2026-02-01")

    for _ in range(2):
        recomputed(subsidy, "living")
    assert found(subsidy) == [("2026-02", "back_pay", "13.00"), ("2026-03", "back_pay", "13.00")]
    run = pay_month(subsidy, "living", "2026-04")
    recomputed(subsidy, "living")
    again = pay_month(subsidy, "living", "2026-04")

    assert (run["lines"], run["amount"], run["state"]) == (3, "256.00", "paid")
    assert again["run_id"] == run["run_id"]
    assert sorted(paid(subsidy)) == [
        ("2026-02", "13.00"),
        ("2026-02", "217.00"),
        ("2026-03", "13.00"),
        ("2026-03", "217.00"),
        ("2026-04", "230.00"),
    ]
    told = subsidy.call("list_differences", {"scheme": "living"}, clerk(subsidy))["differences"]
    assert [each["run_id"] for each in told] == [run["run_id"]] * 2
    assert told[0]["reasons"][-1]["document"] == "粤民发〔2026〕99号"
    assert "应发230.00元，已发217.00元，补发13.00元" in told[0]["reasons"][-1]["text"]


def test_back_pay_is_told_by_the_period_that_it_pays_for_wherever_it_is(subsidy: Harness) -> None:
    live(subsidy)
    live(subsidy, 2)
    assert grant(subsidy, living()) == ["created"]
    pay_month(subsidy, "living", "2026-02")
    new_rate(subsidy, "living.rate.dibao.44", "230.00", "2026-02-01")
    recomputed(subsidy, "living")
    pay_month(subsidy, "living", "2026-03")
    new_rate(subsidy, "living.rate.dibao.44", "240.00", "2026-03-01")
    recomputed(subsidy, "living")
    close_account(subsidy)
    held_up(subsidy, "2026-04", with_account=2)

    told = [(each.period, each.amount) for each in events(subsidy, messages.PaymentInstructed)]
    assert told == [("2026-02", "217.00"), ("2026-03", "230.00"), ("2026-02", "13.00")]
    waiting = [(row.period, row.amount_fen) for row in subsidy.rows(held_payments)]
    assert sorted(waiting) == [("2026-03", 1000), ("2026-04", 24000)]


def test_months_paid_after_a_death_become_debts_with_the_reason_of_the_stop(subsidy: Harness) -> None:
    overpaid(subsidy)
    recomputed(subsidy, "living")

    assert found(subsidy) == [("2026-03", "over_payment", "217.00"), ("2026-04", "over_payment", "217.00")]
    assert owed(subsidy) == [(21700, 0), (21700, 0)]
    assert account(subsidy, "debt:living") == ("434.00", "0.00")
    told = subsidy.call("list_differences", {"scheme": "living"}, clerk(subsidy))["differences"]
    assert told[0]["reasons"][-1]["rule"] == "living.stop.death"
    assert "追回217.00元" in told[0]["reasons"][-1]["text"]


def test_a_debt_is_kept_back_of_later_payments_up_to_the_cap(subsidy: Harness) -> None:
    live(subsidy)
    assert grant(subsidy, living()) == ["created"]
    pay_month(subsidy, "living", "2026-02")
    new_rate(subsidy, "living.rate.dibao.44", "17.00", "2026-02-01")
    new_rate(subsidy, "living.rate.dibao.44", "217.00", "2026-03-01")
    recomputed(subsidy, "living")
    assert owed(subsidy) == [(20000, 0)]

    amounts = [pay_month(subsidy, "living", f"2026-0{month}")["amount"] for month in (3, 4, 5)]

    assert amounts == ["108.50", "125.50", "217.00"]
    assert owed(subsidy) == [(20000, 20000)]
    assert [row.kind for row in subsidy.rows(debt_entries)] == ["offset", "offset"]
    assert account(subsidy, "debt:living") == ("200.00", "200.00")
    assert account(subsidy, "expense:living") == ("868.00", "200.00")  # 17 and three months of 217
    assert [each.left for each in events(subsidy, messages.DebtSettled)] == ["91.50", "0.00"]
    recomputed(subsidy, "living")
    assert len(found(subsidy)) == 1


def test_instalments_agreed_limit_what_a_run_keeps_back(subsidy: Harness) -> None:
    live(subsidy)
    assert grant(subsidy, living()) == ["created"]
    pay_month(subsidy, "living", "2026-02")
    new_rate(subsidy, "living.rate.dibao.44", "17.00", "2026-02-01")
    new_rate(subsidy, "living.rate.dibao.44", "217.00", "2026-03-01")
    recomputed(subsidy, "living")
    [debt] = subsidy.rows(debts)

    assert acts(subsidy, debt.debt_id, "agree", "20.00") == ["created"]
    assert pay_month(subsidy, "living", "2026-03")["amount"] == "197.00"


def test_what_is_paid_back_settles_the_debt_once(subsidy: Harness) -> None:
    debt_id = overpaid(subsidy)

    assert paid_back(subsidy, debt_id, "200.00") == ["created"]
    assert acts(subsidy, debt_id, "pay_back", "200.00") == approved(subsidy, "ZW-1") == ["unchanged"]
    assert acts(subsidy, debt_id, "pay_back", "100.00") == ["subsidy.ref_reused"]
    assert paid_back(subsidy, debt_id, "17.01", "ZW-2") == ["subsidy.more_than_owed"]
    assert acts(subsidy, debt_id, "pay_back", "0.00", "ZW-3") == ["subsidy.amount_not_positive"]
    assert acts(subsidy, debt_id, "pay_back", "1.00", "ZW-5", "2999-01-01") == ["subsidy.day_to_come"]
    assert paid_back(subsidy, debt_id, "17.00", "ZW-4") == ["created"]

    assert owed(subsidy)[0] == (21700, 21700)
    assert account(subsidy, "returned:living") == ("217.00", "0.00")
    page = subsidy.call("list_debts", {"scheme": "living", "open_only": True}, clerk(subsidy))
    told, whole = page["debts"], {"scheme": "living", "open_only": True, "limit": len(page["debts"])}
    assert subsidy.call("list_debts", whole, clerk(subsidy))["after"] is None
    assert [each["settled"] for each in told] == ["0.00"]


def test_that_money_came_back_takes_two_persons(subsidy: Harness) -> None:
    debt_id = overpaid(subsidy)
    assert acts(subsidy, debt_id, "pay_back", "217.00", "ZW-1") == ["created"]
    assert acts(subsidy, debt_id, "agree", "50.00", "ZW-2") == ["created"]
    both = subsidy.caller("checker", "clerk", subject=subsidy.rows(debt_acts)[0].recorded_by, region=DISTRICT)

    assert approved(subsidy, "ZW-1", both) == ["subsidy.maker_is_checker"]
    assert approved(subsidy, "ZW-2") == ["subsidy.unknown_debt"]
    assert owed(subsidy)[0] == (21700, 0)
    assert account(subsidy, "returned:living") == ("0.00", "0.00")

    assert approved(subsidy, "ZW-1", decision="rejected") == ["created"]
    assert approved(subsidy, "ZW-1", ref="HX-2") == ["subsidy.decided_already"]
    assert paid_back(subsidy, debt_id, "217.00", "ZW-3") == ["created"]
    assert owed(subsidy)[0] == (21700, 21700)


def test_of_repayments_made_at_once_no_more_than_the_debt_counts(subsidy: Harness) -> None:
    debt_id = overpaid(subsidy)
    start = Barrier(4)

    def one(number: int) -> list[str]:
        start.wait()
        return paid_back(subsidy, debt_id, "200.00", f"ZW-{number}")

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(outcome for told in pool.map(one, range(4)) for outcome in told)
    assert outcomes == ["created", *["subsidy.more_than_owed"] * 3]
    assert owed(subsidy)[0] == (21700, 20000)


def test_a_write_off_takes_two_persons(subsidy: Harness) -> None:
    debt_id = overpaid(subsidy)
    assert acts(subsidy, debt_id, "ask_write_off", "217.00") == ["created"]

    def decide(caller: str, **changes: Any) -> list[str]:
        return approved(subsidy, "ZW-1", caller, **changes)

    checker = subsidy.checker("checker", region=DISTRICT)
    both = subsidy.caller("checker", "clerk", subject=subsidy.rows(debt_acts)[0].recorded_by, region=DISTRICT)
    assert decide(both) == ["subsidy.maker_is_checker"]
    assert decide(checker, act_ref="ZW-9") == ["subsidy.unknown_debt"]
    assert decide(checker, decided_on="2999-01-01") == ["subsidy.day_to_come"]
    assert decide(subsidy.checker("checker")) == ["subsidy.unknown_debt"]
    assert decide(checker) == ["created"]
    assert decide(checker) == ["unchanged"]
    assert decide(checker, ref="HX-2") == ["subsidy.decided_already"]
    assert owed(subsidy)[0] == (21700, 21700)
    assert account(subsidy, "written_off:living") == ("217.00", "0.00")


def test_debts_and_differences_of_another_region_are_as_if_they_were_not(subsidy: Harness) -> None:
    debt_id = overpaid(subsidy)
    elsewhere = subsidy.clerk()

    assert acts(subsidy, debt_id, "pay_back", "1.00", region="341524000000") == ["subsidy.unknown_debt"]
    assert acts(subsidy, "9" * 32, "pay_back", "1.00") == ["subsidy.unknown_debt"]
    assert subsidy.call("list_debts", {"scheme": "living"}, elsewhere)["debts"] == []
    assert subsidy.call("list_differences", {"scheme": "living"}, elsewhere)["differences"] == []
    fields = {"scheme": "living", "region": DISTRICT, "first": "2026-01", "last": "2026-12"}
    with pytest.raises(Exception, match=r"access\.region"):
        subsidy.call("recompute_awards", fields, elsewhere)


def test_months_held_are_paid_after_the_freeze_and_never_taken_for_a_difference(subsidy: Harness) -> None:
    live(subsidy)
    assert grant(subsidy, living()) == ["created"]
    pay_month(subsidy, "living", "2026-02")
    frozen = registry_events.frozen(1, region=DISTRICT, reason="not_moved", acted_on=date(2026, 1, 10))
    subsidy.feed("registry", [frozen])
    recomputed(subsidy, "living")
    assert found(subsidy) == []
    subsidy.feed("registry", [registry_events.thawed(1, region=DISTRICT, acted_on=date(2026, 5, 1))])
    pay_month(subsidy, "living", "2026-03")
    recomputed(subsidy, "living")
    assert found(subsidy) == []
    assert paid(subsidy) == [("2026-02", "217.00"), ("2026-03", "217.00")]


def test_a_new_grade_known_late_is_paid_at_the_new_rate_since(subsidy: Harness) -> None:
    live(subsidy)
    assert grant(subsidy, nursing()) == ["created"]
    for month in ("2026-02", "2026-03"):
        pay_month(subsidy, "nursing", month)
    new_rate(subsidy, "nursing.rate.grade_1.44", "300.00", "2026-01-01")
    grade = {"grade": 1, "previous_category": "physical", "previous_grade": 2}
    changed = registry_events.changed(1, region=DISTRICT, acted_on=date(2026, 3, 2), **grade)
    subsidy.feed("registry", [changed])

    recomputed(subsidy, "nursing")

    assert found(subsidy) == [("2026-03", "back_pay", "10.00")]
    assert pay_month(subsidy, "nursing", "2026-04")["amount"] == "310.00"


def test_a_month_paid_to_both_records_of_a_person_is_recovered_once(subsidy: Harness) -> None:
    for number in (1, 2):
        live(subsidy, number)
    assert grant(subsidy, living(1), living(2)) == ["created", "created"]
    pay_month(subsidy, "living", "2026-02")
    subsidy.feed("registry", [registry_events.merged(1, 2, region=DISTRICT)])

    for _ in range(2):
        recomputed(subsidy, "living")

    assert found(subsidy) == [("2026-02", "over_payment", "217.00")]


def test_what_was_given_up_of_one_record_is_not_recovered_beside_the_payment_of_the_other(
    subsidy: Harness,
) -> None:
    for number in (1, 2):
        live(subsidy, number)
    assert grant(subsidy, living(1), living(2)) == ["created", "created"]
    [held] = held_up(subsidy, "2026-02", with_account=2)
    assert given_up(subsidy, held) == ["created"]
    subsidy.feed("registry", [registry_events.merged(1, 2, region=DISTRICT)])

    recomputed(subsidy, "living")

    assert found(subsidy) == []


def test_a_payment_that_is_given_up_leaves_no_debt_of_money_that_nobody_got(subsidy: Harness) -> None:
    live(subsidy)
    live(subsidy, 2)
    assert grant(subsidy, living()) == ["created"]
    [held] = held_up(subsidy, "2026-03", with_account=2)
    death = registry_events.cancelled(1, region=DISTRICT, reason="death", acted_on=date(2026, 2, 10))
    subsidy.feed("registry", [death])
    recomputed(subsidy, "living")
    assert owed(subsidy) == [(21700, 0)]

    assert given_up(subsidy, held) == ["created"]

    assert owed(subsidy) == [(21700, 21700)]
    assert account(subsidy, "expense:living") == ("434.00", "434.00")
    assert account(subsidy, "debt:living") == ("217.00", "217.00")
    assert [(each.kind, each.left) for each in events(subsidy, messages.DebtSettled)] == [
        ("not_paid", "0.00")
    ]
    recomputed(subsidy, "living")
    assert len(found(subsidy)) == 1


def test_what_somebody_paid_back_of_a_payment_that_is_then_given_up_they_get_again(subsidy: Harness) -> None:
    live(subsidy)
    live(subsidy, 2)
    assert grant(subsidy, living()) == ["created"]
    [held] = held_up(subsidy, "2026-03", with_account=2)
    assert stop(subsidy, subsidy.rows(tables.awards)[0].award_id, happened_on="2026-02-10") == ["created"]
    recomputed(subsidy, "living")
    [debt] = subsidy.rows(debts)
    assert paid_back(subsidy, debt.debt_id, "100.00") == ["created"]
    assert given_up(subsidy, held) == ["created"]

    for _ in range(2):
        recomputed(subsidy, "living")

    assert found(subsidy) == [("2026-03", "over_payment", "217.00"), ("2026-03", "back_pay", "100.00")]


def test_of_a_payment_that_is_given_up_nothing_was_kept_back(subsidy: Harness) -> None:
    live(subsidy)
    live(subsidy, 2)
    assert grant(subsidy, living()) == ["created"]
    pay_month(subsidy, "living", "2026-02")
    new_rate(subsidy, "living.rate.dibao.44", "17.00", "2026-02-01")
    new_rate(subsidy, "living.rate.dibao.44", "217.00", "2026-03-01")
    recomputed(subsidy, "living")
    close_account(subsidy)
    [held] = held_up(subsidy, "2026-03", with_account=2)
    assert owed(subsidy) == [(20000, 10850)]

    assert given_up(subsidy, held) == ["created"]

    assert owed(subsidy) == [(20000, 0)]
    assert account(subsidy, "expense:living") == ("434.00", "417.00")  # what is left of February: 17
    assert account(subsidy, "debt:living") == ("308.50", "108.50")
    assert [(each.kind, each.left) for each in events(subsidy, messages.DebtSettled)] == [
        ("offset", "91.50"),
        ("reopened", "200.00"),
    ]


@pytest.mark.parametrize("migrated_url", ["postgresql"], indirect=True)
def test_a_difference_is_found_once_whatever_language_the_database_sorts_by(subsidy: Harness) -> None:
    sort_by = 'alter table differences alter column line_period type varchar({size}) collate "{name}"'
    size = differences.c.line_period.type.length  # type: ignore[attr-defined]
    live(subsidy)
    assert grant(subsidy, living()) == ["created"]
    pay_month(subsidy, "living", "2026-02")
    new_rate(subsidy, "living.rate.dibao.44", "230.00", "2026-02-01")
    try:
        with subsidy.runtime.database.write() as connection:
            connection.exec_driver_sql(sort_by.format(size=size, name="zh-x-icu"))
        for _ in range(2):
            recomputed(subsidy, "living", "2026-02", "2026-02")
    finally:
        with subsidy.runtime.database.write() as connection:
            connection.exec_driver_sql(sort_by.format(size=size, name="default"))

    assert found(subsidy) == [("2026-02", "back_pay", "13.00")]


def test_a_visit_paid_to_both_records_of_a_person_is_recovered_and_no_job_stands_still(
    subsidy: Harness,
) -> None:
    subsidy.runtime.rules = RuleBook.load(RULES, "330109")
    day = "2024-02-05"
    visit = {"scheme": "hardship_visit", "variant": "spring_festival", "cost": "500.00"}
    for number in (1, 2):
        home = {"household_id": identifier(number), "birth_month": "1980-05"}
        told = [registry_events.household(number, "hardship"), registry_events.registered(number, **home)]
        subsidy.feed("registry", [*told, factories.certified(number)])
        item = factories.award(number, ref=f"WW-{number}", period=day, granted_on=day, **visit)
        assert codes(subsidy.bulk("grant_awards", [item])) == ["created"]
    pay(subsidy, "hardship_visit", period=day)
    subsidy.feed("registry", [registry_events.merged(1, 2)])

    fields = {"scheme": "hardship_visit", "region": COUNTY, "first": day, "last": day}
    subsidy.call("recompute_awards", fields)
    subsidy.run_jobs()

    assert found(subsidy) == [(day, "over_payment", "500.00")]


def test_two_records_paid_by_different_grades_differ_once_however_often_one_looks(
    subsidy: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recompute, "LINES_PER_STEP", 1)
    live(subsidy, 1)
    live(subsidy, 2, grade=1)
    new_rate(subsidy, "nursing.rate.grade_1.44", "300.00", "2026-01-01")
    assert grant(subsidy, nursing(1), nursing(2) | {"variant": "grade_1"}) == ["created", "created"]
    pay_month(subsidy, "nursing", "2026-02")
    merged = registry_events.merged(1, 2, region=DISTRICT, merged_on=date(2026, 3, 1))
    subsidy.feed("registry", [merged])

    for _ in range(3):
        recomputed(subsidy, "nursing")

    assert found(subsidy) == [("2026-02", "over_payment", "300.00")]


def test_runs_that_nobody_has_approved_are_not_looked_at(subsidy: Harness) -> None:
    live(subsidy)
    assert grant(subsidy, living()) == ["created"]
    plan = {"scheme": "living", "region": DISTRICT, "period": "2026-02", "pay_on": "2026-02-25"}
    subsidy.call("plan_disbursement", plan, subsidy.maker(region=DISTRICT))
    subsidy.run_jobs()
    stop(subsidy, subsidy.rows(tables.awards)[0].award_id, happened_on="2026-01-10")
    recomputed(subsidy, "living")
    assert found(subsidy) == []


def test_a_long_list_is_looked_at_in_steps_and_each_difference_told_once(
    subsidy: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recompute, "LINES_PER_STEP", 2)
    numbers = range(1, 6)
    for number in numbers:
        live(subsidy, number)
    assert grant(subsidy, *(living(number) for number in numbers)) == ["created"] * 5
    pay_month(subsidy, "living", "2026-02")
    new_rate(subsidy, "living.rate.dibao.44", "218.00", "2026-02-01")
    recomputed(subsidy, "living")
    assert {row.person_id for row in subsidy.rows(differences)} == {identifier(number) for number in numbers}
    assert len(found(subsidy)) == 5
