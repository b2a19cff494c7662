"""What was found wrong with payments, settled and checked is counted, and leads back to its events."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts import subsidy as messages
from services.reporting.service import ReportingService
from tests.services.reporting.steps import take, value
from tests.services.subsidy.monthly import DISTRICT, clerk, freeze_month, grant, live, living, pay_month
from tests.services.subsidy.steps import codes, events
from tests.services.subsidy.test_recompute import acts, approved, new_rate, overpaid, paid_back, recomputed
from tests.services.subsidy.test_recoveries import checked, decide, propose
from tests.services.subsidy.test_rejection import reject_month
from tests.support.platform import Harness

OFFICE = "440106"


class Report:
    """The reporting service with all that subsidy has told."""

    def __init__(self, subsidy: Harness, folder: Path) -> None:
        self._harness = Harness(ReportingService, f"sqlite:///{folder}/reporting.db", office=OFFICE)
        received = self._harness.feed("subsidy", subsidy.events())
        assert self._harness.follower("subsidy").apply(received) == 0
        assert self._harness.parked() == []

    def figures(self, period: str, *cells: tuple[str, str]) -> list[Any]:
        snapshot = take(self._harness, DISTRICT, period, self._harness.maker(region=DISTRICT), office=OFFICE)
        return [value(snapshot, code, dimensions) for code, dimensions in cells]

    def events(self, code: str, period: str) -> list[str]:
        asked = {"code": code, "region": DISTRICT, "period": period}
        told = self._harness.call("trace_indicator", asked, self._harness.auditor(region=DISTRICT))
        return [each["type"] for each in told["events"]]

    def close(self) -> None:
        self._harness.close()


@pytest.fixture
def report(subsidy: Harness, tmp_path: Path) -> Iterator[Callable[[], Report]]:
    """What reports say of all that subsidy has told so far."""
    opened: list[Report] = []

    def told() -> Report:
        opened.append(Report(subsidy, tmp_path))
        return opened[-1]

    yield told
    for each in opened:
        each.close()


def year_found(subsidy: Harness) -> str:
    """Differences are found on the day on which somebody looks."""
    return str(events(subsidy, messages.DifferenceFound)[-1].found_on.year)


def test_differences_and_debts_are_counted_and_lead_back_to_their_events(
    subsidy: Harness, report: Callable[[], Report]
) -> None:
    debt_id = overpaid(subsidy)
    assert paid_back(subsidy, debt_id, "17.00") == ["created"]
    assert acts(subsidy, debt_id, "ask_write_off", "100.00", "ZW-2") == ["created"]
    assert approved(subsidy, "ZW-2") == ["created"]
    new_rate(subsidy, "living.rate.dibao.44", "230.00", "2026-02-01")
    recomputed(subsidy, "living")

    year, told = year_found(subsidy), report()

    assert told.figures(
        year,
        ("subsidy.overpaid.amount", ""),
        ("subsidy.back_pay.amount", ""),
        ("subsidy.debt.outstanding", ""),
    ) == ["434.00", "13.00", "317.00"]
    assert told.figures(
        "2026",
        ("subsidy.debt.settled", ""),
        ("subsidy.debt.settled", "way=offset"),
        ("subsidy.debt.settled", "way=paid_back"),
        ("subsidy.debt.settled", "way=written_off"),
    ) == ["117.00", "0.00", "17.00", "100.00"]
    outstanding = told.events("subsidy.debt.outstanding", year)
    assert sorted(outstanding) == ["subsidy.debt_settled.v1"] * 2 + ["subsidy.difference_found.v1"] * 2
    assert told.events("subsidy.back_pay.amount", year) == ["subsidy.difference_found.v1"]
    assert told.figures("2025", ("subsidy.overpaid.amount", ""), ("subsidy.debt.outstanding", "")) == [
        "0.00",
        "0.00",
    ]


def test_what_a_list_kept_back_that_is_rejected_is_outstanding_again(
    subsidy: Harness, report: Callable[[], Report]
) -> None:
    live(subsidy)
    assert grant(subsidy, living()) == ["created"]
    pay_month(subsidy, "living", "2026-02")
    new_rate(subsidy, "living.rate.dibao.44", "17.00", "2026-02-01")
    new_rate(subsidy, "living.rate.dibao.44", "217.00", "2026-03-01")
    recomputed(subsidy, "living")
    run = freeze_month(subsidy, "living", "2026-03")
    reject_month(subsidy, run)
    assert [each.kind for each in events(subsidy, messages.DebtSettled)] == ["offset", "reopened"]

    assert report().figures(
        year_found(subsidy),
        ("subsidy.debt.outstanding", ""),
        ("subsidy.debt.settled", ""),
        ("subsidy.debt.settled", "way=offset"),
    ) == ["200.00", "0.00", "0.00"]


def test_checks_and_what_is_recovered_after_them_are_counted(
    subsidy: Harness, report: Callable[[], Report]
) -> None:
    check = checked(subsidy)
    assert propose(subsidy, check) == ["created"]
    assert decide(subsidy) == ["created"]
    recomputed(subsidy, "living")
    pay_month(subsidy, "living", "2026-03")
    settled = {"ref": "CL-1", "check_id": check["check_id"], "action": "settle", "acted_on": "2026-03-20"}
    steps = [settled | {"document": "追回通知2026-1"}]
    assert codes(subsidy.bulk("record_payment_checks", steps, clerk(subsidy))) == ["created"]

    year, told = year_found(subsidy), report()

    assert told.figures(
        "2026",
        ("subsidy.verification.checked", ""),
        ("subsidy.verification.checked", "state=confirmed"),
        ("subsidy.verification.checked", "state=to_recover"),
        ("subsidy.verification.share_confirmed", ""),
        ("subsidy.overpaid.amount", ""),
    ) == [1, 0, 1, "0.00", "217.00"]
    assert told.figures(year, ("subsidy.back_pay.amount", "")) == ["217.00"]
    assert told.events("subsidy.verification.checked", "2026") == ["subsidy.payment_checked.v1"]


def test_a_payment_that_is_confirmed_counts_in_the_share(
    subsidy: Harness, report: Callable[[], Report]
) -> None:
    checked(subsidy, "received")
    told = report()
    cells = ("subsidy.verification.checked", "state=confirmed"), ("subsidy.verification.share_confirmed", "")
    assert told.figures("2026", *cells) == [1, "100.00"]
    assert told.figures("2025", *cells) == [0, None]
