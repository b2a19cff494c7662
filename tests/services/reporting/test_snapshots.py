"""Snapshots: immutable, hashed, revised when figures change, signed by a second person."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from chassis.rpc import Refused
from services.reporting.service import ReportingService
from services.reporting.tables import signatures, snapshots
from tests.services.reporting.factories import (
    cancelled,
    changed,
    issued,
    needed,
    paid,
    retrofitted,
    served,
    trained,
)
from tests.services.reporting.steps import figures, take, value
from tests.support.platform import COUNTY, OFFICE, Harness
from tests.support.registry_events import OTHER_VILLAGE, VILLAGE, identifier


def find(harness: Harness, revision: int | None = None) -> dict[str, Any]:
    asked = {"office": OFFICE, "region": COUNTY, "period": "2024", "revision": revision}
    return harness.call("find_snapshot", asked, harness.auditor())


def sign(
    harness: Harness, taken: dict[str, Any], caller: str | None = None, **changes: Any
) -> dict[str, Any]:
    fields = {"snapshot_id": taken["snapshot_id"], "hash": taken["hash"]} | changes
    return harness.call("sign_snapshot", fields, caller or harness.checker())


def a_year_of_work() -> dict[str, list[Any]]:
    return {
        "registry": [
            issued(1, "2018-05-01", "mental", 2),
            issued(2, "2024-02-01", "hearing", 3, mode="home_visit"),
            issued(3, "2024-02-02", "physical", 4, region=OTHER_VILLAGE),
            changed(3, "2024-09-01", ("physical", 4), ("multiple", 2), region=OTHER_VILLAGE),
            cancelled(2, "2024-10-01", "hearing", 3),
        ],
        "rehab": [
            served(1, "2024-03-01"),
            served(1, "2024-06-01"),
            retrofitted(1),
            retrofitted(2, "supplementary"),
        ],
        "employment": [needed(2), needed(3, OTHER_VILLAGE), trained(3, region=OTHER_VILLAGE)],
        "subsidy": [paid(1, "2000.00", {"superior": "1283.65", "county": "716.35"}, variant="home")],
    }  # fmt: skip


def feed_all(harness: Harness) -> None:
    for source, events in a_year_of_work().items():
        harness.feed(source, events)


@pytest.mark.system("REP-05")
def test_the_years_figures_are_recorded_signed_and_found_again(reporting: Harness):
    feed_all(reporting)
    taken = take(reporting)
    assert (taken["revision"], taken["as_of"], taken["signed_by"]) == (1, "2024-12-31", None)
    assert taken["positions"] == {"employment/1": 3, "registry/1": 5, "rehab/1": 4, "subsidy/1": 1}
    assert value(taken, "registry.persons.certified") == 2
    assert value(taken, "registry.persons.certified", "grade=1-2") == 2
    assert value(taken, "rehab.psych_drug.persons") == 1
    assert value(taken, "subsidy.care.amount") == "2000.00"
    assert figures(taken)["registry.persons.certified", "grade=1-2"]["zh"] == "一、二级重度残疾人"
    signed = sign(reporting, taken)
    assert signed["signed_by"] == "checker"
    assert find(reporting) == signed
    half = take(reporting, period="2024H1")
    assert half["as_of"] == "2024-06-30"
    assert value(half, "registry.persons.certified") == 3


def test_the_hash_is_of_the_stored_document(reporting: Harness):
    feed_all(reporting)
    taken = take(reporting)
    [row] = reporting.rows(snapshots)
    assert hashlib.sha256(row.document.encode()).hexdigest() == taken["hash"]
    document = json.loads(row.document)
    assert json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":")) == row.document
    outside = {"snapshot_id", "revision", "hash", "taken_by", "signed_by"}
    assert document == {key: each for key, each in taken.items() if key not in outside}


def test_the_same_operations_have_the_same_hash_on_both_databases(tmp_path: Path, postgres_server: Any):
    hashes = []
    with postgres_server.database() as url:
        for database in (url, f"sqlite:///{tmp_path}/other.db"):
            harness = Harness(ReportingService, database)
            feed_all(harness)
            hashes.append(take(harness)["hash"])
            harness.close()
    assert hashes[0] == hashes[1]


def test_unchanged_figures_return_the_revision_that_stands(reporting: Harness):
    feed_all(reporting)
    taken = take(reporting)
    reporting.feed("rehab", [served(9, "2025-03-01")])  # moves a position, but no figure of 2024
    assert take(reporting, caller=reporting.maker("another")) == taken
    assert len(reporting.rows(snapshots)) == 1
    assert len([event for event in reporting.events() if event.TYPE == "reporting.snapshot_taken.v1"]) == 1


def test_a_late_event_makes_a_new_revision_beside_the_old(reporting: Harness):
    feed_all(reporting)
    first = sign(reporting, take(reporting))
    reporting.feed("rehab", [served(9, "2024-12-30")])
    second = take(reporting)
    assert (second["revision"], second["signed_by"]) == (2, None)
    assert value(second, "rehab.psych_drug.persons") == 2
    assert second["hash"] != first["hash"]
    assert find(reporting, revision=1) == first
    assert find(reporting) == second


def test_another_cut_off_is_another_revision_and_each_stands_for_itself(reporting: Harness):
    reporting.feed("registry", [issued(1, "2024-03-01")])
    half, full = take(reporting, as_of="2024-06-30"), take(reporting)
    assert [half["revision"], full["revision"]] == [1, 2]
    assert take(reporting, as_of="2024-06-30") == half


def test_a_snapshot_is_signed_by_another_person_and_by_its_hash(reporting: Harness):
    taken = take(reporting)
    both = reporting.caller("maker", "checker", subject="maker")
    with pytest.raises(Refused) as refused:
        sign(reporting, taken, both)
    assert refused.value.code == "reporting.same_person"
    with pytest.raises(Refused) as refused:
        sign(reporting, taken, hash="0" * 64)
    assert refused.value.code == "reporting.hash_differs"
    signed = sign(reporting, taken)
    assert sign(reporting, taken) == signed
    with pytest.raises(Refused) as refused:
        sign(reporting, taken, reporting.checker("third"))
    assert refused.value.code == "reporting.signed_already"
    with pytest.raises(Refused) as refused:
        sign(reporting, taken, snapshot_id=identifier(99))
    assert refused.value.code == "reporting.unknown_snapshot"


def test_the_database_itself_tells_taker_and_signer_apart(reporting: Harness):
    taken = take(reporting)
    row = {"snapshot_id": taken["snapshot_id"], "signed_at": reporting.runtime.now()}
    for taken_by, signed_by in (("maker", "maker"), ("somebody", "maker")):
        with pytest.raises(sa.exc.IntegrityError), reporting.runtime.database.write() as connection:
            connection.execute(sa.insert(signatures), row | {"taken_by": taken_by, "signed_by": signed_by})


def test_a_snapshot_can_be_neither_changed_nor_deleted(reporting: Harness):
    take(reporting)
    for statement in (sa.update(snapshots).values(hash="0" * 64), sa.delete(snapshots)):
        with (
            pytest.raises(sa.exc.DBAPIError, match="append-only"),
            reporting.runtime.database.write() as connection,
        ):
            connection.execute(statement)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"office": "341523"}, "reporting.other_office"),
        ({"region": "341523000000"}, "access.region"),
        ({"as_of": "2025-01-01"}, "reporting.as_of"),
        ({"period": "2024-02-30"}, "period.malformed"),
    ],
)
def test_a_wrong_order_is_refused(reporting: Harness, fields: dict[str, str], code: str):
    with pytest.raises(Refused) as refused:
        take(reporting, **fields)
    assert refused.value.code == code


def test_a_region_outside_the_office_is_refused_even_to_one_who_may_see_it(reporting: Harness):
    with pytest.raises(Refused) as refused:
        take(reporting, "341523000000", caller=reporting.maker(region="340000000000"))
    assert refused.value.code == "reporting.region_outside_office"


def test_only_a_maker_takes_and_only_a_checker_signs(reporting: Harness):
    with pytest.raises(Refused):
        take(reporting, caller=reporting.clerk())
    with pytest.raises(Refused):
        sign(reporting, take(reporting), reporting.maker("second"))


def test_figures_that_do_not_add_up_are_not_recorded(reporting: Harness):
    reporting.feed("subsidy", [paid(1, "2000.00", {"superior": "1283.65"}, variant="home")])
    with pytest.raises(Refused) as refused:
        take(reporting)
    assert refused.value.code == "reporting.check_failed"
    assert refused.value.facts["indicator"] == "subsidy.care.amount"
    assert (refused.value.facts["expected"], refused.value.facts["found"]) == (200000, 128365)
    assert reporting.rows(snapshots) == []


def test_an_unknown_snapshot_is_told_as_such(reporting: Harness):
    with pytest.raises(Refused) as refused:
        find(reporting)
    assert refused.value.code == "reporting.unknown_snapshot"


def test_a_village_sees_its_own_snapshot_only(reporting: Harness):
    take(reporting)
    with pytest.raises(Refused) as refused:
        reporting.call(
            "find_snapshot",
            {"office": OFFICE, "region": COUNTY, "period": "2024"},
            reporting.auditor(VILLAGE),
        )
    assert refused.value.code == "access.region"
