"""Files of other departments: CSV and XLSX, with titles, columns and encodings of their own."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from canlian.lists.department_file import HEADERS, DepartmentFile
from canlian.package.kinds import BULK
from canlian.package.problems import PackageError, Problem
from canlian.package.reader import Record
from contracts.registry.inquiries import RecordDepartmentRows

[ROWS] = (kind for kind in BULK if kind.command is RecordDepartmentRows)
NUMBER = "11010519491231002X"


def read(path: Path, headers: Any = HEADERS) -> list[Record | Problem]:
    return list(DepartmentFile(path, "B-1", headers).records(ROWS))


def written(path: Path, *lines: list[Any]) -> Path:
    book = Workbook()
    for line in lines:
        book.worksheets[0].append(line)
    book.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_file_is_read_by_its_own_headers_and_other_columns_are_left(tmp_path: Path, encoding: str):
    path = tmp_path / "死亡人员.csv"
    path.write_text(f"姓名,公民身份号码,死亡日期\n某某,{NUMBER},2018-03-04\n某某, {NUMBER} ,\n", encoding)
    assert read(path) == [
        Record(2, {"list_ref": "B-1", "id_number": NUMBER, "day": "2018-03-04"}),
        Record(3, {"list_ref": "B-1", "id_number": NUMBER}),
    ]


def test_a_workbook_may_have_a_title_and_days_and_bad_lines_cost_themselves_alone(tmp_path: Path):
    path = written(
        tmp_path / "低保.xlsx",
        ["金寨县低保人员名单"],
        ["序号", "身份证号", "日期"],
        [1, NUMBER, date(2018, 3, 4)],
        [2, 110105194912310000, None],
        [3, None, None],
        [],
        [4, NUMBER],
    )
    first, number, empty, last = read(path)
    assert first == Record(3, {"list_ref": "B-1", "id_number": NUMBER, "day": "2018-03-04"})
    assert isinstance(number, Problem)
    assert (number.file, number.line, number.field, number.code) == (
        "department_rows.csv",
        4,
        "id_number",
        "field.malformed",
    )
    assert isinstance(empty, Problem)
    assert (empty.line, empty.code) == (5, "field.empty")
    assert last == Record(7, {"list_ref": "B-1", "id_number": NUMBER})
    assert DepartmentFile(path, "B-1", HEADERS).size(ROWS) == 7


def test_an_unclosed_quotation_mark_costs_one_line(tmp_path: Path):
    path = tmp_path / "名单.csv"
    path.write_text(f'身份证号,姓名\n{NUMBER},"某\n{NUMBER},某\n', "utf-8")
    bad, good = read(path)
    assert isinstance(bad, Problem)
    assert (bad.line, bad.code) == (2, "row.quotes")
    assert isinstance(good, Record)


def test_what_only_calls_itself_a_workbook_is_refused(tmp_path: Path):
    path = tmp_path / "名单.xlsx"
    path.write_text(f"身份证号\n{NUMBER}\n", "utf-8")
    with pytest.raises(PackageError, match=r"file\.unreadable"):
        read(path)


def test_a_file_without_a_column_of_citizen_numbers_is_refused_unless_the_column_is_named(tmp_path: Path):
    path = tmp_path / "名单.csv"
    path.write_text(f"证号,姓名\n{NUMBER},某\n", "utf-8")
    with pytest.raises(PackageError, match=r"file\.missing_column"):
        read(path)
    assert read(path, {**HEADERS, "id_number": ("证号",)}) == [
        Record(2, {"list_ref": "B-1", "id_number": NUMBER})
    ]
