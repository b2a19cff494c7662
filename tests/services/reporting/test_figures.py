"""What is counted, once, in which region and in which period."""

from typing import Any

import pytest
import sqlalchemy as sa

from chassis.stream import Received
from services.reporting.handlers.facts import record_facts
from services.reporting.tables import facts
from tests.services.reporting.factories import (
    SAME_TOWNSHIP,
    cancelled,
    changed,
    enrolled,
    issued,
    needed,
    paid,
    renewed,
    retrofitted,
    served,
    taken_back,
    trained,
)
from tests.services.reporting.steps import CELLS, RATIOS, figures, take, value
from tests.support.platform import COUNTY, Harness
from tests.support.registry_events import OTHER_VILLAGE, VILLAGE

CERTIFIED = "registry.persons.certified"


def test_every_cell_is_shown_before_anything_happened(reporting: Harness):
    snapshot = take(reporting)
    assert len(snapshot["indicators"]) == len(CELLS) > 95
    values = {cell: each["value"] for cell, each in figures(snapshot).items()}
    rates = {values.pop(cell) for cell in list(values) if cell[0] in RATIOS}
    assert rates == {None}
    assert set(values.values()) == {0, "0.00"}
    assert snapshot["positions"] == {}


def test_a_person_with_several_services_in_a_year_is_counted_once(reporting: Harness):
    reporting.feed(
        "rehab", [served(1, f"2024-{month:02d}-10") for month in range(1, 13)] + [served(2, "2024-05-01")]
    )
    assert value(take(reporting), "rehab.psych_drug.persons") == 2


def test_each_surgery_of_a_person_is_counted(reporting: Harness):
    reporting.feed(
        "rehab",
        [served(1, "2024-01-10", "cataract", "surgery"), served(1, "2024-02-10", "cataract", "surgery")],
    )
    assert value(take(reporting), "rehab.cataract.surgeries") == 2


def test_a_person_who_changes_the_mode_of_care_is_once_in_each_and_once_in_all(reporting: Harness):
    reporting.feed(
        "rehab",
        [
            enrolled(1, "2024-01-10", "home"),
            enrolled(1, "2024-07-10", "day"),
            enrolled(2, "2024-01-10", "home"),
        ],
    )
    snapshot = take(reporting)
    found = {
        dims: value(snapshot, "rehab.care.persons", dims)
        for dims in ("", "mode=home", "mode=day", "mode=boarding")
    }
    assert found == {"": 2, "mode=home": 2, "mode=day": 1, "mode=boarding": 0}


def test_the_stock_moves_with_a_change_and_falls_with_a_cancellation(reporting: Harness):
    reporting.feed(
        "registry",
        [
            issued(1, "2019-05-01", "visual", 1),
            issued(2, "2024-02-01", "hearing", 3),
            changed(1, "2024-06-01", ("visual", 1), ("multiple", 3)),
            renewed(2, "2024-06-02", "hearing", 3),
        ],
    )  # fmt: skip
    before = take(reporting, period="2023")
    after = take(reporting)
    cells = ("", "grade=1-2", "grade=3-4", "category=visual", "category=hearing", "category=multiple")
    assert [value(before, CERTIFIED, cell) for cell in cells] == [1, 1, 0, 1, 0, 0]
    assert [value(after, CERTIFIED, cell) for cell in cells] == [2, 0, 2, 0, 1, 1]
    reporting.feed("registry", [cancelled(1, "2024-12-31", "multiple", 3)])
    assert [value(take(reporting), CERTIFIED, cell) for cell in cells] == [1, 0, 1, 0, 1, 0]


def test_acts_are_counted_by_kind_and_a_home_visit_is_a_mode_of_any(reporting: Harness):
    reporting.feed("registry", [issued(1, mode="home_visit"), issued(2), renewed(3, "2024-04-01")])
    snapshot = take(reporting)
    cells = ("action=new", "action=renewal", "action=change", "action=cross_province", "mode=home_visit")
    assert [value(snapshot, "registry.certificate.issued", cell) for cell in cells] == [2, 1, 0, 0, 1]


def test_money_is_summed_exactly_and_by_source(reporting: Harness):
    reporting.feed(
        "subsidy",
        [
            paid(1, "12000.00", {"superior": "7701.92", "county": "4298.08"}),
            paid(2, "4000.10", {"superior": "4000.10"}),
            paid(3, "260.00", {"county": "260.00"}, scheme="fuel", variant="vehicle"),
        ],
    )  # fmt: skip
    snapshot = take(reporting)
    assert value(snapshot, "subsidy.care.amount") == "16000.10"
    assert value(snapshot, "subsidy.care.amount", "source=superior") == "11702.02"
    assert value(snapshot, "subsidy.care.amount", "source=county") == "4298.08"
    assert value(snapshot, "subsidy.fuel.amount") == "260.00"
    assert value(snapshot, "subsidy.fuel.persons") == 1


def test_money_that_the_bank_took_back_was_not_paid_in_the_end(reporting: Harness):
    parts = {"superior": "200.00", "county": "60.00"}
    fuel = ("260.00", parts, "fuel", "vehicle")
    reporting.feed("subsidy", [paid(1, *fuel), paid(2, *fuel), taken_back(1, *fuel), taken_back(2, *fuel)])
    reporting.feed("subsidy", [paid(2, *fuel, "2024-12-20")])

    told = {
        period: (
            value(snapshot, "subsidy.fuel.amount"),
            value(snapshot, "subsidy.fuel.amount", "source=superior"),
            value(snapshot, "subsidy.fuel.persons"),
        )
        for period in ("2024", "2024-11", "2024-12")
        for snapshot in [take(reporting, period=period)]
    }

    assert told == {
        "2024": ("260.00", "200.00", 1),
        "2024-11": ("520.00", "400.00", 2),
        "2024-12": ("-260.00", "-200.00", 0),
    }


