"""The ledger of hidden risks: found, reported, being rectified, closed."""

from typing import Any

import pytest
import sqlalchemy as sa

from chassis.rpc import Refused
from contracts import registry as messages
from services.registry.risk_tables import risk_acts, risks
from tests.services.registry.factories import household, results
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE

CREATED = ("created", None)
WORDS = "李奶奶家电线老化"


def risk(ref: str = "R-1", **changes: Any) -> dict[str, Any]:
    record = {"ref": ref, "kind": "electricity", "place": "household", "region": VILLAGE}
    return record | {"found_on": "2024-03-01", "due_on": "2024-03-31"} | changes


def step(action: str, acted_on: str, risk_ref: str = "R-1", **changes: Any) -> dict[str, Any]:
    named = {"ref": f"{risk_ref}-{action}-{acted_on}", "risk_ref": risk_ref, "action": action}
    return named | {"acted_on": acted_on} | changes


@pytest.fixture
def ledger(registry: Harness) -> Harness:
    """The registry with one risk of one household."""
    registry.bulk("register_households", [household()])
    assert results(registry.bulk("record_risks", [risk(household_ref="H-1", content=WORDS)])) == [CREATED]
    return registry


def taken(ledger: Harness, *steps: dict[str, Any], caller: str | None = None) -> list[Any]:
    return results(ledger.bulk("record_risk_acts", steps, caller))


@pytest.mark.system("REG-04")
def test_a_risk_is_found_reported_rectified_and_closed(ledger: Harness):
    ledger.bulk("record_risks", [risk("R-2", place="care_institution", region=OTHER_VILLAGE, kind="fire")])
    steps = [
        step("report", "2024-03-01"),
        step("take_up", "2024-03-05", officer="li"),
        step("take_up", "2024-03-20", officer="wang"),
        step("close", "2024-04-01"),
        step("report", "2024-03-02", "R-2"),
    ]
    assert taken(ledger, *steps) == [CREATED] * 5
    told: list[Any] = [event for event in ledger.events() if isinstance(event, messages.RiskEvent)]
    assert [event.TYPE.split(".")[1] for event in told] == [
        "risk_found",
        "risk_found",
        "risk_reported",
        "risk_taken_up",
        "risk_taken_up",
        "risk_closed",
        "risk_reported",
    ]
    assert told[5].late is True
    assert told[0].household_id is not None
    views = ledger.call("list_risks", {})["risks"]
    assert {view["ref"]: (view["state"], view["officer"]) for view in views} == {
        "R-1": ("closed", "wang"),
        "R-2": ("reported", None),
    }
    late = ledger.call("list_risks", {"due_before": "2024-04-01"})["risks"]
    assert [view["ref"] for view in late] == ["R-2"]
    assert ledger.call("list_risks", {"states": ["found"]})["risks"] == []
    assert [view["ref"] for view in ledger.call("list_risks", {"region": TOWNSHIP})["risks"]] == ["R-1"]


def test_what_does_not_fit_is_refused_and_the_rest_is_kept(ledger: Harness):
    items = [
        risk("A", kind="ghosts"),
        risk("B", due_on="2024-02-29"),
        risk("C", household_ref="H-9"),
        risk("D", region="320500000000"),
        risk("E", region="341524999999"),
        risk("F", place="moon"),
        risk(),
        risk("G"),
    ]
    assert results(ledger.bulk("record_risks", items)) == [
        ("registry.unknown_risk_kind", "kind"),
        ("registry.due_before_found", "due_on"),
        ("registry.unknown_household", "household_ref"),
        ("access.region", "region"),
        ("registry.unknown_region", "region"),
        ("record.invalid", "place"),
        ("registry.risk_differs", "household_id"),
        CREATED,
    ]
    assert taken(
        ledger,
        step("close", "2024-03-02"),
        step("take_up", "2024-03-02"),
        step("report", "2024-02-29"),
        step("report", "2024-03-02", officer="li"),
        step("report", "2024-03-02", "unknown"),
        step("report", "2024-03-02"),
    ) == [
        ("registry.risk_state", "action"),
        ("registry.risk_act_fields", "officer"),
        ("registry.act_out_of_order", "acted_on"),
        ("registry.risk_act_fields", "officer"),
        ("registry.unknown_risk", "risk_ref"),
        CREATED,
    ]


def test_loading_twice_changes_nothing_and_tells_nobody(ledger: Harness):
    taken(ledger, step("report", "2024-03-01"))
    stored = [ledger.rows(risks), ledger.rows(risk_acts), ledger.events()]
    again = ledger.bulk("record_risks", [risk(household_ref="H-1", content=WORDS)])
    assert results(again) == [("unchanged", None)]
    assert taken(ledger, step("report", "2024-03-01")) == [("unchanged", None)]
    assert [ledger.rows(risks), ledger.rows(risk_acts), ledger.events()] == stored


def test_the_ledger_belongs_to_its_region_and_words_are_read_on_the_record(ledger: Harness):
    there = ledger.clerk(OTHER_TOWNSHIP)
    [view] = ledger.call("list_risks", {})["risks"]
    assert ledger.call("list_risks", {}, there)["risks"] == []
    assert taken(ledger, step("report", "2024-03-01"), caller=there) == [
        ("registry.unknown_risk", "risk_ref")
    ]
    assert results(ledger.bulk("record_risks", [risk("N")], there)) == [("access.region", "region")]
    theirs = risk("N", region=OTHER_VILLAGE, household_ref="H-1")
    assert results(ledger.bulk("record_risks", [theirs], there)) == [
        ("registry.unknown_household", "household_ref")
    ]
    asked = {"kind": "risk", "file_id": view["risk_id"], "purpose": "整改回头看"}
    with pytest.raises(Refused, match=r"registry\.unknown_risk"):
        ledger.call("reveal_file", asked, there)
    assert ledger.call("reveal_file", asked)["values"] == {"content": WORDS}
    kept = str([tuple(row) for row in ledger.rows(risks)] + [tuple(row) for row in ledger.event_rows()])
    assert WORDS not in kept
    taken(ledger, step("report", "2024-03-01"))
    with (
        pytest.raises(sa.exc.DBAPIError, match="append-only"),
        ledger.runtime.database.write() as connection,
    ):
        connection.execute(sa.update(risk_acts).values(action="close"))
