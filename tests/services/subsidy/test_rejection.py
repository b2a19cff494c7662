"""A list that is wrong is rejected; what it took is free again, and the next list pays once."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from chassis.rpc import Refused
from contracts import subsidy as messages
from services.subsidy import tables
from services.subsidy.fund_tables import fund_allotments
from tests.services.subsidy import factories
from tests.services.subsidy.monthly import DISTRICT, clerk, freeze_month, grant, live, living, pay_month
from tests.services.subsidy.steps import approve, codes, events, find, freeze, pay
from tests.services.subsidy.test_recompute import account, new_rate, owed, recomputed
from tests.support.platform import Harness

pytestmark = pytest.mark.system("SUB-12")


def reject(subsidy: Harness, run: dict[str, Any], by: str = "checker", **changes: Any) -> dict[str, Any]:
    fields = {"run_id": run["run_id"], "list_hash": run["list_hash"], "reason": "标准录入有误"} | changes
    return subsidy.call("reject_disbursement", fields, subsidy.checker(by))


def reject_month(subsidy: Harness, run: dict[str, Any]) -> None:
    """Whoever planned it found it wrong."""
    told = {"run_id": run["run_id"], "list_hash": run["list_hash"], "reason": "标准有误"}
    subsidy.call("reject_disbursement", told, subsidy.maker(region=DISTRICT))


def frozen_care(subsidy: Harness) -> dict[str, Any]:
    """Two persons at home, of whom the first is borne by an allotment."""
    subsidy.bulk("record_fund_allotments", [factories.allotment(amount="2000.00")])
    subsidy.feed("rehab", [factories.placed_in_care(1), factories.placed_in_care(2)])
    return freeze(subsidy, "care")


def left(subsidy: Harness) -> int:
    [fund] = subsidy.rows(fund_allotments)
    return int(fund.amount_fen - fund.drawn_fen)


def test_a_rejected_list_pays_nobody_and_the_next_one_pays_everybody_once(subsidy: Harness) -> None:
    run = frozen_care(subsidy)
    assert left(subsidy) == 0

    rejected = reject(subsidy, run)
    again = reject(subsidy, run)

    assert rejected == again
    assert (rejected["state"], rejected["rejected_by"]) == ("rejected", "checker")
    assert (rejected["rejected_because"], rejected["lines"]) == ("标准录入有误", 2)
    assert [(each.lines, each.amount) for each in events(subsidy, messages.DisbursementRejected)] == [
        (2, "4000.00")
    ]
    assert left(subsidy) == 200000
    subsidy.feed("rehab", [factories.placed_in_care(3)])
    paid = pay(subsidy, "care")
    assert (paid["run_id"] != run["run_id"], paid["lines"], paid["amount"]) == (True, 3, "6000.00")
    assert sorted(each.person_id for each in events(subsidy, messages.PaymentMade)) == sorted(
        row.person_id for row in subsidy.rows(tables.awards)
    )
    assert len(subsidy.rows(tables.run_lines)) == 5
    assert left(subsidy) == 0


def test_what_a_rejected_list_kept_back_is_owed_again_and_kept_back_once(subsidy: Harness) -> None:
    live(subsidy)
    assert grant(subsidy, living()) == ["created"]
    pay_month(subsidy, "living", "2026-02")
    new_rate(subsidy, "living.rate.dibao.44", "17.00", "2026-02-01")
    new_rate(subsidy, "living.rate.dibao.44", "217.00", "2026-03-01")
    recomputed(subsidy, "living")
    run = freeze_month(subsidy, "living", "2026-03")
    assert owed(subsidy) == [(20000, 10850)]

    reject_month(subsidy, run)

    assert owed(subsidy) == [(20000, 0)]
    recomputed(subsidy, "living")
    assert len(events(subsidy, messages.DifferenceFound)) == 1
    pay_month(subsidy, "living", "2026-03")
    assert owed(subsidy) == [(20000, 10850)]
    assert account(subsidy, "debt:living") == ("200.00", "108.50")
    assert account(subsidy, "expense:living") == ("434.00", "200.00")


def test_back_pay_of_a_rejected_list_is_on_the_next_one(subsidy: Harness) -> None:
    live(subsidy)
    assert grant(subsidy, living()) == ["created"]
    pay_month(subsidy, "living", "2026-02")
    new_rate(subsidy, "living.rate.dibao.44", "230.00", "2026-02-01")
    recomputed(subsidy, "living")
    run = freeze_month(subsidy, "living", "2026-03")

    reject_month(subsidy, run)

    page = subsidy.call("list_differences", {"scheme": "living"}, clerk(subsidy))
    assert [each["run_id"] for each in page["differences"]] == [None]
    assert pay_month(subsidy, "living", "2026-03")["amount"] == "243.00"


@pytest.mark.parametrize(
    ("before", "changes", "code"),
    [
        (approve, {}, "subsidy.run_not_frozen"),
        (reject, {"by": "another"}, "subsidy.run_not_frozen"),
        (None, {"list_hash": "0" * 64}, "subsidy.list_changed"),
        (None, {"run_id": "0" * 32}, "subsidy.unknown_run"),
    ],
)
def test_only_the_frozen_list_that_was_looked_at_is_rejected(
    subsidy: Harness,
    before: Callable[[Harness, dict[str, Any]], object] | None,
    changes: dict[str, Any],
    code: str,
) -> None:
    run = frozen_care(subsidy)
    if before is not None:
        before(subsidy, run)

    with pytest.raises(Refused) as refused:
        reject(subsidy, run, **changes)

    assert refused.value.code == code
    after = "frozen" if before is None else "approved" if before is approve else "rejected"
    assert find(subsidy, run["run_id"])["state"] == after


def test_a_rejected_list_is_not_approved(subsidy: Harness) -> None:
    run = frozen_care(subsidy)
    reject(subsidy, run)

    with pytest.raises(Refused) as refused:
        approve(subsidy, run)

    assert refused.value.code == "subsidy.run_not_frozen"


def test_a_run_elsewhere_is_rejected_by_nobody_here(subsidy: Harness) -> None:
    run = frozen_care(subsidy)
    fields = {"run_id": run["run_id"], "list_hash": run["list_hash"], "reason": "标准录入有误"}

    with pytest.raises(Refused) as refused:
        subsidy.call("reject_disbursement", fields, subsidy.checker("checker", region="360121000000"))

    assert refused.value.code == "subsidy.unknown_run"


def test_nothing_of_a_line_changes_but_that_it_stands_no_more(subsidy: Harness) -> None:
    run = frozen_care(subsidy)
    reject(subsidy, run)

    for change in ({"amount_fen": 1}, {"stands": True}, {"stands": True, "amount_fen": 1}):
        with pytest.raises(sa.exc.DBAPIError), subsidy.runtime.database.write() as connection:
            connection.execute(sa.update(tables.run_lines).values(change))

    assert codes(subsidy.bulk("record_fund_allotments", [factories.allotment(ref="x")])) == ["created"]
