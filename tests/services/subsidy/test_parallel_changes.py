"""News, differences, debts and runs that come at the same moment: nothing twice, nothing lost, books even.

On PostgreSQL, where transactions run beside each other.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from chassis.schema import job
from contracts import subsidy as messages
from services.subsidy import tables
from services.subsidy.difference_tables import debt_entries, differences
from services.subsidy.handlers import plan, recompute
from services.subsidy.service import SubsidyService
from tests.services.subsidy.monthly import DISTRICT, clerk, grant, live, living, pay_month
from tests.services.subsidy.steps import codes, events
from tests.services.subsidy.test_offsets_across import even_by_scheme
from tests.services.subsidy.test_recompute import account, acts, found, new_rate, overpaid, owed, recomputed
from tests.services.subsidy.test_resumption import expired
from tests.support import registry_events
from tests.support.platform import Harness
from tests.support.postgres_server import PostgresServer

TWENTY = 20


@pytest.fixture
def subsidy(postgres_server: PostgresServer, tmp_path: Path) -> Iterator[Harness]:
    with postgres_server.database() as url:
        harness = Harness(SubsidyService, url, keys=tmp_path)
        yield harness
        harness.close()


def at_once(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do all of it at the same moment; what each gave, in their order. A fault of one is raised."""
    start = Barrier(len(works))

    def one(work: Callable[[], Any]) -> Any:
        start.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def recomputing(subsidy: Harness, scheme: str = "living") -> Callable[[], None]:
    """Start a job that looks for differences; who calls what is given does its work."""
    asked = {"scheme": scheme, "region": DISTRICT, "first": "2026-01", "last": "2026-12"}
    return working(subsidy, subsidy.call("recompute_awards", asked, clerk(subsidy))["job_id"])


def working(subsidy: Harness, job_id: str) -> Callable[[], None]:
    def work() -> None:
        runner = subsidy.job_runner()
        while not runner._step(job_id):
            pass

    return work


def planning(subsidy: Harness, scheme: str, month: str) -> Callable[[], None]:
    """Start to plan a month; who calls what is given draws the list up."""
    asked = {"scheme": scheme, "region": DISTRICT, "period": month, "pay_on": f"{month}-25"}
    subsidy.call("plan_disbursement", asked, subsidy.maker(region=DISTRICT))
    with subsidy.runtime.database.read() as connection:
        query = sa.select(job.c.id).where(job.c.kind == "subsidy.plan").order_by(job.c.id.desc()).limit(1)
        return working(subsidy, connection.execute(query).scalar_one())


def test_twenty_who_recompute_at_once_find_each_difference_once(
    subsidy: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recompute, "LINES_PER_STEP", 1)
    for number in range(1, 4):
        live(subsidy, number)
    assert grant(subsidy, *(living(number) for number in range(1, 4))) == ["created"] * 3
    pay_month(subsidy, "living", "2026-02")
    pay_month(subsidy, "living", "2026-03")
    new_rate(subsidy, "living.rate.dibao.44", "200.00", "2026-02-01")

    at_once([recomputing(subsidy) for _ in range(TWENTY)])

    expected = [("2026-02", "over_payment", "17.00")] * 3 + [("2026-03", "over_payment", "17.00")] * 3
    assert sorted(found(subsidy)) == expected
    assert owed(subsidy) == [(1700, 0)] * 6
    assert account(subsidy, "debt:living") == ("102.00", "0.00")
    assert set(even_by_scheme(subsidy).values()) == {Decimal()}


def test_twenty_who_recompute_a_person_registered_twice_recover_the_second_payment_once(
    subsidy: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recompute, "LINES_PER_STEP", 1)
    for number in (1, 2):
        live(subsidy, number)
    assert grant(subsidy, living(1), living(2)) == ["created"] * 2
    pay_month(subsidy, "living", "2026-02")
    subsidy.feed("registry", [registry_events.merged(1, 2, region=DISTRICT)])

    at_once([recomputing(subsidy) for _ in range(TWENTY)])

    assert found(subsidy) == [("2026-02", "over_payment", "217.00")]


