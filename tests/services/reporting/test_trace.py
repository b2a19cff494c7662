"""Every number opens into the events that made it."""

from decimal import Decimal
from typing import Any

import pytest

from chassis.rpc import Refused
from tests.services.reporting.factories import changed, issued, served
from tests.services.reporting.steps import RATIOS, take, trace
from tests.services.reporting.test_snapshots import feed_all
from tests.support.platform import Harness
from tests.support.registry_events import VILLAGE

DISTINCT = {"person", "household", "township"}


def pages(harness: Harness, limit: int, **asked: Any) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    after = None
    while True:
        page = trace(harness, after=after, limit=limit, **asked)
        events += page["events"]
        after = page["next"]
        if after is None:
            assert len(events) == page["total"]
            return events


def test_a_trace_adds_up_to_the_value_of_each_cell(reporting: Harness):
    feed_all(reporting)
    for figure in take(reporting)["indicators"]:
        if figure["code"] in RATIOS:
            continue
        events = pages(reporting, 2, code=figure["code"], dimensions=figure["dimensions"])
        added = sum(Decimal(event["value"]) for event in events)
        if figure["unit"] == "township":
            added = Decimal(len({event["region"][:9] for event in events}))
        elif figure["unit"] in DISTINCT and figure["code"] != "registry.persons.certified":
            added = Decimal(len({event["subject"] for event in events}))
        assert added == Decimal(figure["value"]), figure


def test_a_trace_tells_where_each_event_came_from(reporting: Harness):
    [received] = reporting.feed("registry", [issued(1, "2024-03-01", "mental", 2)])
    [event] = trace(reporting, "registry.persons.certified", dimensions={"grade": "1-2"})["events"]
    assert event["event_id"] == received.id
    assert event["trace_id"] == received.trace_id
    assert (event["source"], event["position"], event["type"]) == (
        "registry",
        1,
        "registry.certificate_issued.v1",
    )
    assert (event["region"], event["day"], event["value"]) == (VILLAGE, "2024-03-01", "1")
    assert event["dimensions"] == {"category": "mental", "grade": "2"}


def test_pages_follow_the_day_and_leave_nothing_out(reporting: Harness):
    days = ["2024-05-03", "2024-05-01", "2024-05-02", "2024-05-01", "2024-05-01"]
    reporting.feed("rehab", [served(person, day) for person, day in enumerate(days)])
    for limit in (1, 2, 3, 5, 10):
        events = pages(reporting, limit, code="rehab.psych_drug.persons")
        assert [event["day"] for event in events] == sorted(days)
        assert len({event["event_id"] for event in events}) == len(days)


def test_a_change_of_grade_shows_both_sides(reporting: Harness):
    reporting.feed(
        "registry",
        [issued(1, "2020-01-01", "visual", 1), changed(1, "2024-01-01", ("visual", 1), ("visual", 3))],
    )
    severe = trace(reporting, "registry.persons.certified", dimensions={"grade": "1-2"})["events"]
    assert [event["value"] for event in severe] == ["1", "-1"]
    total = trace(reporting, "registry.persons.certified", as_of="2024-06-30")
    assert [event["value"] for event in total["events"]] == ["1", "1", "-1"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"code": "employment.training.trained_rate"}, "reporting.ratio_has_no_events"),
        ({"code": "rehab.child.person"}, "reporting.unknown_indicator"),
        ({"code": "rehab.child.persons", "dimensions": {"mode": "day"}}, "reporting.unknown_cell"),
        ({"code": "rehab.child.persons", "after": "2024-13-01.5"}, "period.malformed"),
        ({"code": "rehab.child.persons", "after": "page 2"}, "reporting.cursor"),
    ],
)
def test_a_wrong_question_is_refused(reporting: Harness, fields: dict[str, Any], code: str):
    with pytest.raises(Refused) as refused:
        trace(reporting, **fields)
    assert refused.value.code == code


def test_the_catalogue_tells_what_each_figure_is_made_of(reporting: Harness):
    shown = reporting.call("show_catalogue", {}, reporting.auditor())["indicators"]
    by_code = {each["code"]: each for each in shown}
    assert by_code["registry.persons.certified"]["kind"] == "stock"
    assert by_code["registry.persons.certified"]["dimensions"] == ["category", "grade"]
    money = ["subsidy.payment_made.v1", "subsidy.payment_taken_back.v1"]
    assert by_code["subsidy.care.amount"]["events"] == money
    assert [each["code"] for each in shown] == sorted(by_code)
