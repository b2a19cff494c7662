"""The tables of docs/operations.md say what the code does."""

import re
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import Counter, Gauge, Histogram

from canlian.commands import app as command_line
from canlian.commands import data
from chassis import metrics
from chassis.access import LIFETIME_SECONDS
from chassis.bridge import Bridge
from chassis.health import CHECK_SECONDS, HealthServer
from chassis.office import STOP_SECONDS
from chassis.settings import ALL_ROLES, SECRETS_DIR, Settings
from contracts.catalogue import SERVICES, SUBSCRIPTIONS
from tests.docs.pages import code, pages, prose, table, text_of

PAGE = text_of("docs/operations.md")


def written(default: Any) -> str:
    """A default as the page shows it."""
    if default is None:
        return "none"
    if isinstance(default, frozenset):
        return f"`{','.join(sorted(default))}`"
    return f"`{default}`" if str(default) else "empty"


def test_the_settings_are_those_of_the_code():
    rows = {code(row[0])[0]: row[1:] for row in table(PAGE, "Settings")}
    fields = {f"CANLIAN_{name.upper()}": field for name, field in Settings.model_fields.items()}
    assert list(rows) == list(fields)
    for name, field in fields.items():
        default = "required" if field.is_required() else written(field.default)
        assert rows[name][0] == default, name
        assert rows[name][1] == (field.description or rows[name][1]), name


def test_the_roles_are_those_of_the_code():
    assert {code(row[0])[0] for row in table(PAGE, "Roles of a process")} == ALL_ROLES


def test_the_metrics_are_those_of_the_code():
    kinds = {Counter: ("counter", "_total"), Gauge: ("gauge", ""), Histogram: ("histogram", "")}
    expected = {}
    for metric in vars(metrics).values():
        if isinstance(metric, Counter | Gauge | Histogram):
            kind, ending = kinds[type(metric)]
            name = f"{metric._name}{ending}"
            expected[name] = (kind, ", ".join(metric._labelnames), metric._documentation)
    found = {code(row[0])[0]: tuple(row[1:]) for row in table(PAGE, "Metrics")}
    assert found == expected


def test_every_metric_that_a_page_names_exists():
    known = {code(row[0])[0] for row in table(PAGE, "Metrics")}
    named = {word for page in pages() for word in code(prose(page)) if re.fullmatch(r"canlian_[a-z_]+", word)}
    assert named <= known


@pytest.mark.parametrize("path", [code(row[0])[0] for row in table(PAGE, "HTTP endpoints")])
def test_every_http_endpoint_answers(path: str):
    statuses: list[str] = []

    def start_response(status: str, _headers: list[tuple[str, str]], *_: Any) -> Any:
        statuses.append(status)

    server = HealthServer()
    server.route("/rpc", Bridge({}))
    environ = {"PATH_INFO": re.sub(r"<\w+>", "x", path), "REQUEST_METHOD": "GET"}
    server(environ, start_response)
    assert statuses == ["200 OK"]


def test_the_exit_codes_are_those_of_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    found = {
        command_line.run(arguments)
        for arguments in (["--help"], ["no-such-command"], ["load", str(tmp_path)])
    }
    monkeypatch.setattr(data, "write_sample", interrupted)
    found.add(command_line.run(["sample", "jinzhai-2024", str(tmp_path / "sample")]))
    found.add(data.SOME_REJECTED)
    assert {int(code(row[0])[0]) for row in table(PAGE, "Exit codes of the command line")} == found


def test_the_limits_are_those_of_the_code():
    text = " ".join(PAGE.split())
    assert f"longer than {STOP_SECONDS:g} seconds is cut short" in text
    assert f"does not answer within {CHECK_SECONDS:g} seconds" in text
    assert f"a token lives at most {LIFETIME_SECONDS} seconds" in text
    assert f"in lower case in `{SECRETS_DIR}`" in text


def test_the_architecture_says_who_follows_whom():
    rows = table(text_of("docs/architecture.md"), "Folders and floors", number=3)
    follows = {re.findall(r"\w+", row[0])[0]: row[2].split(", ") for row in rows}
    expected = {name: list(SUBSCRIPTIONS.get(name, ())) or ["nobody"] for name in SERVICES}
    assert follows == expected


def test_every_alert_points_to_a_heading_of_the_page() -> None:
    alerts = text_of("deploy/prometheus/alerts.yml")
    anchors = set(re.findall(r"docs/operations\.md#([a-z-]+)", alerts))
    headings = {title.lower().replace(" ", "-") for title in re.findall(r"^##+ (.+)$", PAGE, re.MULTILINE)}
    assert anchors
    assert anchors <= headings
