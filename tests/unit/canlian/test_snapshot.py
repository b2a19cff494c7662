"""Showing a snapshot: exact values, no formulas, and the comparison with published figures."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from rich.console import Console

from canlian.package.problems import PackageError
from canlian.package.reader import Package
from canlian.snapshot import document, rendering
from tests.unit.canlian.packages import write_package


def indicator(code: str, value: Any, **more: Any) -> dict[str, Any]:
    return {
        "code": code,
        "zh": "名",
        "en": "name",
        "unit": "person",
        "dimensions": {},
        "value": value,
        "target": None,
        "completion": None,
        "definition": 1,
        **more,
    }


def snapshot(*indicators: dict[str, Any]) -> dict[str, Any]:
    return {
        "snapshot_id": "0" * 32,
        "office": "341524",
        "region": "341524000000",
        "period": "2024",
        "revision": 1,
        "as_of": "2024-12-31",
        "hash": "a" * 64,
        "positions": {"registry/1": 7},
        "taken_by": "maker",
        "signed_by": None,
        "indicators": list(indicators),
    }


EVIL = snapshot(
    indicator(
        "a.b.c",
        5,
        zh="=HYPERLINK(1)",
        en="@x",
        dimensions={"b": "2", "a": "-1+2"},
        target=4,
        completion="125.0",
    ),
    indicator("a.b.d", "-133500.00", zh="http://x.invalid"),
    indicator("a.b.e", None),
)


def test_json_is_the_document_itself() -> None:
    assert json.loads(rendering.as_json(EVIL)) == EVIL


def test_csv_keeps_numbers_and_disarms_formulas() -> None:
    rows = list(csv.reader(io.StringIO(rendering.as_csv(EVIL))))
    assert rows[0][0] == "指标代码 code"
    assert rows[1] == ["a.b.c", "'=HYPERLINK(1)", "'@x", "a=-1+2;b=2", "5", "person", "4", "125.0", "1"]
    assert rows[2][4] == "-133500.00"
    assert rows[3][4] == ""


@pytest.mark.parametrize("text", ["=1", "+1+1", "-1+1", "@a", "\tx", "\rx"])
def test_texts_that_a_spreadsheet_would_calculate_are_disarmed(text: str) -> None:
    assert rendering.safe_cell(text) == f"'{text}"


def test_a_workbook_holds_texts_as_texts_and_counts_as_numbers(tmp_path: Path) -> None:
    rendering.write(EVIL, "xlsx", tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert rows[0][4] == "数值\nvalue"
    assert rows[1][1] == "=HYPERLINK(1)"
    assert book.worksheets[0]["B2"].data_type == "s"
    assert rows[1][4] == 5
    assert rows[2][4] == "-133500.00"
    assert book.worksheets[0]["B3"].hyperlink is None
    about = {row[0].value: row[1].value for row in book.worksheets[1].iter_rows()}
    assert about["hash"] == "a" * 64
    assert about["position registry/1"] == "7"


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    for form in ("json", "csv", "xlsx"):
        path = tmp_path / "new" / f"x.{form}"
        rendering.write(EVIL, form, path)
        rendering.write(EVIL, form, path)
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["x.csv", "x.json", "x.xlsx"]
    assert (tmp_path / "new" / "x.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_table_shows_label_value_unit_target_and_completion() -> None:
    console = Console(width=120, file=io.StringIO())
    rendering.show(snapshot(indicator("a.b.c", 5, zh="持证", target=4, completion="125.0")), console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert all(part in text for part in ("持证", "5", "person", "4", "125.0%", "a" * 64))


HEADER = "indicator,dimensions,value,target,unit,zh,quote,source\n"


def compare(folder: Path, *lines: str) -> list[tuple[str, bool]]:
    package = Package(
        write_package(folder, published=HEADER + "".join(f"{line},person,名,原文,来源\n" for line in lines))
    )
    taken = snapshot(
        indicator("a.b.c", 5, dimensions={"y": "2", "x": "1"}, target=4),
        indicator("a.b.d", "133500.00"),
    )
    return [(row.published["indicator"], row.equal) for row in document.compare(taken, package)]


def test_published_figures_are_compared_exactly(tmp_path: Path) -> None:
    assert compare(tmp_path, "a.b.c,x=1;y=2,5,4", "a.b.d,,133500,", "a.b.c,y=2;x=1,,4") == [
        ("a.b.c", True),
        ("a.b.d", True),
        ("a.b.c", True),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "a.b.c,x=1;y=2,6,4",
        "a.b.c,x=1;y=2,5,3",
        "a.b.c,,5,",
        "a.b.d,,133500.01,",
        "a.b.x,,5,",
        "a.b.d,,many,",
        "a.b.d,,,",
    ],
)
def test_a_figure_that_differs_or_is_absent_is_not_equal(tmp_path: Path, line: str) -> None:
    assert [equal for _, equal in compare(tmp_path, line)] == [False]


def test_a_bad_line_of_published_figures_is_an_error(tmp_path: Path) -> None:
    package = Package(write_package(tmp_path, published=HEADER + "x\n"))
    with pytest.raises(PackageError):
        list(document.compare(snapshot(), package))
