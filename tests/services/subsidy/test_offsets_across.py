"""A debt of one scheme is kept back of another one's payments where a dated rule says so; books stay even."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from contracts import subsidy as messages
from services.subsidy import tables
from services.subsidy.difference_tables import debt_entries
from tests.services.subsidy.monthly import DISTRICT, grant, live, living, nursing, pay_month
from tests.services.subsidy.steps import events
from tests.services.subsidy.test_recompute import account, acts, in_order, new_rate, owed, recomputed
from tests.services.subsidy.test_resumption import office_says
from tests.support.platform import Harness

BOTH = ("texts", ("living", "nursing"), date(2026, 3, 1))


def owing(subsidy: Harness, **rules: Any) -> None:
    """Somebody owes 200 yuan of living for February, and draws both subsidies. The rules are stated first."""
    live(subsidy)
    assert grant(subsidy, living(), nursing()) == ["created"] * 2
    pay_month(subsidy, "living", "2026-02")
    pay_month(subsidy, "nursing", "2026-02")
    new_rate(subsidy, "living.rate.dibao.44", "17.00", "2026-02-01")
    new_rate(subsidy, "living.rate.dibao.44", "217.00", "2026-03-01")
    office_says(subsidy, **rules)
    recomputed(subsidy, "living")
    assert owed(subsidy) == [(20000, 0)]


def even_by_scheme(subsidy: Harness, **asked: Any) -> dict[str, Decimal]:
    """Debit less credit of the accounts of each scheme, the last word of an account being its scheme."""
    sums: dict[str, Decimal] = {}
    told = subsidy.call("trial_balance", asked, subsidy.auditor(region=DISTRICT))["accounts"]
    for each in told:
        scheme = each["account"].rpartition(":")[2]
        sums[scheme] = sums.get(scheme, Decimal()) + Decimal(each["debit"]) - Decimal(each["credit"])
    return sums


def test_without_a_rule_a_debt_is_kept_back_of_its_own_scheme_only(subsidy: Harness) -> None:
    owing(subsidy)
    assert pay_month(subsidy, "nursing", "2026-03")["amount"] == "290.00"
    assert owed(subsidy) == [(20000, 0)]


def test_by_the_rule_it_is_kept_back_of_both_up_to_the_cap_of_the_one_that_pays(subsidy: Harness) -> None:
    owing(subsidy, living__offset_from=BOTH)

    run = pay_month(subsidy, "nursing", "2026-03")

    assert run["amount"] == "145.00"
    assert owed(subsidy) == [(20000, 14500)]
    [settled] = events(subsidy, messages.DebtSettled)
    assert (settled.scheme, settled.kind, settled.amount, settled.left) == (
        "living",
        "offset",
        "145.00",
        "55.00",
    )
    [entry] = subsidy.rows(debt_entries)
    [line] = [row for row in subsidy.rows(tables.run_lines) if row.run_id == entry.run_id]
    assert "抵扣多发款145.00元，实发145.00元" in line.decision
    assert "其中145.00元抵扣该补贴多发款" in line.decision
    assert "living.offset_from" in line.decision
    assert pay_month(subsidy, "living", "2026-03")["amount"] == "162.00"
    assert owed(subsidy) == [(20000, 20000)]
    recomputed(subsidy, "living")
    recomputed(subsidy, "nursing")
    assert len(in_order(subsidy)) == 1


def test_the_books_of_either_scheme_and_of_the_run_are_even(subsidy: Harness) -> None:
    owing(subsidy, living__offset_from=BOTH)
    run = pay_month(subsidy, "nursing", "2026-03")

    assert set(even_by_scheme(subsidy).values()) == {Decimal()}
    assert set(even_by_scheme(subsidy, run_id=run["run_id"]).values()) == {Decimal()}
    assert account(subsidy, "kept_for:living:nursing") == ("0.00", "145.00")
    assert account(subsidy, "kept_by:nursing:living") == ("145.00", "0.00")
    assert account(subsidy, "debt:living") == ("200.00", "145.00")
    assert account(subsidy, "expense:nursing") == ("580.00", "0.00")
    told = subsidy.call("reconcile", {"period": "2026"}, subsidy.auditor(region=DISTRICT))
    assert told["first_difference"] is None
    progress = subsidy.call("spending_progress", {"year": "2026"}, subsidy.auditor(region=DISTRICT))
    paid = {each["scheme"]: each["paid"] for each in progress["sources"]}
    assert paid == {"living": "217.00", "nursing": "435.00"}


def test_the_debts_of_the_scheme_that_pays_come_first(subsidy: Harness) -> None:
    owing(subsidy, living__offset_from=BOTH)
    new_rate(subsidy, "nursing.rate.grade_2.44", "190.00", "2026-02-01")
    new_rate(subsidy, "nursing.rate.grade_2.44", "290.00", "2026-03-01")
    recomputed(subsidy, "nursing")
    pay_month(subsidy, "nursing", "2026-03")
    assert sorted((row.scheme, row.settled_fen) for row in in_order(subsidy)) == [
        ("living", 4500),
        ("nursing", 10000),
    ]


@pytest.mark.parametrize(("since", "amount"), [(date(2026, 3, 1), "145.00"), (date(2026, 3, 2), "290.00")])
def test_the_rule_of_the_first_day_of_the_period_counts(subsidy: Harness, since: date, amount: str) -> None:
    owing(subsidy, living__offset_from=(*BOTH[:2], since))
    assert pay_month(subsidy, "nursing", "2026-03")["amount"] == amount


def test_a_scheme_that_the_rule_leaves_out_keeps_nothing_back_not_even_its_own(subsidy: Harness) -> None:
    owing(subsidy, living__offset_from=("texts", ("nursing",), date(2026, 3, 1)))
    assert pay_month(subsidy, "living", "2026-03")["amount"] == "217.00"
    assert pay_month(subsidy, "nursing", "2026-03")["amount"] == "145.00"


def test_instalments_agreed_hold_across_schemes(subsidy: Harness) -> None:
    owing(subsidy, living__offset_from=BOTH)
    [debt] = in_order(subsidy)
    assert acts(subsidy, debt.debt_id, "agree", "20.00") == ["created"]
    assert pay_month(subsidy, "nursing", "2026-03")["amount"] == "270.00"
