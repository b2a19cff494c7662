"""Legal aid: agencies, requests, decisions, help."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from chassis.rpc import Refused
from contracts import registry as messages
from services.registry.legal_aid_tables import legal_aid, legal_aid_acts
from tests.services.registry.case_records import WORDS
from tests.services.registry.factories import registered, results
from tests.support.platform import COUNTY, Harness
from tests.support.registry_events import OTHER_TOWNSHIP

CREATED = ("created", None)
AGENCY = {
    "ref": "F-1",
    "agency": "金寨县法律援助中心",
    "kind": "legal_aid_centre",
    "region": COUNTY,
    "registered_on": "2010-01-01",
}


def request(person_id: str, ref: str = "L-1", **changes: Any) -> dict[str, Any]:
    record = {"ref": ref, "person_id": person_id, "agency_ref": "F-1", "kind": "civil"}
    return record | {"requested_on": "2024-04-01"} | changes


def step(action: str, acted_on: str = "2024-04-03", matter: str = "L-1", **changes: Any) -> dict[str, Any]:
    own = {"outcome": "won", "hours": 12} if action == "give" else {}
    named = {"ref": f"{matter}-{action}", "legal_aid_ref": matter, "action": action, "acted_on": acted_on}
    return named | own | changes


@pytest.fixture
def aid(registry: Harness) -> Harness:
    """The registry with an agency."""
    assert results(registry.bulk("register_legal_agencies", [AGENCY])) == [CREATED]
    return registry


def taken(aid: Harness, *steps: dict[str, Any], caller: str | None = None) -> list[Any]:
    return results(aid.bulk("record_legal_aid_acts", steps, caller))


@pytest.mark.system("REG-14")
def test_a_person_asks_for_legal_help_and_gets_it(aid: Harness):
    [person] = registered(aid)
    requests = [request(person), request(person, "L-2")]
    assert results(aid.bulk("record_legal_aid", requests)) == [CREATED] * 2
    steps = [step("grant"), step("give", "2024-08-01"), step("refuse", "2024-04-09", "L-2")]
    assert taken(aid, *steps) == [CREATED] * 3
    told: list[Any] = [event for event in aid.events() if isinstance(event, messages.LegalAidEvent)]
    assert [event.TYPE.split(".")[1] for event in told] == [
        "legal_aid_requested",
        "legal_aid_requested",
        "legal_aid_granted",
        "legal_aid_given",
        "legal_aid_refused",
    ]
    assert told[0].decision_due_on == date(2024, 4, 8)
    assert (told[2].late, told[4].late) == (False, True)
    assert (told[3].outcome, told[3].hours, told[3].person_id) == ("won", 12, person)
    matters = aid.call("list_legal_aid", {"person_id": person})["matters"]
    assert {each["ref"]: (each["state"], each["hours"]) for each in matters} == {
        "L-1": ("given", 12),
        "L-2": ("refused", None),
    }


def test_undecided_and_late_requests_are_listed(aid: Harness):
    [person] = registered(aid)
    aid.bulk("record_legal_aid", [request(person), request(person, "L-2"), request(person, "L-3")])
    taken(aid, step("grant"))
    aid.bulk("record_legal_aid", [request(person, "L-4", requested_on="2024-04-02")])
    listed = aid.call("list_legal_aid", {"due_before": "2024-04-09"})["matters"]
    assert {each["ref"] for each in listed} == {"L-2", "L-3"}
    page = aid.call("list_legal_aid", {"limit": 3})
    rest = aid.call("list_legal_aid", {"limit": 3, "after": page["after"]})
    assert len(page["matters"]) + len(rest["matters"]) == 4
    assert rest["after"] is None


def test_what_does_not_fit_is_refused_and_again_changes_nothing(aid: Harness):
    [person] = registered(aid)
    items = [
        request(person, content=WORDS),
        request(person),
        request("f" * 32, "A"),
        request(person, "B", agency_ref="unknown"),
        request(person, "C", kind="weather"),
        request(person, "D", requested_on="2003-12-31"),
    ]
    assert results(aid.bulk("record_legal_aid", items)) == [
        CREATED,
        ("registry.legal_aid_differs", "content"),
        ("registry.unknown_person", "person_id"),
        ("registry.unknown_agency", "agency_ref"),
        ("registry.unknown_legal_aid_kind", "kind"),
        ("rule.not_in_force", "requested_on"),
    ]
    assert taken(aid, step("give"), step("grant"), step("give", hours=None), step("give", "2024-04-04")) == [
        ("registry.legal_aid_state", "action"),
        CREATED,
        ("registry.legal_aid_act_fields", "hours"),
        CREATED,
    ]
    stored: list[Any] = [aid.rows(legal_aid), aid.rows(legal_aid_acts), aid.events()]
    assert results(aid.bulk("register_legal_agencies", [AGENCY])) == [("unchanged", None)]
    assert results(aid.bulk("record_legal_aid", items[:1])) == [("unchanged", None)]
    assert taken(aid, step("grant"), step("give", "2024-04-04")) == [("unchanged", None)] * 2
    assert [aid.rows(legal_aid), aid.rows(legal_aid_acts), aid.events()] == stored
    assert WORDS not in str([tuple(row) for row in aid.event_rows()] + [tuple(row) for row in stored[0]])


def test_matters_belong_to_the_region_of_their_person(aid: Harness):
    [person] = registered(aid)
    aid.bulk("record_legal_aid", [request(person, content=WORDS)])
    [matter] = aid.call("list_legal_aid", {})["matters"]
    there = aid.clerk(OTHER_TOWNSHIP)
    assert aid.call("list_legal_aid", {}, there)["matters"] == []
    assert taken(aid, step("grant"), caller=there) == [("registry.unknown_legal_aid", "legal_aid_ref")]
    assert results(aid.bulk("record_legal_aid", [request(person, "N")], there)) == [
        ("registry.unknown_person", "person_id")
    ]
    agency = AGENCY | {"ref": "F-2"}
    assert results(aid.bulk("register_legal_agencies", [agency], there)) == [("access.region", "region")]
    asked = {"kind": "legal_aid", "file_id": matter["matter_id"], "purpose": "质量评估"}
    with pytest.raises(Refused, match=r"registry\.unknown_legal_aid"):
        aid.call("reveal_file", asked, there)
    assert aid.call("reveal_file", asked, aid.auditor())["values"] == {"content": WORDS}


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        ("register_legal_agencies", {"items": [AGENCY]}),
        ("record_legal_aid", {"items": [request("f" * 32)]}),
        ("record_legal_aid_acts", {"items": [step("grant")]}),
        ("list_legal_aid", {}),
    ],
)
def test_a_stranger_to_the_task_is_turned_away(registry: Harness, method: str, fields: Any):
    with pytest.raises(Refused, match=r"access\.role"):
        registry.call(method, fields, registry.maker())


def test_the_history_can_be_neither_changed_nor_deleted(aid: Harness):
    [person] = registered(aid)
    aid.bulk("record_legal_aid", [request(person)])
    taken(aid, step("grant"))
    for statement in (sa.update(legal_aid_acts).values(action="refuse"), sa.delete(legal_aid_acts)):
        with (
            pytest.raises(sa.exc.DBAPIError, match="append-only"),
            aid.runtime.database.write() as connection,
        ):
            connection.execute(statement)
