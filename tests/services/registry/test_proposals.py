"""Proposals of the people's congress and the consultative conference: assigned, met, replied to, rated."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from chassis.rpc import Refused
from contracts import registry as messages
from services.registry.proposal_tables import PROPOSERS, proposal_acts, proposals
from tests.services.registry.case_records import WRITER
from tests.services.registry.factories import results
from tests.support.platform import COUNTY, Harness
from tests.support.registry_events import OTHER_TOWNSHIP

CREATED = ("created", None)


def proposal(number: str = "79", **changes: Any) -> dict[str, Any]:
    return {
        "ref": f"T-{number}",
        "kind": "consultative_proposal",
        "session": "十届二次",
        "number": number,
        "title": "关于完善无障碍设施的提案",
        "region": COUNTY,
        "officer": "li",
        "assigned_on": "2024-03-30",
    } | changes


def step(action: str, acted_on: str, number: str = "79", **changes: Any) -> dict[str, Any]:
    fields: dict[str, dict[str, Any]] = {"reply": {"reply_class": "A"}, "rate": {"satisfied": True}}
    named = {"ref": f"T-{number}-{action}", "proposal_ref": f"T-{number}", "action": action}
    return named | {"acted_on": acted_on} | fields.get(action, {}) | changes


def taken(registry: Harness, *steps: dict[str, Any], caller: str | None = None) -> list[Any]:
    return results(registry.bulk("record_proposal_acts", steps, caller))


@pytest.mark.system("REG-15")
def test_a_proposal_is_assigned_met_replied_to_and_rated(registry: Harness):
    items = [proposal(key=True, proposer="joint", proposers=WRITER)]
    assert results(registry.bulk("record_proposals", items)) == [CREATED]
    steps = [
        step("consult", "2024-04-20"),
        step("extend", "2024-06-20"),
        step("reply", "2024-10-01"),
        step("rate", "2024-10-10"),
    ]
    assert taken(registry, *steps) == [CREATED] * 4
    told: list[Any] = [event for event in registry.events() if isinstance(event, messages.ProposalEvent)]
    assert [event.TYPE.split(".")[1] for event in told] == [
        "proposal_assigned",
        "proposal_consulted",
        "proposal_extended",
        "proposal_replied",
        "proposal_rated",
    ]
    assert (told[0].reply_due_on, told[2].reply_due_on) == (date(2024, 6, 30), date(2024, 9, 30))
    assert (told[3].reply_class, told[3].late, told[4].satisfied) == ("A", True, True)
    [view] = registry.call("list_proposals", {})["proposals"]
    assert (view["state"], view["reply_class"], view["satisfied"]) == ("replied", "A", True)


def test_unanswered_and_late_proposals_are_listed(registry: Harness):
    registry.bulk("record_proposals", [proposal("1"), proposal("2"), proposal("3", assigned_on="2024-04-01")])
    taken(registry, step("consult", "2024-04-01", "1"), step("reply", "2024-04-02", "1"))
    listed = registry.call("list_proposals", {"due_before": "2024-07-01"})["proposals"]
    assert [each["ref"] for each in listed] == ["T-2"]
    listed = registry.call("list_proposals", {"states": ["replied"]})["proposals"]
    assert [each["ref"] for each in listed] == ["T-1"]


def test_what_does_not_fit_is_refused_and_again_changes_nothing(registry: Harness):
    items = [
        proposal(proposers=WRITER),
        proposal(ref="other"),
        proposal(title="别的"),
        proposal("80", region="341524999000"),
        proposal("81", assigned_on="1999-12-31"),
        proposal(ref="congress", kind="congress_suggestion"),
    ]
    assert results(registry.bulk("record_proposals", items)) == [
        CREATED,
        ("registry.proposal_number_taken", "number"),
        ("registry.proposal_differs", "title"),
        ("registry.unknown_region", "region"),
        ("rule.not_in_force", "assigned_on"),
        CREATED,
    ]
    assert results(registry.bulk("record_proposals", [proposal(ref="later")])) == [
        ("registry.proposal_number_taken", "number")
    ]
    assert taken(
        registry,
        step("reply", "2024-04-20"),
        step("consult", "2024-04-20"),
        step("consult", "2024-04-20", "80"),
        step("reply", "2024-04-19"),
        step("reply", "2024-04-21"),
    ) == [
        ("registry.proposer_not_consulted", "action"),
        CREATED,
        ("registry.unknown_proposal", "proposal_ref"),
        ("registry.act_out_of_order", "acted_on"),
        CREATED,
    ]
    stored = [registry.rows(proposals), registry.rows(proposal_acts), registry.events()]
    assert results(registry.bulk("record_proposals", items[:1])) == [("unchanged", None)]
    assert taken(registry, step("consult", "2024-04-20"), step("reply", "2024-04-21")) == [
        ("unchanged", None),
        ("unchanged", None),
    ]
    assert [registry.rows(proposals), registry.rows(proposal_acts), registry.events()] == stored


def test_proposals_belong_to_their_region_and_their_proposers_are_sealed(registry: Harness):
    registry.bulk("record_proposals", [proposal(proposers=WRITER)])
    there = registry.clerk(OTHER_TOWNSHIP)
    assert registry.call("list_proposals", {}, there)["proposals"] == []
    assert taken(registry, step("consult", "2024-04-20"), caller=there) == [
        ("registry.unknown_proposal", "proposal_ref")
    ]
    assert results(registry.bulk("record_proposals", [proposal("80")], there)) == [
        ("access.region", "region")
    ]
    [row] = registry.rows(proposals)
    kept = str([tuple(row)] + [tuple(each) for each in registry.event_rows()])
    assert WRITER not in kept
    assert PROPOSERS.open(registry.runtime.vault, row.id, row.proposers) == WRITER
    asked = {"kind": "proposal", "file_id": row.id, "purpose": "联系提案人"}
    with pytest.raises(Refused, match=r"registry\.unknown_proposal"):
        registry.call("reveal_file", asked, there)
    assert registry.call("reveal_file", asked)["values"] == {"proposers": WRITER}


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        ("record_proposals", {"items": [proposal()]}),
        ("record_proposal_acts", {"items": [step("consult", "2024-04-20")]}),
        ("list_proposals", {}),
    ],
)
def test_a_stranger_to_the_task_is_turned_away(registry: Harness, method: str, fields: Any):
    with pytest.raises(Refused, match=r"access\.role"):
        registry.call(method, fields, registry.checker())


def test_the_history_can_be_neither_changed_nor_deleted(registry: Harness):
    registry.bulk("record_proposals", [proposal()])
    taken(registry, step("consult", "2024-04-20"))
    for statement in (sa.update(proposal_acts).values(action="reply"), sa.delete(proposal_acts)):
        with (
            pytest.raises(sa.exc.DBAPIError, match="append-only"),
            registry.runtime.database.write() as connection,
        ):
            connection.execute(statement)
