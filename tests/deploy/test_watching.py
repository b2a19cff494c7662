"""Alerts and dashboards: they sound when they must, and speak of metrics that exist."""

import json
import re
import runpy
import subprocess
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest
import yaml
from prometheus_client import metrics as kinds

from chassis import metrics
from tests.deploy import promtool
from tests.deploy.office_servers import DEPLOY
from tests.deploy.watched import ALERTS, DASHBOARDS, expressions, platform_metrics, rules

ROOT = DEPLOY.parent
TESTS = sorted((DEPLOY / "prometheus").glob("alerts*_test.yml"))


@pytest.fixture(scope="session")
def tool(pytestconfig: pytest.Config) -> "partial[subprocess.CompletedProcess[str]]":
    program = promtool.find(pytestconfig.cache.mkdir("promtool"))
    return partial(_promtool, program)


def _promtool(program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [program, *arguments],
        cwd=DEPLOY / "prometheus",
        check=False,
        capture_output=True,
        text=True,
        timeout=100,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "config", "prometheus.yml"),
        ("check", "rules", "alerts.yml"),
        *(("test", "rules", path.name) for path in TESTS),
    ],
)
def test_promtool_finds_nothing_wrong(
    tool: "partial[subprocess.CompletedProcess[str]]", arguments: Sequence[str]
) -> None:
    done = tool(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_tested_to_sound_and_to_be_silent() -> None:
    documents = [yaml.safe_load(path.read_text("utf-8")) for path in TESTS]
    tests = [test for document in documents for test in document["tests"]]
    cases = [case for test in tests for case in test["alert_rule_test"]]
    sounding = {case["alertname"] for case in cases if case["exp_alerts"]}
    silent = {case["alertname"] for case in cases if not case["exp_alerts"]}
    assert sounding == silent == {rule["alert"] for rule in rules()}


def test_every_alert_says_in_both_languages_what_is_wrong_and_where_to_read_on() -> None:
    for rule in rules():
        texts = rule["annotations"]
        assert re.search("[\u4e00-\u9fff]", texts["summary_zh"]), rule["alert"]
        assert not re.search("[\u4e00-\u9fff]", texts["summary_en"]), rule["alert"]
        assert re.fullmatch(r"docs/operations\.md#[a-z-]+", texts["runbook"]), rule["alert"]
        assert rule["labels"]["severity"] in {"critical", "warning"}, rule["alert"]


def exposed() -> set[str]:
    """The names under which the platform's metrics appear on /metrics."""
    names: set[str] = set()
    for metric in vars(metrics).values():
        if isinstance(metric, kinds.Histogram):
            names |= {f"{metric._name}{suffix}" for suffix in ("_bucket", "_count", "_sum")}
        elif isinstance(metric, kinds.Counter):
            names.add(f"{metric._name}_total")
        elif isinstance(metric, kinds.Gauge):
            names.add(metric._name)
    return names


def test_every_metric_that_alerts_and_dashboards_speak_of_exists() -> None:
    assert platform_metrics()
    assert platform_metrics() <= exposed()


def test_every_metric_is_watched() -> None:
    watched = {re.sub("_(bucket|count|sum)$", "", name) for name in platform_metrics()}
    assert {re.sub("_(bucket|count|sum)$", "", name) for name in exposed()} == watched


def test_labels_in_expressions_exist() -> None:
    labels = {
        *(label for metric in vars(metrics).values() for label in getattr(metric, "_labelnames", ())),
        *("le", "queue", "alertstate"),
    }
    for expression in expressions():
        by = [
            name.strip() for names in re.findall(r"by \(([^)]*)\)", expression) for name in names.split(",")
        ]
        matched = re.findall(r"[{,]\s*(\w+)\s*=~?", expression)
        assert {*by, *matched} <= labels, expression


def test_the_committed_dashboard_is_what_the_generator_writes() -> None:
    generated = runpy.run_path(str(DEPLOY / "grafana" / "generate.py"))["text"]()
    assert [path.name for path in DASHBOARDS] == ["office.json"]
    assert DASHBOARDS[0].read_text("utf-8") == generated, "run: python deploy/grafana/generate.py"


def test_promtool_can_read_the_dashboards_expressions(
    tool: "partial[subprocess.CompletedProcess[str]]", tmp_path: Path
) -> None:
    recorded = [{"record": f"office:panel:{n}", "expr": text} for n, text in enumerate(expressions())]
    path = tmp_path / "rules.yml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "dashboards", "rules": recorded}]}), "utf-8")
    done = tool("check", "rules", str(path))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_dashboard_asks_the_provisioned_data_source_and_no_panel_lies_on_another() -> None:
    provisioned = yaml.safe_load(
        (DEPLOY / "grafana/provisioning/datasources/prometheus.yml").read_text("utf-8")
    )
    panels = json.loads(DASHBOARDS[0].read_text("utf-8"))["panels"]
    uids = {panel["datasource"]["uid"] for panel in panels if "datasource" in panel}
    assert uids == {source["uid"] for source in provisioned["datasources"]}
    cells = [
        (x, y)
        for panel in panels
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells))
    assert ALERTS.exists()