def test_a_student_aided_at_two_levels_is_once_in_all(reporting: Harness):
    aid = {"superior": "1000.00"}
    reporting.feed(
        "subsidy",
        [
            paid(1, "1000.00", aid, "student_aid", "secondary_vocational"),
            paid(1, "1000.00", aid, "student_aid", "higher"),
            paid(2, "1000.00", aid, "student_aid", "higher"),
        ],
    )  # fmt: skip
    snapshot = take(reporting)
    cells = ("level=higher", "level=secondary_vocational", "level=all")
    assert [value(snapshot, "subsidy.student_aid.persons", cell) for cell in cells] == [2, 1, 2]


def test_the_trained_rate_is_trained_persons_over_persons_in_need(reporting: Harness):
    reporting.feed(
        "employment",
        [needed(person) for person in (1, 2, 3)] + [trained(1), trained(1, "practical"), trained(2)],
    )
    snapshot = take(reporting)
    assert value(snapshot, "employment.training.persons") == 2
    assert value(snapshot, "employment.training.persons", "type=vocational") == 2
    assert value(snapshot, "employment.training.trained_rate") == "66.67"


def test_townships_are_counted_by_the_first_nine_digits(reporting: Harness):
    villages = [VILLAGE, SAME_TOWNSHIP, OTHER_VILLAGE, COUNTY]
    reporting.feed("employment", [needed(number, region) for number, region in enumerate(villages)])
    reporting.feed("rehab", [retrofitted(1), retrofitted(2, "supplementary", region=OTHER_VILLAGE)])
    snapshot = take(reporting)
    assert value(snapshot, "employment.training.townships") == 2
    assert value(snapshot, "rehab.home_retrofit.townships", "batch=supplementary") == 1


def test_retrofits_count_households_by_batch_and_ageing_ones_apart(reporting: Harness):
    reporting.feed(
        "rehab", [retrofitted(1), retrofitted(2, "supplementary"), retrofitted(1, kind="age_friendly")]
    )
    snapshot = take(reporting)
    cells = ("", "batch=joint", "batch=supplementary")
    assert [value(snapshot, "rehab.home_retrofit.households", cell) for cell in cells] == [2, 1, 1]
    assert value(snapshot, "rehab.home_retrofit.ageing_households", "batch=joint") == 1


@pytest.mark.system("REP-01")
def test_figures_roll_up_from_the_village_to_the_county(reporting: Harness):
    places = {1: VILLAGE, 2: VILLAGE, 3: SAME_TOWNSHIP, 4: OTHER_VILLAGE}
    reporting.feed("registry", [issued(person, region=region) for person, region in places.items()])
    asked = {VILLAGE: 2, SAME_TOWNSHIP: 1, "341524103000": 3, "341524104000": 1, COUNTY: 4}
    assert {region: value(take(reporting, region), CERTIFIED) for region in asked} == asked
    # A township's person in charge returns the township's own figures, and no other's.
    township = reporting.maker(region="341524103000")
    assert value(take(reporting, "341524103000", caller=township), CERTIFIED) == 3


def test_a_day_at_the_edge_belongs_to_one_period_only(reporting: Harness):
    reporting.feed(
        "rehab",
        [
            served(1, "2023-12-31"),
            served(2, "2024-01-01"),
            served(3, "2024-06-30"),
            served(4, "2024-07-01"),
            served(5, "2024-12-31"),
            served(6, "2025-01-01"),
        ],
    )
    expected = {
        "2023": 1,
        "2024": 4,
        "2024H1": 2,
        "2024H2": 2,
        "2024Q1": 1,
        "2024-12": 1,
        "2024-12-31": 1,
        "2025": 1,
    }
    found = {period: value(take(reporting, period=period), "rehab.psych_drug.persons") for period in expected}
    assert found == expected


def test_nothing_after_the_cut_off_counts(reporting: Harness):
    reporting.feed("registry", [issued(1, "2024-05-31"), issued(2, "2024-06-01")])
    snapshot = take(reporting, as_of="2024-05-31")
    assert snapshot["as_of"] == "2024-05-31"
    assert value(snapshot, CERTIFIED) == 1
    assert value(snapshot, "registry.certificate.issued", "action=new") == 1


def test_events_delivered_twice_count_once(reporting: Harness):
    batch = reporting.feed("registry", [issued(1), issued(2)])
    assert reporting.follower("registry").apply(batch) == 0
    assert value(take(reporting), CERTIFIED) == 2


def test_the_database_refuses_an_event_that_would_count_twice(reporting: Harness):
    [received] = reporting.feed("registry", [issued(1)])
    with pytest.raises(sa.exc.IntegrityError):
        _handle(reporting, [received])
    assert len(reporting.rows(facts)) == 2


def test_facts_hold_identifiers_and_can_be_neither_changed_nor_deleted(reporting: Harness):
    reporting.feed("registry", [issued(1)])
    for statement in (sa.update(facts).values(value=5), sa.delete(facts)):
        with (
            pytest.raises(sa.exc.DBAPIError, match="append-only"),
            reporting.runtime.database.write() as connection,
        ):
            connection.execute(statement)
    assert {row.source for row in reporting.rows(facts)} == {"registry"}


def _handle(harness: Harness, events: list[Received]) -> Any:
    with harness.runtime.transaction(harness.runtime.system()) as tx:
        record_facts(tx, events)
