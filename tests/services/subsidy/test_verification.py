"""Verification after payment: drawn by lot, asked for in the townships, and settled without any edit."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from chassis.rpc import Refused
from contracts import subsidy as messages
from services.subsidy import tables
from services.subsidy.domain import verification
from services.subsidy.domain.verification import draw
from services.subsidy.handlers import samples
from services.subsidy.service import SubsidyService
from services.subsidy.verification_tables import payment_check_acts, payment_checks, payment_samples
from tests.services.subsidy import factories
from tests.services.subsidy.steps import approve, events, freeze, pay
from tests.services.subsidy.test_restart import killed_once
from tests.support.platform import COUNTY, Harness
from tests.support.postgres_server import PostgresServer
from tests.support.registry_events import OTHER_VILLAGE, TOWNSHIP, VILLAGE

PERSONS = 30
DRAWN_ON = "2025-01-06"


@pytest.fixture
def paid(subsidy: Harness) -> dict[str, Any]:
    """A paid run of thirty persons in two townships."""
    return paid_run(subsidy)


def paid_run(subsidy: Harness) -> dict[str, Any]:
    subsidy.feed(
        "rehab",
        [factories.placed_in_care(n, region=VILLAGE if n % 2 else OTHER_VILLAGE) for n in range(PERSONS)],
    )
    return pay(subsidy, "care")


def sample(run: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"ref": "CJ-1", "run_id": run["run_id"], "seed": "2025-0106", "drawn_on": DRAWN_ON} | changes


def drawn(subsidy: Harness, run: dict[str, Any], **changes: Any) -> list[dict[str, Any]]:
    """The work list of a sample."""
    assert codes(subsidy.bulk("draw_payment_samples", [sample(run, **changes)])) == ["created"]
    subsidy.run_jobs()
    return listed(subsidy)


def listed(subsidy: Harness, caller_region: str = COUNTY, /, **changes: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = subsidy.call("list_payment_checks", changes, subsidy.clerk(caller_region))[
        "checks"
    ]
    return found


def step(check: dict[str, Any], action: str, /, **changes: Any) -> dict[str, Any]:
    told = {"ref": f"HS-{check['check_id']}-{action}", "check_id": check["check_id"], "action": action}
    told |= {"acted_on": "2025-01-08"}
    if action != "settle":
        told["means"] = "in_person"
    return told | changes


def codes(outcomes: list[dict[str, Any]]) -> list[str]:
    return [each["error"]["code"] if each["error"] else each["outcome"] for each in outcomes]


def record(subsidy: Harness, *steps: dict[str, Any], token: str | None = None) -> list[str]:
    return codes(subsidy.bulk("record_payment_checks", list(steps), token or subsidy.clerk()))


@pytest.mark.system("SUB-12")
def test_a_sample_is_drawn_by_lot_asked_for_by_township_and_its_findings_are_settled(
    subsidy: Harness, paid: dict[str, Any]
) -> None:
    checks = drawn(subsidy, paid)

    assert len(checks) == 10  # 5 percent of 30 would be 2, ten is the least
    places = draw(paid["list_hash"], "2025-0106", PERSONS, 10)
    assert [row.line for row in subsidy.rows(payment_checks)] == places
    well, late, less, other, *_ = checks
    assert (
        record(
            subsidy,
            step(well, "received", means="phone"),
            step(late, "not_received"),
            step(less, "wrong_amount", received="1500.00"),
            step(other, "wrong_person"),
        )
        == ["created"] * 4
    )
    assert {check["check_id"]: check["state"] for check in listed(subsidy)} == {
        check["check_id"]: state
        for check, state in zip(
            checks, ["confirmed", "held", "to_recover", "to_recover", *["open"] * 6], strict=True
        )
    }
    work = listed(subsidy, states=["held", "to_recover"])
    assert [(check["amount"], check["received"]) for check in work] == [
        ("2000.00", None),
        ("2000.00", "1500.00"),
        ("2000.00", None),
    ]
    settled = step(less, "settle", document="收回通知2025-1", acted_on="2025-02-03")
    assert record(subsidy, settled) == ["created"]
    [shown] = [check for check in listed(subsidy) if check["check_id"] == less["check_id"]]
    assert (shown["state"], shown["finding"], shown["received"]) == ("settled", "wrong_amount", "1500.00")
    assert {event.action for event in events(subsidy, messages.PaymentChecked)} == {
        *("received", "not_received", "wrong_amount", "wrong_person", "settle")
    }


def test_what_came_of_a_sample_is_counted_by_township(subsidy: Harness, paid: dict[str, Any]) -> None:
    checks = drawn(subsidy, paid)
    record(subsidy, *(step(check, "received") for check in checks[:3]))
    asked = {"sample_id": checks[0]["sample_id"]}

    counts = subsidy.call("show_payment_check_counts", asked, subsidy.auditor())["counts"]

    told = {(each["region"], each["state"], each["finding"]): each["checks"] for each in counts}
    expected = Counter(
        (
            check["region"][:9] + "000",
            *(("confirmed", "received") if check in checks[:3] else ("open", None)),
        )
        for check in checks
    )
    assert told == expected


def test_nothing_that_was_paid_or_booked_is_touched(subsidy: Harness, paid: dict[str, Any]) -> None:
    kept = (tables.run_lines, tables.payments, tables.ledger, tables.runs)
    before = [subsidy.rows(table) for table in kept]

    checks = drawn(subsidy, paid)
    record(subsidy, step(checks[0], "wrong_person"), step(checks[1], "wrong_amount", received="0.00"))

    assert [subsidy.rows(table) for table in kept] == before


def test_sending_everything_twice_changes_nothing_and_a_number_is_one_record(
    subsidy: Harness, paid: dict[str, Any]
) -> None:
    first, *_ = drawn(subsidy, paid)
    assert record(subsidy, step(first, "not_received")) == ["created"]
    recorded = len(subsidy.events())

    assert codes(subsidy.bulk("draw_payment_samples", [sample(paid)])) == ["unchanged"]
    assert record(subsidy, step(first, "not_received")) == ["unchanged"]
    assert codes(subsidy.bulk("draw_payment_samples", [sample(paid, seed="9999")])) == ["subsidy.ref_reused"]
    assert record(subsidy, step(first, "not_received", means="phone")) == ["subsidy.ref_reused"]

    assert subsidy.run_jobs() == 0
    assert len(subsidy.events()) == recorded


def test_nobody_draws_again_until_it_suits(subsidy: Harness, paid: dict[str, Any]) -> None:
    drawn(subsidy, paid)

    again = [sample(paid, ref="CJ-2", seed="another"), sample(paid, ref="CJ-3")]

    assert codes(subsidy.bulk("draw_payment_samples", again)) == ["subsidy.sample_drawn"] * 2


def test_a_sample_is_drawn_when_the_bank_has_paid_every_line(subsidy: Harness) -> None:
    subsidy.feed("rehab", [factories.placed_in_care(1)])
    run = approve(subsidy, freeze(subsidy, "care"))

    assert codes(subsidy.bulk("draw_payment_samples", [sample(run)])) == ["subsidy.run_not_paid"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"means": None}, "subsidy.wrong_step"),
        ({"action": "settle", "means": None}, "subsidy.wrong_step"),
        ({"action": "settle", "means": None, "document": "D"}, "subsidy.check_state"),
        ({"action": "wrong_amount"}, "subsidy.wrong_step"),
        ({"action": "wrong_amount", "received": "2000.00"}, "subsidy.same_amount"),
        ({"action": "wrong_amount", "received": "-1.00"}, "subsidy.same_amount"),
        ({"received": "1.00"}, "subsidy.wrong_step"),
        ({"acted_on": "2025-01-05"}, "subsidy.act_out_of_order"),
        ({"check_id": "0" * 32}, "subsidy.unknown_check"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused_alone(
    subsidy: Harness, paid: dict[str, Any], changes: dict[str, Any], code: str
) -> None:
    first, second, *_ = drawn(subsidy, paid)

    assert record(subsidy, step(first, "received", **changes), step(second, "received")) == [code, "created"]


def test_what_was_found_first_stays_on_the_record(subsidy: Harness, paid: dict[str, Any]) -> None:
    first, *_ = drawn(subsidy, paid)
    record(subsidy, step(first, "not_received"))

    assert record(subsidy, step(first, "received", acted_on="2025-01-09")) == ["created"]

    assert listed(subsidy)[0]["state"] == "confirmed"
    assert [row.state_after for row in subsidy.rows(payment_check_acts)] == ["held", "confirmed"]
    with pytest.raises(sa.exc.DBAPIError), subsidy.runtime.database.write() as connection:
        connection.execute(sa.delete(payment_check_acts))


@pytest.mark.parametrize("subject", ["maker", "checker"])
def test_who_planned_or_approved_the_run_does_not_verify_it(
    subsidy: Harness, paid: dict[str, Any], subject: str
) -> None:
    first, *_ = drawn(subsidy, paid)

    assert record(subsidy, step(first, "received"), token=subsidy.caller("clerk", subject=subject)) == [
        "subsidy.verifier_paid"
    ]


def test_another_division_neither_sees_nor_draws_nor_verifies(subsidy: Harness, paid: dict[str, Any]) -> None:
    checks = drawn(subsidy, paid)
    away = [check for check in checks if not check["region"].startswith(TOWNSHIP[:9])]
    clerk = subsidy.clerk(TOWNSHIP)
    asked = {"sample_id": checks[0]["sample_id"]}

    assert {check["check_id"] for check in listed(subsidy, TOWNSHIP)} == {
        check["check_id"] for check in checks if check not in away
    }
    assert listed(subsidy, TOWNSHIP, region=OTHER_VILLAGE) == []
    assert subsidy.call("list_payment_samples", {}, clerk)["samples"] == []
    [count] = subsidy.call("show_payment_check_counts", asked, clerk)["counts"]
    assert count["region"] == TOWNSHIP
    assert record(subsidy, step(away[0], "received"), token=clerk) == ["subsidy.unknown_check"]
    other = [sample(paid, ref="CJ-2"), sample(paid, ref="CJ-3", run_id="0" * 32)]
    here, nowhere = subsidy.bulk("draw_payment_samples", other, clerk)
    assert here["error"] == nowhere["error"]
    assert here["error"]["code"] == "subsidy.unknown_run"


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        ("draw_payment_samples", {"items": []}),
        ("record_payment_checks", {"items": []}),
        ("list_payment_samples", {}),
        ("list_payment_checks", {}),
        ("show_payment_check_counts", {"sample_id": "0" * 32}),
    ],
)
def test_other_roles_are_refused(subsidy: Harness, method: str, fields: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=r"access\.role"):
        subsidy.call(method, fields, subsidy.maker())


def test_lists_are_paged(subsidy: Harness, paid: dict[str, Any]) -> None:
    checks = drawn(subsidy, paid)

    page = subsidy.call("list_payment_checks", {"limit": 7}, subsidy.clerk())
    rest = subsidy.call("list_payment_checks", {"limit": 7, "after": page["after"]}, subsidy.clerk())

    assert page["checks"] + rest["checks"] == checks
    assert rest["after"] is None
    [shown] = subsidy.call("list_payment_samples", {"limit": 1}, subsidy.auditor())["samples"]
    assert (shown["lines"], shown["checks"], shown["state"]) == (PERSONS, 10, "drawn")


@pytest.mark.parametrize("call", [1, 2, 3])
def test_a_drawing_killed_in_any_step_draws_the_same(
    open_subsidy: Callable[[], Harness], monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    monkeypatch.setattr(samples, "CHECKS_PER_STEP", 4)
    subsidy = open_subsidy()
    run = paid_run(subsidy)
    subsidy.bulk("draw_payment_samples", [sample(run)])

    subsidy = killed_once(open_subsidy, subsidy, monkeypatch, verification, "draw", call)

    assert sorted(row.line for row in subsidy.rows(payment_checks)) == draw(
        run["list_hash"], "2025-0106", PERSONS, 10
    )


def test_of_twenty_who_draw_or_verify_at_once_one_is_first(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    with postgres_server.database() as url, ThreadPoolExecutor(20) as pool:
        subsidy = Harness(SubsidyService, url, keys=tmp_path)
        run = paid_run(subsidy)

        def draw_one(number: int) -> str:
            told = sample(run, ref=f"CJ-{number}", seed=f"seed-{number}")
            return codes(subsidy.bulk("draw_payment_samples", [told]))[0]

        assert Counter(pool.map(draw_one, range(20))) == {"created": 1, "subsidy.sample_drawn": 19}
        assert len(subsidy.rows(payment_samples)) == 1
        subsidy.run_jobs()
        first, *_ = listed(subsidy)
        record(subsidy, step(first, "not_received"))

        def settle(number: int) -> str:
            told = step(first, "settle", document="D", ref=f"CL-{number}")
            return record(subsidy, told)[0]

        assert Counter(pool.map(settle, range(20))) == {"created": 1, "subsidy.check_state": 19}
        subsidy.close()
