"""Reads a package's files. One bad line costs that line, one bad file that file.

A record is one line: no value of a package needs a line break, and so an unclosed quote cannot swallow the
records after it.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from canlian.package.columns import Column
from canlian.package.kinds import KINDS, Kind
from canlian.package.manifest import FILE, Manifest, read_manifest
from canlian.package.problems import Problem

LINE_BYTES = 65_536
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Record:
    """One good line: its values by the contract's field names. Fields that were empty are absent."""

    line: int
    values: dict[str, Any]


class Unreadable(Exception):
    """A line that holds no record."""

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field


class Package:
    """A folder with a package.yaml. Raises PackageError when it is none."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.manifest: Manifest = read_manifest(directory)

    @property
    def name(self) -> str:
        """Part of the keys under which its records are sent."""
        return self.manifest.name

    def strangers(self) -> list[Problem]:
        """CSV files that no kind of record has: a misspelt name would else be a silent loss."""
        known = {kind.file for kind in KINDS} | {FILE}
        return [
            Problem(path.name, 0, None, "file.unknown", "no kind of record is kept in a file of this name")
            for path in sorted(self.directory.glob("*.[cC][sS][vV]"))
            if path.name not in known
        ]

    def has(self, kind: Kind) -> bool:
        """Whether the package has this file; all are optional."""
        return (self.directory / kind.file).is_file()

    def size(self, kind: Kind) -> int:
        """Lines of the file without its header, roughly: for showing progress."""
        return max(0, line_count(self.directory / kind.file) - 1)

    def records(self, kind: Kind) -> Iterator[Record | Problem]:
        """The file's records, and what is wrong with the others, in the order of the lines."""
        with (self.directory / kind.file).open("rb") as file:
            lines = enumerate(lines_of(file), start=1)
            try:
                _, header = next(lines, (0, b""))
                columns = _header(kind, header.removeprefix(_BOM))
            except Unreadable as error:
                yield Problem(kind.file, 1 if header else 0, error.field, error.code, error.message)
                return
            for number, line in lines:
                if not line.strip(b"\r\n"):
                    continue
                try:
                    yield Record(number, _values(columns, line))
                except Unreadable as error:
                    yield Problem(kind.file, number, error.field, error.code, error.message)


def line_count(path: Path) -> int:
    """How many lines a file has; one that does not end is not counted."""
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


def lines_of(file: BinaryIO) -> Iterator[bytes]:
    """Physical lines. Of one that is too long, its beginning; memory stays small whatever the file holds."""
    while line := file.readline(LINE_BYTES + 1):
        yield line
        while len(line) > LINE_BYTES and not line.endswith(b"\n"):
            line = file.readline(LINE_BYTES + 1)
            if not line:
                return


def _header(kind: Kind, line: bytes) -> list[Column]:
    if not line.strip():
        raise Unreadable("file.empty", "the file is empty; its first line must name the columns")
    names = [name.strip() for name in fields_of(line)]
    known = {column.name: column for column in kind.columns}
    for name in names:
        if name not in known:
            shown = name if name.isidentifier() else None
            raise Unreadable("file.unknown_column", f"the columns are {', '.join(known)}", shown)
        if names.count(name) > 1:
            raise Unreadable("file.column_twice", "the column stands there twice", name)
    for column in kind.columns:
        if column.required and column.name not in names:
            raise Unreadable(
                "file.missing_column", "the column is missing, and with it the whole file", column.name
            )
    return [known[name] for name in names]


def _values(columns: list[Column], line: bytes) -> dict[str, Any]:
    fields = fields_of(line)
    if len(fields) != len(columns):
        if len(fields) < len(columns) and not line.endswith(b"\n"):
            raise Unreadable("row.half_written", "the file ends in the middle of this line; write it anew")
        message = f"the line has {len(fields)} fields instead of {len(columns)}"
        raise Unreadable("row.field_count", message)
    values = {}
    for column, field in zip(columns, fields, strict=True):
        text = field.strip()
        if not text:
            if column.required:
                raise Unreadable("field.empty", "must not be empty", column.name)
            continue
        try:
            value = column.read(text)
        except ValueError as error:
            raise Unreadable("field.malformed", str(error), column.name) from None
        values[column.field] = value
    return values


def fields_of(line: bytes, encodings: tuple[str, ...] = ("utf-8",)) -> list[str]:
    """The fields of a line of CSV, in the first of the encodings that it is in. Raises Unreadable."""
    if len(line) > LINE_BYTES:
        raise Unreadable("row.too_long", f"the line is longer than {LINE_BYTES} bytes")
    if b"\0" in line:
        raise Unreadable("row.nul", f"byte {line.index(0) + 1} of the line is a NUL; the file was damaged")
    text = _decoded(line, encodings)
    try:
        return next(csv.reader([text.rstrip("\r\n")], strict=True))
    except csv.Error:
        if text.endswith("\n"):
            raise Unreadable(
                "row.quotes", "a quotation mark is not closed or not doubled; a record is one line"
            ) from None
        raise Unreadable(
            "row.half_written", "the file ends inside quotation marks; write the line anew"
        ) from None
    except StopIteration:
        return []


def _decoded(line: bytes, encodings: tuple[str, ...]) -> str:
    problem = ""
    for encoding in encodings:
        try:
            return line.decode(encoding)
        except UnicodeDecodeError as error:
            place = f"byte {error.start + 1} of the line is not UTF-8"
            problem = problem or f"{place}; save the file as CSV in UTF-8"
    raise Unreadable("row.encoding", problem)
