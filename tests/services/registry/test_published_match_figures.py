"""Figures of matching that Lu'an published for the first half of 2018, from lists to cells of a snapshot."""

from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from services.reporting.service import ReportingService
from tests.services.registry.factories import citizen
from tests.services.registry.match_records import (
    certified,
    findings,
    grown_ups,
    listed,
    matched,
    populate,
    step,
    taken,
)
from tests.services.reporting.steps import take, value
from tests.support.platform import Harness

CARE_NEED, WITHOUT_LIVING, WITHOUT_INSURANCE = 27307, 4352, 729


@pytest.fixture
def reporting(tmp_path: Path) -> Iterator[Harness]:
    harness = Harness(ReportingService, f"sqlite:///{tmp_path}/reporting.db")
    yield harness
    harness.close()


@pytest.mark.slow
def test_luan_2018_suspected_persons_by_check(registry: Harness, reporting: Harness):
    numbers = list(islice(grown_ups(), CARE_NEED))
    populate(registry, numbers)
    on_dibao = numbers[: WITHOUT_LIVING + 100]
    listed(registry, "care_need", numbers)
    listed(registry, "dibao", on_dibao)
    listed(registry, "living_subsidy", on_dibao[WITHOUT_LIVING:])
    listed(registry, "medical_insurance", numbers[WITHOUT_INSURANCE:])
    matched(registry, "care_need", "living_subsidy", "medical_insurance")
    reporting.feed("registry", registry.events())
    snapshot = take(reporting, period="2018H1")
    suspected = "registry.crossmatch.suspected"
    assert value(snapshot, suspected, "check=care_need") == CARE_NEED
    assert value(snapshot, suspected, "check=living_subsidy") == WITHOUT_LIVING
    assert value(snapshot, suspected, "check=medical_insurance") == WITHOUT_INSURANCE
    assert value(snapshot, suspected, "check=dibao") == 0
    assert value(snapshot, "registry.crossmatch.unverified", "check=living_subsidy") == WITHOUT_LIVING


def test_what_luan_2018_left_out_is_counted_as_well_and_verification_by_its_outcome(
    registry: Harness, reporting: Harness
):
    child = date(2009, 1, 1)
    certified(registry, (1, "41", date(1960, 5, 17)), (2, "43", child))
    listed(registry, "poverty_register", [citizen(1)])
    for kind in ("dibao", "nursing_subsidy", "school_roll"):
        listed(registry, kind, [])
    matched(registry, "dibao", "nursing_subsidy", "school_enrolment")
    refs = {each["check"]: each["ref"] for each in findings(registry)}
    explained: dict[str, Any] = {"outcome": "explained", "officer": None, "due_on": None}
    for check, outcome in (("nursing_subsidy", {}), ("school_enrolment", explained)):
        ref = refs[check]
        steps = [step("assign", "2018-06-08", ref), step("verify", "2018-07-02", ref, **outcome)]
        assert taken(registry, *steps) == [("created", None)] * 2
    taken(registry, step("close", "2018-07-20", refs["nursing_subsidy"]))
    reporting.feed("registry", registry.events())
    half, year = take(reporting, period="2018H1"), take(reporting, period="2018")
    for check in ("dibao", "nursing_subsidy", "school_enrolment"):
        assert value(half, "registry.crossmatch.suspected", f"check={check}") == 1
    # A rate counts the findings of the period, whenever they were verified; what is open, is so on the day.
    assert value(half, "registry.crossmatch.verified_rate") == "66.67"
    assert value(half, "registry.crossmatch.verified", "outcome=confirmed") == 1
    assert value(half, "registry.crossmatch.unverified", "check=nursing_subsidy") == 1
    assert value(year, "registry.crossmatch.unverified", "check=nursing_subsidy") == 0
    assert value(half, "registry.crossmatch.benefits_opened") == 0
    assert value(year, "registry.crossmatch.benefits_opened") == 1
