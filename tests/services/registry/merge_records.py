"""Requests to merge and their decisions, with defaults for all that a test does not care about."""

from typing import Any

from tests.services.registry.factories import results
from tests.support.platform import Harness

CREATED = ("created", None)
UNCHANGED = ("unchanged", None)
MERGED = ("registry.person_merged", "person_id")


def merge(person_id: str, kept_id: str, ref: str = "M-1", **changes: Any) -> dict[str, Any]:
    asked = {"ref": ref, "person_id": person_id, "kept_id": kept_id, "requested_on": "2024-03-01"}
    return asked | changes


def unmerge(ref: str = "U-1", merge_ref: str = "M-1", **changes: Any) -> dict[str, Any]:
    return {"ref": ref, "merge_ref": merge_ref, "requested_on": "2024-04-01"} | changes


def decision(merge_ref: str = "M-1", **changes: Any) -> dict[str, Any]:
    told = {"ref": f"D-{merge_ref}", "merge_ref": merge_ref, "decision": "approved"}
    return told | {"decided_on": "2024-05-01"} | changes


def asked(registry: Harness, *items: dict[str, Any], caller: str | None = None) -> list[Any]:
    return results(registry.bulk("request_merges", items, caller))


def undone(registry: Harness, *items: dict[str, Any], caller: str | None = None) -> list[Any]:
    return results(registry.bulk("request_unmerges", items, caller))


def decided(registry: Harness, *items: dict[str, Any], caller: str | None = None) -> list[Any]:
    return results(registry.bulk("decide_merges", items, caller or registry.checker()))


def merged(registry: Harness, person_id: str, kept_id: str, ref: str = "M-1") -> None:
    """Merge two records: asked for by a clerk, approved by a checker."""
    assert asked(registry, merge(person_id, kept_id, ref)) == [CREATED]
    assert decided(registry, decision(ref)) == [CREATED]


def unmerged(registry: Harness, merge_ref: str = "M-1") -> None:
    """Undo a merge in the same way."""
    assert undone(registry, unmerge(f"U-{merge_ref}", merge_ref)) == [CREATED]
    assert decided(registry, decision(f"U-{merge_ref}")) == [CREATED]


def heads(registry: Harness, *person_ids: str) -> list[str | None]:
    """Who stands for each of these persons; none: they themselves."""
    return [registry.call("find_person", {"person_id": each})["merged_into"] for each in person_ids]
