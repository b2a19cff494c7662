"""Dispute screening: rounds, what they found, and what became of it."""

from typing import Any

import pytest
import sqlalchemy as sa

from chassis import schema
from chassis.rpc import Refused
from contracts import registry as messages
from services.registry.dispute_tables import dispute_acts, disputes
from tests.services.registry.case_records import WORDS, WRITER, case, received
from tests.services.registry.factories import registered, results
from tests.support.platform import COUNTY, Harness
from tests.support.registry_events import OTHER_TOWNSHIP, OTHER_VILLAGE, VILLAGE

CREATED = ("created", None)


def screening(ref: str = "K-1", held_on: str = "2024-02-06", **changes: Any) -> dict[str, Any]:
    return {"ref": ref, "region": COUNTY, "held_on": held_on, "households": 20} | changes


def dispute(ref: str = "J-1", **changes: Any) -> dict[str, Any]:
    record = {"ref": ref, "round_ref": "K-1", "kind": "family", "region": VILLAGE, "found_on": "2024-02-08"}
    return record | changes


def step(
    action: str, acted_on: str = "2024-02-10", dispute_ref: str = "J-1", **changes: Any
) -> dict[str, Any]:
    named = {"ref": f"{dispute_ref}-{action}-{acted_on}", "dispute_ref": dispute_ref, "action": action}
    return named | {"acted_on": acted_on} | changes


@pytest.fixture
def screened(registry: Harness) -> Harness:
    """The registry with one round that found one dispute."""
    assert results(registry.bulk("record_screening_rounds", [screening()])) == [CREATED]
    items = [dispute(parties=WRITER, content=WORDS)]
    assert results(registry.bulk("record_disputes", items)) == [CREATED]
    return registry


def taken(screened: Harness, *steps: dict[str, Any], caller: str | None = None) -> list[Any]:
    return results(screened.bulk("record_dispute_acts", steps, caller))


@pytest.mark.system("REG-13")
def test_a_round_finds_disputes_that_are_settled_or_become_petitions(screened: Harness):
    [person] = registered(screened)
    received(screened, case("X-1", "2024-03-01"))
    screened.bulk("record_disputes", [dispute("J-2", person_id=person)])
    steps = [
        step("mediate"),
        step("mediate", "2024-02-20"),
        step("settle", "2024-02-21"),
        step("escalate", "2024-03-01", "J-2", case_ref="X-1"),
    ]
    assert taken(screened, *steps) == [CREATED] * 4
    told: list[Any] = [event for event in screened.events() if isinstance(event, messages.DisputeEvent)]
    assert [event.TYPE.split(".")[1] for event in told] == [
        "dispute_found",
        "dispute_found",
        "dispute_mediated",
        "dispute_mediated",
        "dispute_settled",
        "dispute_escalated",
    ]
    [petition] = screened.call("list_cases", {})["cases"]
    assert told[5].case_id == petition["case_id"]
    views = screened.call("list_disputes", {})["disputes"]
    assert {view["ref"]: view["state"] for view in views} == {"J-1": "settled", "J-2": "escalated"}
    assert [view["ref"] for view in screened.call("list_disputes", {"person_id": person})["disputes"]] == [
        "J-2"
    ]


def test_what_does_not_fit_is_refused_and_the_rest_is_kept(screened: Harness):
    assert results(
        screened.bulk(
            "record_screening_rounds", [screening(households=21), screening("K-2", region="990000000000")]
        )
    ) == [("registry.round_differs", "households"), ("access.region", "region")]
    items = [
        dispute("A", round_ref="unknown"),
        dispute("B", kind="weather"),
        dispute("C", found_on="2024-02-05"),
        dispute("D", person_id="f" * 32),
        dispute(kind="land"),
        dispute("E"),
    ]
    assert results(screened.bulk("record_disputes", items)) == [
        ("registry.unknown_round", "round_ref"),
        ("registry.unknown_dispute_kind", "kind"),
        ("registry.found_before_round", "found_on"),
        ("registry.unknown_person", "person_id"),
        ("registry.dispute_differs", "kind"),
        CREATED,
    ]
    assert taken(
        screened,
        step("settle"),
        step("escalate", case_ref="unknown"),
        step("mediate", dispute_ref="unknown"),
        step("mediate"),
        step("mediate", ref="J-1-mediate-2024-02-10", acted_on="2024-02-11"),
        step("settle", "2024-02-11"),
    ) == [
        ("registry.dispute_state", "action"),
        ("registry.unknown_case", "case_ref"),
        ("registry.unknown_dispute", "dispute_ref"),
        CREATED,
        ("registry.dispute_act_differs", "ref"),
        CREATED,
    ]


def test_loading_twice_changes_nothing_and_tells_nobody(screened: Harness):
    steps = [step("mediate"), step("settle", "2024-02-21")]
    taken(screened, *steps)
    stored = [screened.rows(disputes), screened.rows(dispute_acts), screened.events()]
    assert results(screened.bulk("record_screening_rounds", [screening()])) == [("unchanged", None)]
    items = [dispute(parties=WRITER, content=WORDS)]
    assert results(screened.bulk("record_disputes", items)) == [("unchanged", None)]
    assert taken(screened, *steps) == [("unchanged", None)] * 2
    assert [screened.rows(disputes), screened.rows(dispute_acts), screened.events()] == stored


def test_disputes_belong_to_their_region_and_their_words_are_read_on_the_record(screened: Harness):
    there = screened.clerk(OTHER_TOWNSHIP)
    [view] = screened.call("list_disputes", {})["disputes"]
    assert screened.call("list_disputes", {}, there)["disputes"] == []
    assert taken(screened, step("mediate"), caller=there) == [("registry.unknown_dispute", "dispute_ref")]
    assert results(screened.bulk("record_disputes", [dispute("N")], there)) == [("access.region", "region")]
    asked = {"kind": "dispute", "file_id": view["dispute_id"], "purpose": "回访调解情况"}
    with pytest.raises(Refused, match=r"registry\.unknown_dispute"):
        screened.call("reveal_file", asked, there)
    assert screened.call("reveal_file", asked)["values"] == {"parties": WRITER, "content": WORDS}
    assert len(screened.rows(schema.access_audit)) == 1
    kept = str(
        [tuple(row) for row in screened.rows(disputes)] + [tuple(row) for row in screened.event_rows()]
    )
    assert WORDS not in kept
    assert WRITER not in kept
    mine = dispute("N", region=OTHER_VILLAGE)
    assert results(screened.bulk("record_disputes", [mine], there)) == [CREATED]


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        ("record_screening_rounds", {"items": [screening()]}),
        ("record_disputes", {"items": [dispute()]}),
        ("record_dispute_acts", {"items": [step("mediate")]}),
        ("list_disputes", {}),
        ("reveal_file", {"kind": "dispute", "file_id": "0" * 32, "purpose": "回访调解情况"}),
    ],
)
def test_a_stranger_to_the_task_is_turned_away(registry: Harness, method: str, fields: Any):
    with pytest.raises(Refused, match=r"access\.role"):
        registry.call(method, fields, registry.maker())


def test_the_history_can_be_neither_changed_nor_deleted(screened: Harness):
    taken(screened, step("mediate"))
    for statement in (sa.update(dispute_acts).values(action="settle"), sa.delete(dispute_acts)):
        with (
            pytest.raises(sa.exc.DBAPIError, match="append-only"),
            screened.runtime.database.write() as connection,
        ):
            connection.execute(statement)
