"""What `make bench` measured is told as it was measured, and gets into the page about performance."""

import json
from pathlib import Path

import pytest

from bench import report
from bench.measure import Bound, Figure, Row, Trend, Turn, figures, percentile

ROOT = Path(__file__).parents[3]
MACHINE = {"cores": "2", "commit": "abc"}


def row(ours: float = 80.0, floor: float = 0.9) -> Row:
    figure = Figure((ours, ours - 10, ours + 10), (0.2, 0.4, 0.3))
    peers = {"Celery": Figure((40.0,))}
    return Row("projection", "events/s", floor, figure, Figure((100.0,)), "a loop", peers)


def bound(value: float) -> Bound:
    return Bound("freshness", "ms", value, 1000.0, {"p50, ms": 12.3456})


def test_the_rounds_of_a_way_become_its_median_its_spread_and_the_cost_of_a_thousand() -> None:
    rounds = [{"ours": Turn(100, seconds, cpu)} for seconds, cpu in ((1.0, 0.1), (2.0, 0.2), (4.0, 0.6))]
    told = figures(rounds)["ours"].told()
    assert (told["least"], told["median"], told["most"]) == (25.0, 50.0, 100.0)
    assert told["cpu_seconds_per_1000"] == pytest.approx(2.0)


def test_the_percentile_is_a_value_that_was_measured() -> None:
    values = list(map(float, range(100, 0, -1)))
    assert (percentile(values, 0.5), percentile(values, 0.95), percentile(values, 1.0)) == (51, 96, 100)


@pytest.mark.parametrize(("floor", "verdict"), [(0.8, "reached"), (0.81, "BELOW")])
def test_a_row_says_whether_it_reaches_its_floor(floor: float, verdict: str) -> None:
    assert verdict in report.tables([row(80.0, floor).told()])["rows"][1]


@pytest.mark.parametrize(("value", "verdict"), [(1000.0, "reached"), (1000.1, "ABOVE")])
def test_a_bound_says_whether_it_is_kept(value: float, verdict: str) -> None:
    assert verdict in report.tables([bound(value).told()])["bounds"][1]


def test_a_peer_stands_beside_ours_doing_the_same_work() -> None:
    [_, peer] = report.tables([row().told()])["peers"]
    assert peer == ["Celery", "projection", "events/s", "40 (40 to 40)", "2.00", ""]


def test_growth_has_a_column_for_every_size_and_tells_how_the_last_compares_with_the_first() -> None:
    append = Trend("append", "events/s", {10: 400.0, 1000: 200.0})
    query = Trend("query", "ms", {1: 2.0, 1000: 3.0})
    head, *body = report.tables([append.told(), query.told()])["growth"]
    assert head == ["what", "unit", "at 1", "at 10", "at 1,000", "last to first"]
    assert body == [["append", "events/s", "", "400", "200", "0.50"], ["query", "ms", "2", "", "3", "1.50"]]


def test_groups_that_are_not_measured_anew_keep_their_figures(tmp_path: Path) -> None:
    path = tmp_path / "out" / "bench.json"
    report.keep("follow", [row()], MACHINE, path)
    report.keep("freshness", [bound(900.0)], MACHINE, path)
    report.keep("freshness", [bound(700.0)], MACHINE, path)
    groups = json.loads(path.read_text())["groups"]
    assert [result["value"] for result in groups["freshness"]["results"]] == [700.0]
    assert groups["follow"]["results"][0]["ours"]["rounds"] == [80.0, 70.0, 90.0]


def test_the_page_gets_its_tables_and_keeps_its_prose() -> None:
    raw = "100 (100 to 100)"
    page = "before\n<!-- bench: rows -->\nold\n<!-- /bench -->\nafter\n"
    kept = {"machine": MACHINE, "groups": {"follow": {"results": [row().told()]}}}
    assert report.written(report.written(page, kept), kept).splitlines() == [
        "before",
        "<!-- bench: rows -->",
        "| what | unit | ours | beside | raw | ratio | floor |  | CPU s per 1000: ours | raw |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        f"| projection | events/s | 80 (70 to 90) | a loop | {raw} | 0.80 | 0.90 | BELOW | 0.300 |  |",
        "<!-- /bench -->",
        "after",
    ]


def test_what_was_not_measured_is_said_to_be_so() -> None:
    page = "<!-- bench: growth -->\n<!-- /bench -->"
    kept = {"machine": MACHINE, "groups": {}}
    assert report.written(page, kept) == "<!-- bench: growth -->\nNot measured yet.\n<!-- /bench -->"


def test_the_page_has_a_place_for_every_table() -> None:
    blocks = [match[2] for match in report.BLOCK.finditer((ROOT / report.PAGE).read_text("utf-8"))]
    assert sorted(blocks) == sorted(["machine", *report.tables([])])
