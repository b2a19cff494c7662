"""Write dashboards/office.json, which Grafana reads: `python deploy/grafana/generate.py`."""
# ruff: noqa: INP001 - a program, not a package

import json
import sys
from pathlib import Path
from typing import Any

PATH = Path(__file__).parent / "dashboards" / "office.json"
WIDTH = 24
SOURCE = {"type": "prometheus", "uid": "prometheus"}
STREAM = "{{consumer}} ← {{source}}"

Panel = dict[str, Any]


def number(title: str, expression: str, *, bad: float = 1, unit: str = "none") -> Panel:
    """One figure, red from ``bad`` on."""
    steps = [{"color": "green", "value": None}, {"color": "red", "value": bad}]
    return {
        "type": "stat",
        "title": title,
        "datasource": SOURCE,
        "fieldConfig": {"defaults": {"unit": unit, "thresholds": {"mode": "absolute", "steps": steps}}},
        "options": {"colorMode": "background", "reduceOptions": {"calcs": ["lastNotNull"]}},
        # Nothing counted is 0, not "no data".
        "targets": [{"refId": "A", "expr": f"{expression} or vector(0)"}],
    }


def curve(title: str, *targets: tuple[str, str], unit: str = "none", description: str = "") -> Panel:
    """Curves over time, from pairs of expression and legend."""
    return {
        "type": "timeseries",
        "title": title,
        "description": description,
        "datasource": SOURCE,
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}},
        "options": {"tooltip": {"mode": "multi"}},
        "targets": [
            {"refId": chr(ord("A") + n), "expr": expression, "legendFormat": legend}
            for n, (expression, legend) in enumerate(targets)
        ],
    }


ROWS: dict[str, list[Panel]] = {
    "现在 · Now": [
        number("停止的进程 · Processes down", "count(up == 0)"),
        number("告警 · Alerts", 'count(ALERTS{alertstate="firing"})'),
        number("搁置的事件 · Parked events", "sum(canlian_parked_events)"),
        number("事件流矛盾 · Stream conflicts", "sum(canlian_consumer_stream_conflict)"),
        number("最早待发布事件 · Oldest unpublished", "max(canlian_relay_oldest_seconds)", bad=60, unit="s"),
        number("死信 · Dead letters", 'sum(rabbitmq_detailed_queue_messages_ready{queue="dead-letters"})'),
    ],
    "调用 · Calls": [
        curve(
            "每秒调用 · Calls per second",
            ("sum by (service) (rate(canlian_rpc_seconds_count[5m]))", "{{service}}"),
        ),
        curve(
            "95% 的调用快于 · 95 % are faster than",
            (
                "histogram_quantile(0.95, sum by (service, le) (rate(canlian_rpc_seconds_bucket[5m])))",
                "{{service}}",
            ),
            unit="s",
        ),
        curve(
            "每秒故障与拒绝 · Faults and refusals per second",
            (
                'sum by (service, method) (rate(canlian_rpc_seconds_count{outcome="fault"}[5m])) > 0',
                "故障 fault {{service}}.{{method}}",
            ),
            ("sum by (service, code) (rate(canlian_rpc_refusals_total[5m])) > 0", "{{service}} {{code}}"),
            (
                "sum by (service, code) (rate(canlian_rejected_records_total[5m])) > 0",
                "{{service}} rejected {{code}}",
            ),
            (
                "sum by (service, code) (rate(canlian_token_refusals_total[5m])) > 0",
                "令牌 token {{service}} {{code}}",
            ),
            (
                "sum by (service, reason) (rate(canlian_malformed_messages_total[5m])) > 0",
                "无法读取 unreadable {{service}} {{reason}}",
            ),
        ),
    ],
    "发布 · Relay": [
        curve("待发布事件 · Backlog", ("canlian_relay_backlog_events", "{{service}}")),
        curve("最早事件的等待 · The oldest waits", ("canlian_relay_oldest_seconds", "{{service}}"), unit="s"),
        curve(
            "每秒发布与退回 · Published and returned per second",
            ("rate(canlian_relay_published_total[5m])", "{{service}}"),
            ("rate(canlian_relay_returned_total[5m]) > 0", "退回 returned {{service}}"),
            ("canlian_relay_blocked > 0", "受阻 blocked {{service}}"),
        ),
    ],
    "接收 · Followers": [
        curve("每秒处理 · Applied per second", ("rate(canlian_consumer_applied_total[5m])", STREAM)),
        curve(
            "处理延迟 · Age when applied",
            ("canlian_consumer_lag_seconds", STREAM),
            unit="s",
            description="最近处理的事件的延迟,无新事件时不变。\nThat of the last event applied.",
        ),
        curve(
            "等待处理 · Waiting",
            ("canlian_consumer_lag_events", STREAM),
            (r'rabbitmq_detailed_queue_messages_ready{queue=~".+\\..+\\.events"}', "队列 queue {{queue}}"),
        ),
        curve("搁置的事件 · Parked events", ("canlian_parked_events", STREAM)),
        curve(
            "每小时重复、缺失、补读 · Duplicates, gaps, read again, per hour",
            ("increase(canlian_consumer_duplicates_total[1h])", f"重复 duplicates {STREAM}"),
            ("increase(canlian_consumer_gaps_total[1h])", f"缺失 gaps {STREAM}"),
            ("increase(canlian_consumer_caught_up_total[1h])", f"补读 read again {STREAM}"),
        ),
    ],
    "任务 · Jobs": [
        curve(
            "最近任务的进度 · Progress of the latest job",
            ("canlian_job_done_items / (canlian_job_total_items > 0)", "{{service}} {{kind}}"),
            unit="percentunit",
        ),
        curve(
            "已完成项 · Items done",
            ("canlian_job_done_items", "{{service}} {{kind}}"),
            ("canlian_job_total_items", "共 of {{service}} {{kind}}"),
        ),
        curve(
            "每日任务距上次成功 · Since the daily job ended well",
            (
                "time() - max by (service, kind) (canlian_daily_success_timestamp_seconds)",
                "{{service}} {{kind}}",
            ),
            unit="s",
        ),
    ],
}


def panels() -> list[Panel]:
    """Rows from above to below, each row's panels side by side, three or (figures) six in a line."""
    placed: list[Panel] = []
    top = 0
    for title, row in ROWS.items():
        placed.append({"type": "row", "title": title, "gridPos": _place(0, top, WIDTH, 1), "panels": []})
        top += 1
        figures = row[0]["type"] == "stat"
        height, in_line = (4, 6) if figures else (8, 3)
        for start in range(0, len(row), in_line):
            line = row[start : start + in_line]
            width = WIDTH // len(line)
            placed += [
                {**panel, "gridPos": _place(n * width, top, width, height)} for n, panel in enumerate(line)
            ]
            top += height
    return [{"id": n, **panel} for n, panel in enumerate(placed, start=1)]


def _place(x: int, y: int, width: int, height: int) -> dict[str, int]:
    return {"x": x, "y": y, "w": width, "h": height}


def text() -> str:
    """The file's text."""
    dashboard = {
        "uid": "office",
        "title": "残联业务平台 · Office",
        "schemaVersion": 39,
        "editable": False,
        "timezone": "browser",
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "panels": panels(),
    }
    return json.dumps(dashboard, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"{PATH} written\n")
