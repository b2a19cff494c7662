"""Whether money is spent as the year goes on, told by the query and every day."""

import json
from datetime import datetime

import pytest
import time_machine

from chassis import schema
from services.subsidy.handlers import spending
from tests.services.subsidy import factories
from tests.services.subsidy.own_rules import state
from tests.services.subsidy.steps import pay
from tests.support.platform import Harness


def look(subsidy: Harness, day: str) -> int:
    """What the daily look of a day finds."""
    with subsidy.runtime.transaction(subsidy.runtime.system()) as tx:
        tx.start_job(spending.JOB, key=day, payload={})
    subsidy.run_jobs()
    [job] = [row for row in subsidy.rows(schema.job) if row.kind == spending.JOB and row.key == day]
    assert job.state == "done"
    return int(json.loads(job.cursor)["found"])


@pytest.fixture
def half_spent(subsidy: Harness) -> Harness:
    """Of 4 000 yuan for 2024 the bank has paid 2 000."""
    subsidy.bulk("record_fund_allotments", [factories.allotment(amount="4000.00")])
    subsidy.feed("rehab", [factories.placed_in_care(1)])
    pay(subsidy, "care")
    return subsidy


@pytest.mark.system("SUB-12")
def test_spending_is_slow_when_it_lags_behind_the_calendar_by_more_than_the_rule_leaves(
    half_spent: Harness,
) -> None:
    # 70 percent of the 366 days of 2024 are over after 256.2 days, which is during 13 September.
    assert look(half_spent, "2024-09-13") == 0
    assert look(half_spent, "2024-09-14") == 1


def test_the_rule_of_the_day_says_how_much_it_may_lag(half_spent: Harness) -> None:
    state(half_spent, "percent", "2024-10-01", spending__lag="40")
    state(half_spent, "percent", "2024-11-01", spending__lag=None)

    assert look(half_spent, "2024-09-30") == 1
    assert look(half_spent, "2024-10-01") == 0
    assert look(half_spent, "2024-12-31") == 0


def test_the_query_names_the_slow_source(half_spent: Harness) -> None:
    def slow(day: str) -> dict[str, bool]:
        with time_machine.travel(datetime.fromisoformat(f"{day}T04:00:00+00:00"), tick=False):
            told = half_spent.call("spending_progress", {"year": "2024"}, half_spent.auditor())["sources"]
        return {row["source"]: row["slow"] for row in told}

    assert slow("2024-09-13") == {"superior": False}
    assert slow("2024-09-14") == {"superior": True}
