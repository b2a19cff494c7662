"""Commands about many runs cost as many statements as those about one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from contracts import subsidy as messages
from tests.services.subsidy import factories
from tests.services.subsidy.steps import codes, events, pay, today
from tests.support.platform import COUNTY, Harness
from tests.support.registry_events import identifier, registered

YEARS = ("2023", "2024", "2025")


@contextmanager
def counted(subsidy: Harness) -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    statements: list[str] = []

    def note(*call: Any) -> None:
        statements.append(call[2])

    engine = subsidy.runtime.database.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield statements
    sa.event.remove(engine, "before_cursor_execute", note)


def cost(subsidy: Harness, method: str, items: list[dict[str, Any]], caller: str | None = None) -> int:
    with counted(subsidy) as statements:
        assert set(codes(subsidy.bulk(method, items, caller))) == {"created"}
    return len(statements)


def paid(subsidy: Harness) -> list[str]:
    """Three years of a subsidy, a run for each."""
    subsidy.feed("registry", [registered(1), factories.certified(1)])
    awards = [factories.award(1, ref=f"A-{year}", period=year, granted_on=f"{year}-06-03") for year in YEARS]
    assert codes(subsidy.bulk("grant_awards", awards)) == ["created"] * len(YEARS)
    runs = [pay(subsidy, "fuel", period=year, pay_on=f"{year}-12-10") for year in YEARS]
    assert [run["state"] for run in runs] == ["paid"] * len(YEARS)
    return [run["run_id"] for run in runs]


def test_many_runs_of_outreach_cost_the_statements_of_one(subsidy: Harness) -> None:
    run = {"scheme": "fuel", "period": "2024", "region": COUNTY, "matched_on": "2024-06-03"}
    one, *more = ([run | {"ref": f"ZR-{number}"}] for number in range(20))

    first = cost(subsidy, "start_outreach_runs", one)

    assert cost(subsidy, "start_outreach_runs", [item for items in more for item in items]) == first
    assert subsidy.run_jobs() == 20


def test_samples_of_many_runs_cost_the_statements_of_one(subsidy: Harness) -> None:
    one, *more = (
        {"ref": f"CJ-{run_id}", "run_id": run_id, "seed": "2025-0106", "drawn_on": "2026-01-06"}
        for run_id in paid(subsidy)
    )

    first = cost(subsidy, "draw_payment_samples", [one])

    assert cost(subsidy, "draw_payment_samples", more) == first
    assert subsidy.run_jobs() == len(YEARS)


def test_what_came_back_of_many_runs_costs_the_statements_of_one(subsidy: Harness) -> None:
    paid(subsidy)
    asked = [
        {"ref": f"FQ-{told.run_id}", "kind": "take_back", "target_id": told.instruction_id}
        | {"reason": "account_closed", "document": "退汇通知", "booked_on": today()}
        for told in events(subsidy, messages.PaymentInstructed)
    ]
    assert set(codes(subsidy.bulk("request_payment_changes", asked))) == {"created"}
    one, *more = (
        {"ref": f"JD-{each['ref']}", "request_ref": each["ref"], "decision": "approved"} for each in asked
    )

    first = cost(subsidy, "decide_payment_changes", [one], subsidy.checker())

    assert cost(subsidy, "decide_payment_changes", more, subsidy.checker()) == first
    back = events(subsidy, messages.PaymentTakenBack)
    assert sorted(each.period for each in back) == [*YEARS]
    assert {each.person_id for each in back} == {identifier(1)}
