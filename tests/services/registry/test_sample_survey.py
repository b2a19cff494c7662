"""The sample survey: reference figures by block, imported once."""

from pathlib import Path
from typing import Any

import pytest

from chassis.rpc import Refused
from services.reporting.service import ReportingService
from tests.services.registry.factories import results
from tests.services.reporting.steps import take, value
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_TOWNSHIP, VILLAGE

CREATED = ("created", None)
SECOND = "第二次全国残疾人抽样调查"


def block(ref: str = "Q-1", **changes: Any) -> dict[str, Any]:
    return {
        "ref": ref,
        "survey": SECOND,
        "region": VILLAGE,
        "surveyed_on": "2006-05-15",
        "households": 133,
        "visited": 133,
        "persons": 427,
        "suspected": 40,
        "disabled": 27,
        "accepted_on": "2006-06-20",
    } | changes


@pytest.mark.system("REG-06")
def test_suzhou_twelve_townships_twenty_four_blocks_and_every_household_visited(
    registry: Harness, tmp_path: Path
):
    places = [f"3415241{n % 12:02d}{200 + n // 12:03d}" for n in range(24)]
    villages = [{"code": place, "name": "某村", "valid_from": "1949-10-01"} for place in places]
    registry.bulk("record_regions", villages)
    blocks = [block(f"Q-{n}", region=place) for n, place in enumerate(places)]
    # 3204 households and 10253 persons in all.
    blocks[0] |= {"households": 145, "visited": 145, "persons": 432}
    assert results(registry.bulk("record_sample_blocks", blocks)) == [CREATED] * 24
    shown = registry.call("show_sample_survey", {"survey": SECOND})
    assert (shown["townships"], shown["blocks"]) == (12, 24)
    assert (shown["households"], shown["persons"], shown["visit_rate"]) == (3204, 10253, "100.00")
    reporting = Harness(ReportingService, f"sqlite:///{tmp_path}/reporting.db")
    reporting.feed("registry", registry.events())
    snapshot = take(reporting, period="2006")
    assert value(snapshot, "registry.sample_survey.blocks") == 24
    assert value(snapshot, "registry.sample_survey.townships") == 12
    reporting.close()


def test_what_does_not_fit_is_refused_and_again_changes_nothing(registry: Harness):
    blocks = [
        block(),
        block(),
        block(persons=428),
        block("A", visited=134),
        block("B", suspected=428),
        block("C", disabled=41),
        block("D", accepted_on="2006-05-14"),
        block("E", region="341524999999"),
    ]
    assert results(registry.bulk("record_sample_blocks", blocks)) == [
        CREATED,
        ("unchanged", None),
        ("registry.sample_block_differs", "persons"),
        ("registry.part_exceeds_whole", "visited"),
        ("registry.part_exceeds_whole", "suspected"),
        ("registry.part_exceeds_whole", "disabled"),
        ("registry.accepted_before_survey", "accepted_on"),
        ("registry.unknown_region", "region"),
    ]
    registry.bulk("record_sample_blocks", [block("F", visited=132)])
    assert registry.call("show_sample_survey", {"survey": SECOND})["visit_rate"] == "99.62"


def test_what_belongs_to_another_region_is_neither_told_nor_taken(registry: Harness):
    registry.bulk("record_sample_blocks", [block()])
    there = registry.clerk(OTHER_TOWNSHIP)
    assert results(registry.bulk("record_sample_blocks", [block("N")], there)) == [
        ("access.region", "region")
    ]
    shown = registry.call("show_sample_survey", {"survey": SECOND}, there)
    assert (shown["blocks"], shown["visit_rate"]) == (0, None)
    for method, fields in (
        ("record_sample_blocks", {"items": [block()]}),
        ("show_sample_survey", {"survey": SECOND}),
    ):
        with pytest.raises(Refused, match=r"access\.role"):
            registry.call(method, fields, registry.maker())
