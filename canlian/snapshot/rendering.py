"""A snapshot as a table, JSON, CSV or Excel; Word is next door."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from rich.console import Console
from rich.table import Table

from canlian.snapshot.document import Comparison, Snapshot, dimensions_text
from canlian.snapshot.word import write_docx
from canlian.whole_file import replacing

HEADINGS = (
    ("指标代码", "code"),
    ("指标", "indicator (zh)"),
    ("英文名称", "indicator (en)"),
    ("维度", "dimensions"),
    ("数值", "value"),
    ("单位", "unit"),
    ("目标任务", "target"),
    ("完成率%", "completion %"),
    ("口径版本", "definition"),
)
_WIDTHS = (36, 30, 40, 28, 14, 12, 12, 12, 12)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def _rows(snapshot: Snapshot) -> list[list[Any]]:
    return [
        [
            row["code"],
            row["zh"],
            row["en"],
            dimensions_text(row["dimensions"]),
            row["value"],
            row["unit"],
            row["target"],
            row["completion"],
            row["definition"],
        ]
        for row in snapshot["indicators"]
    ]


def heading(snapshot: Snapshot) -> str:
    """What the snapshot is of, in one line."""
    signed = f", signed by {snapshot['signed_by']}" if snapshot["signed_by"] else ""
    return (
        f"{snapshot['office']} {snapshot['period']}: region {snapshot['region']}, as of {snapshot['as_of']}, "
        f"revision {snapshot['revision']}{signed}, hash {snapshot['hash']}"
    )


def as_json(snapshot: Snapshot) -> str:
    """The document as the service gives it."""
    return json.dumps(snapshot, ensure_ascii=False, indent=2) + "\n"


def safe_cell(value: object) -> object:
    """Text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS) and not _is_number(value):
        return f"'{value}"
    return "" if value is None else value


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdecimal()


def as_csv(snapshot: Snapshot) -> str:
    """One line for each figure. Write it with a BOM, or Excel takes it for another encoding."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([f"{zh} {en}" for zh, en in HEADINGS])
    writer.writerows([safe_cell(value) for value in row] for row in _rows(snapshot))
    return text.getvalue()


def write_xlsx(snapshot: Snapshot, path: Path) -> None:
    """A workbook with the figures, and a sheet about the snapshot itself."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"})
        sheet = book.add_worksheet("指标 indicators")
        for column, ((zh, en), width) in enumerate(zip(HEADINGS, _WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, f"{zh}\n{en}", bold)
        for line, row in enumerate(_rows(snapshot), start=1):
            for column, value in enumerate(row):
                # Exact amounts are texts; as numbers they would be rounded to 15 digits.
                if isinstance(value, int):
                    sheet.write_number(line, column, value)
                elif value is not None:
                    sheet.write_string(line, column, str(value))
        sheet.freeze_panes(1, 2)
        about = book.add_worksheet("快照 snapshot")
        about.set_column(0, 0, 20)
        about.set_column(1, 1, 70)
        for line, (name, value) in enumerate(_about(snapshot)):
            about.write_string(line, 0, name, bold)
            about.write_string(line, 1, value)


def _about(snapshot: Snapshot) -> list[tuple[str, str]]:
    names = ("office", "region", "period", "revision", "as_of", "hash", "taken_by", "signed_by")
    about = [(name, str(snapshot[name] or "")) for name in names]
    return about + [
        (f"position {stream}", str(position)) for stream, position in snapshot["positions"].items()
    ]


def write(snapshot: Snapshot, form: str, path: Path) -> None:
    """Write a snapshot to a file: "json", "csv", "xlsx" or "docx". The file appears whole or not at all."""
    with replacing(path) as half:
        if form == "xlsx":
            write_xlsx(snapshot, half)
        elif form == "docx":
            write_docx(snapshot, half)
        elif form == "csv":
            half.write_text(as_csv(snapshot), "utf-8-sig", newline="")
        else:
            half.write_text(as_json(snapshot), "utf-8")


def show(snapshot: Snapshot, console: Console) -> None:
    """A table of the figures."""
    table = Table(title=heading(snapshot), title_justify="left", header_style="bold")
    table.add_column("指标\nindicator", overflow="fold")
    table.add_column("维度\ndimensions", overflow="fold")
    table.add_column("数值\nvalue", justify="right", no_wrap=True)
    table.add_column("单位\nunit")
    table.add_column("目标\ntarget", justify="right", no_wrap=True)
    table.add_column("完成率\ncompletion", justify="right", no_wrap=True)
    for row in snapshot["indicators"]:
        dimensions = dimensions_text(row["dimensions"])
        table.add_row(
            row["zh"], dimensions, _text(row["value"]), row["unit"], _text(row["target"]), _percent(row)
        )
    console.print(table)


def show_comparison(rows: Sequence[Comparison], console: Console) -> None:
    """The platform's figures beside the published ones, line by line."""
    table = Table(
        title="平台数据与已公布数据 platform beside published", title_justify="left", header_style="bold"
    )
    table.add_column("指标\nindicator", overflow="fold")
    headings = (
        "数值\nvalue",
        "目标\ntarget",
        "完成率\ncompletion",
        "公布值\npublished",
        "公布目标\nits target",
    )
    for heading_text in headings:
        table.add_column(heading_text, justify="right", no_wrap=True)
    table.add_column("一致\nequal", justify="center")
    for row in rows:
        found = row.indicator or {"value": None, "target": None, "completion": None}
        table.add_row(
            row.published["zh"],
            _text(found["value"]),
            _text(found["target"]),
            _percent(found),
            _text(row.published.get("value")),
            _text(row.published.get("target")),
            "[green]✓[/]" if row.equal else "[red]✗[/]",
        )
    console.print(table)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _percent(row: Any) -> str:
    return "" if row["completion"] is None else f"{row['completion']}%"
