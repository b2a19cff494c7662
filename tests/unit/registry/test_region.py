"""The history of divisions, and where people may be registered."""

from datetime import date

import pytest

from kernel.errors import Refusal
from kernel.regions import RegionCode, RegionRow
from services.registry.domain.region import adds_to, check_home

VILLAGE = "341524103206"


def row(
    code: str = VILLAGE, name: str = "A", begun: int = 2000, ended: int | None = None, to: str = ""
) -> RegionRow:
    successors = (RegionCode(to),) if to else ()
    return RegionRow(
        RegionCode(code), name, date(begun, 1, 1), date(ended, 1, 1) if ended else None, successors
    )


def history(*rows: RegionRow) -> dict[date, RegionRow]:
    return {row.valid_from: row for row in rows}


def code_of(known: dict[date, RegionRow], told: RegionRow) -> str:
    with pytest.raises(Refusal) as refusal:
        adds_to(known, told)
    return refusal.value.code


def test_a_first_row_is_added_and_the_same_row_is_not():
    assert adds_to({}, row())
    assert not adds_to(history(row()), row())


def test_an_open_row_may_be_ended_with_its_successor():
    assert adds_to(history(row()), row(ended=2020, to="341524103207"))


def test_an_ended_row_cannot_be_opened_or_moved():
    ended = history(row(ended=2020))
    assert code_of(ended, row()) == "registry.region_differs"
    assert code_of(ended, row(ended=2021)) == "registry.region_differs"


def test_ending_a_row_does_not_rename_it():
    assert code_of(history(row()), row(name="B", ended=2020)) == "registry.region_differs"


def test_a_renamed_division_begins_a_row_when_the_old_one_ends():
    assert code_of(history(row()), row(name="B", begun=2020)) == "region.overlapping_rows"
    assert adds_to(history(row(ended=2020)), row(name="B", begun=2020))


@pytest.mark.parametrize("code", [VILLAGE, "341524103000"])
def test_people_live_in_villages_and_townships(code):
    check_home([row(code)], code, date(2000, 1, 1))


@pytest.mark.parametrize(
    ("rows", "code", "day"),
    [
        ([], VILLAGE, date(2010, 1, 1)),
        ([row("341524000000")], "341524000000", date(2010, 1, 1)),
        ([row()], VILLAGE, date(1999, 12, 31)),
        ([row(ended=2020)], VILLAGE, date(2020, 1, 1)),
    ],
    ids=["unknown", "a county", "before it existed", "after it ended"],
)
def test_nobody_is_registered_elsewhere(rows, code, day):
    with pytest.raises(Refusal) as refusal:
        check_home(rows, code, day)
    assert (refusal.value.code, refusal.value.facts["field"]) == ("registry.unknown_region", "region")
