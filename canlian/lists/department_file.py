"""Reads a department's file: of each line who it is about, and a day and a place where the list tells them.

Columns that nobody asked for are not looked at. One bad line costs that line.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook

from canlian.package.kinds import Kind
from canlian.package.problems import PackageError, Problem
from canlian.package.reader import Record, Unreadable, fields_of, line_count, lines_of
from contracts.registry.inquiries import RecordDepartmentRows

ENCODINGS = ("utf-8-sig", "gb18030")
HEADERS: Mapping[str, tuple[str, ...]] = {
    "id_number": ("身份证号", "身份证号码", "公民身份号码", "居民身份证号", "id_number"),
    "day": ("日期", "死亡日期", "死亡时间", "迁出日期", "day"),
    "to_region": ("迁入地区划", "迁入地代码", "to_region"),
}
"""How departments head the columns that are read."""
_HEADER_WITHIN = 5
"""Lines among which the header must be: a title often stands above it."""


@dataclass(frozen=True)
class DepartmentFile:
    """A file of one list. headers: what its columns are called, instead of HEADERS; list_ref: of its list."""

    path: Path
    list_ref: str
    headers: Mapping[str, tuple[str, ...]]

    @property
    def name(self) -> str:
        """Part of the keys under which it is sent."""
        return f"list-{self.list_ref}"

    def strangers(self) -> list[Problem]:
        """There are no other files."""
        return []

    def has(self, kind: Kind) -> bool:
        """It holds rows, and nothing else."""
        return kind.command is RecordDepartmentRows

    def size(self, _kind: Kind) -> int:
        """Its lines, or the last row that its first sheet says it has."""
        if not self._is_workbook:
            return line_count(self.path)
        with self._book() as sheet:
            return sheet.max_row or 0

    @property
    def _is_workbook(self) -> bool:
        return self.path.suffix.lower() == ".xlsx"

    def records(self, kind: Kind) -> Iterator[Record | Problem]:
        """The rows, and what is wrong with the others, in the order of the lines.

        Raises PackageError for a file that cannot be read, or when no column holds citizen numbers.
        """
        lines = self._workbook() if self._is_workbook else self._text()
        columns = self._columns(lines)
        for line, cells in lines:
            if isinstance(cells, Unreadable):
                yield Problem(kind.file, line, cells.field, cells.code, cells.message)
                continue
            if not any(cells):
                continue
            try:
                yield Record(line, {"list_ref": self.list_ref} | _values(columns, cells))
            except Unreadable as error:
                yield Problem(kind.file, line, error.field, error.code, error.message)

    def _text(self) -> Iterator[tuple[int, Sequence[Any] | Unreadable]]:
        with self.path.open("rb") as file:
            for number, line in enumerate(lines_of(file), start=1):
                try:
                    yield number, fields_of(line, ENCODINGS)
                except Unreadable as error:
                    yield number, error

    def _workbook(self) -> Iterator[tuple[int, Sequence[Any] | Unreadable]]:
        """The lines of the first sheet, one by one."""
        with self._book() as sheet:
            yield from enumerate(sheet.iter_rows(values_only=True), start=1)

    @contextmanager
    def _book(self) -> Iterator[Any]:
        """The first sheet. Raises PackageError for a file that only calls itself a workbook."""
        try:
            book = load_workbook(self.path, read_only=True, data_only=True)
        except (BadZipFile, KeyError):
            message = "no workbook that can be read; save it as XLSX or CSV again"
            raise PackageError(Problem(self.path.name, 0, None, "file.unreadable", message)) from None
        with closing(book):
            yield book.worksheets[0]

    def _columns(self, lines: Iterator[tuple[int, Sequence[Any] | Unreadable]]) -> dict[str, int]:
        """Where each field stands, by the first line that names the column of citizen numbers."""
        for _, cells in islice(lines, _HEADER_WITHIN):
            if isinstance(cells, Unreadable):
                continue
            names = [str(cell or "").strip() for cell in cells]
            found = {
                field: names.index(name)
                for field, headers in self.headers.items()
                for name in headers
                if name in names
            }
            if "id_number" in found:
                return found
        headers = ", ".join(self.headers["id_number"])
        message = f"none of the first {_HEADER_WITHIN} lines names the column of citizen numbers: {headers}"
        raise PackageError(Problem(self.path.name, 1, "id_number", "file.missing_column", message))


def _values(columns: Mapping[str, int], cells: Sequence[Any]) -> dict[str, Any]:
    values = {}
    for field, place in columns.items():
        cell = cells[place] if place < len(cells) else None
        if field == "id_number" and isinstance(cell, int | float):
            # A spreadsheet keeps 15 digits of a number: the last three are gone.
            message = "the cell is a number and has lost its last digits; send the column as text"
            raise Unreadable("field.malformed", message, field)
        text = _text_of(cell)
        if text:
            values[field] = text
        elif field == "id_number":
            raise Unreadable("field.empty", "must not be empty", field)
    return values


def _text_of(cell: Any) -> str:
    if isinstance(cell, datetime):
        cell = cell.date()
    return cell.isoformat() if isinstance(cell, date) else str(cell if cell is not None else "").strip()
