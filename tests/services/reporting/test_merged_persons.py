"""Who was registered twice is counted once while the records are merged, and twice when they are not."""

from typing import Any

from contracts.registry import inquiries
from tests.services.reporting import factories as told
from tests.services.reporting.steps import figures, take, value
from tests.support.platform import Harness
from tests.support.registry_events import (
    OTHER_TOWNSHIP,
    OTHER_VILLAGE,
    TOWNSHIP,
    VILLAGE,
    identifier,
    merged,
    unmerged,
)

CARE = "rehab.care.persons"


def on_the_roll(person: int) -> inquiries.PovertyRecorded:
    return inquiries.PovertyRecorded.model_validate(
        {
            "region": VILLAGE,
            "file_id": identifier(person),
            "person_id": identifier(person),
            "state": "unlifted",
            "recorded_on": "2024-02-01",
            "as_of": "2024-02-01",
        }
    )


def cells(snapshot: dict[str, Any]) -> dict[tuple[str, str], Any]:
    return {cell: figure["value"] for cell, figure in figures(snapshot).items()}


def test_a_person_served_under_both_records_is_counted_once_and_twice_again_after_an_unmerge(
    reporting: Harness,
) -> None:
    served = [told.enrolled(1, "2024-03-01", "home"), told.enrolled(2, "2024-03-02", "home")]
    reporting.feed("rehab", [*served, told.enrolled(3, "2024-03-03", "day")])
    before = take(reporting)
    assert (value(before, CARE), value(before, CARE, "mode=home")) == (3, 2)
    reporting.feed("registry", [merged(1, 2)])
    after = take(reporting)
    assert (value(after, CARE), value(after, CARE, "mode=home"), value(after, CARE, "mode=day")) == (2, 1, 1)
    assert (before["revision"], after["revision"]) == (1, 2)
    reporting.feed("registry", [unmerged(1, 2)])
    assert cells(take(reporting)) == cells(before)


def test_a_person_with_different_dimensions_under_two_records_is_in_each_cell_once(
    reporting: Harness,
) -> None:
    reporting.feed("rehab", [told.enrolled(1, "2024-03-01", "home"), told.enrolled(2, "2024-03-02", "day")])
    reporting.feed("registry", [merged(1, 2)])
    snapshot = take(reporting)
    assert [value(snapshot, CARE, cell) for cell in ("", "mode=home", "mode=day")] == [1, 1, 1]


def test_three_records_are_one_person_in_the_county_and_in_each_township(reporting: Harness) -> None:
    served = [told.enrolled(number, "2024-03-01", "home") for number in (1, 2)]
    reporting.feed("rehab", [*served, told.enrolled(3, "2024-03-01", "home", OTHER_VILLAGE)])
    reporting.feed("registry", [merged(1, 3), merged(2, 3)])
    assert value(take(reporting), CARE) == 1
    assert value(take(reporting, TOWNSHIP), CARE) == 1
    assert value(take(reporting, OTHER_TOWNSHIP), CARE) == 1


def test_a_person_on_the_roll_under_both_records_is_there_once(reporting: Harness) -> None:
    reporting.feed("registry", [on_the_roll(1), on_the_roll(2), on_the_roll(3)])
    before = take(reporting)
    assert value(before, "registry.poverty.persons_unlifted") == 3
    reporting.feed("registry", [merged(1, 2)])
    assert value(take(reporting), "registry.poverty.persons_unlifted") == 2
    reporting.feed("registry", [unmerged(1, 2)])
    assert cells(take(reporting)) == cells(before)


def test_a_certificate_that_was_cancelled_before_the_merge_takes_nobody_off_twice(
    reporting: Harness,
) -> None:
    reporting.feed("registry", [told.issued(1), told.issued(2), told.cancelled(1, "2024-06-01")])
    before = value(take(reporting), "registry.persons.certified")
    reporting.feed("registry", [merged(1, 2)])
    assert before == value(take(reporting), "registry.persons.certified") == 1
    reporting.feed("registry", [told.cancelled(2, "2024-07-02")])
    assert value(take(reporting), "registry.persons.certified") == 0