def test_an_event_delivered_to_twenty_consumers_at_once_is_followed_once(subsidy: Harness) -> None:
    expired(subsidy, 1, 2)
    position = subsidy.follower("registry").position()
    news = [
        registry_events.renewed(1, region=DISTRICT, acted_on=date(2026, 9, 3), expires_on=date(2036, 9, 2)),
        registry_events.renewed(2, region=DISTRICT, acted_on=date(2026, 9, 4), expires_on=date(2036, 9, 3)),
        registry_events.cancelled(2, region=DISTRICT, reason="death", acted_on=date(2026, 11, 5)),
    ]
    batch = [subsidy.received("registry", each, position + n) for n, each in enumerate(news, start=1)]

    applied = at_once([lambda: subsidy.follower("registry").apply(batch)] * TWENTY)

    assert Counter(applied) == {3: 1, 0: TWENTY - 1}
    assert subsidy.parked() == []
    assert len(events(subsidy, messages.AwardResumed)) == 2
    assert [each.reason for each in events(subsidy, messages.AwardStopped)][2:] == ["death"]
    told = [(row.period, row.last_period) for row in subsidy.rows(tables.awards)]
    assert sorted(told, key=str) == [
        ("2026-02", "2026-06"),
        ("2026-02", "2026-06"),
        ("2026-09", "2026-11"),
        ("2026-09", None),
    ]


def test_of_twenty_who_decide_on_a_write_off_at_once_one_does(subsidy: Harness) -> None:
    debt_id = overpaid(subsidy)
    assert acts(subsidy, debt_id, "ask_write_off", "217.00") == ["created"]

    def decide(number: int) -> Callable[[], str]:
        item = {"ref": f"HX-{number}", "act_ref": "ZW-1", "decided_on": "2026-06-02"}
        item["decision"] = "approved" if number % 2 else "rejected"
        caller = subsidy.checker(f"checker-{number}", region=DISTRICT)
        return lambda: codes(subsidy.bulk("decide_debt_acts", [item], caller))[0]

    outcomes = at_once([decide(number) for number in range(TWENTY)])

    assert Counter(outcomes) == {"created": 1, "subsidy.decided_already": TWENTY - 1}
    settled = owed(subsidy)[0][1]
    assert settled in {0, 21700}
    assert sum(row.amount_fen for row in subsidy.rows(debt_entries)) == settled
    assert Decimal(account(subsidy, "written_off:living")[0]) * 100 == settled


def test_recomputing_beside_plans_pays_and_recovers_everything_once(
    subsidy: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recompute, "LINES_PER_STEP", 2)
    monkeypatch.setattr(plan, "AWARDS_PER_STEP", 2)
    numbers = range(1, 6)
    for number in numbers:
        live(subsidy, number)
    assert grant(subsidy, *(living(number) for number in numbers)) == ["created"] * 5
    pay_month(subsidy, "living", "2026-02")
    pay_month(subsidy, "living", "2026-03")
    new_rate(subsidy, "living.rate.dibao.44", "230.00", "2026-02-01")
    new_rate(subsidy, "living.rate.dibao.44", "200.00", "2026-03-01")
    recomputed(subsidy, "living", last="2026-02")

    works = [planning(subsidy, "living", month) for month in ("2026-04", "2026-05", "2026-06")]
    at_once([*works, *(recomputing(subsidy) for _ in range(8))])

    for month in ("2026-04", "2026-05", "2026-06", "2026-07"):
        pay_month(subsidy, "living", month)
    recomputed(subsidy, "living")
    kinds = Counter((row.line_period, row.kind, row.amount_fen) for row in subsidy.rows(differences))
    assert kinds == {("2026-02+1", "back_pay", 1300): 5, ("2026-03+1", "over_payment", 1700): 5}
    had: Counter[str] = Counter()
    for payment in subsidy.rows(tables.payments):
        had[payment.person_id] += payment.amount_fen
    # Six months at what is due as known now, whatever was found or kept back on the way.
    assert set(had.values()) == {23000 + 5 * 20000}
    assert owed(subsidy) == [(1700, 1700)] * 5
    assert set(even_by_scheme(subsidy).values()) == {Decimal()}
    told = subsidy.call("reconcile", {"period": "2026"}, subsidy.auditor(region=DISTRICT))
    assert told["first_difference"] is None
