"""How a bank's files look: named fields, separated or of fixed widths, as rules/layouts/*.yaml say.

    zh:            name of the layout
    encoding:      of the bytes, as GB18030
    line_end:      crlf or lf
    separator:     one character between fields; without one every field has a width in bytes
    lines:         instructions in one file at most
    instructions:  the file for the bank: header, line, trailer
    receipt:       the file of the bank: header, line, trailer
    results:       the bank's codes of paid and returned
    reasons:       the bank's codes of why it returned, each with ours; any other code is "other"

A record is a list of fields: `{is: X}` is always X, `{field: name}` one of FIELDS; with `width: 20` it is
filled up with blanks, with `pad: zeros` from the left with zeros. Money is yuan with two decimals.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kernel.errors import Invalid
from kernel.strict_yaml import Entry, read

FIELDS = {
    "instructions": {
        "header": ("batch", "day", "count", "amount"),
        "line": ("seq", "instruction", "number", "holder", "amount"),
        "trailer": ("count", "amount", "hash"),
    },
    "receipt": {
        "header": ("batch",),
        "line": ("seq", "instruction", "amount", "result", "reason", "day"),
        "trailer": ("paid_count", "paid_amount", "returned_count", "returned_amount", "hash"),
    },
}
"""What each record tells. hash: SHA-256 of all bytes before the trailer. day: YYYYMMDD."""

OTHER = "other"
_LINE_ENDS = {"crlf": "\r\n", "lf": "\n"}
_FORMULA = ("=", "+", "-", "@")


class LayoutError(Exception):
    """A layout file that cannot be trusted. The message reads "file:line: what is wrong"."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record: a constant, or a value by its name. width: in bytes, None where separated."""

    name: str
    constant: str | None
    width: int | None
    zeros: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """A bank's files. records: by file and record, as "receipt.line"."""

    code: str
    encoding: str
    line_end: str
    separator: str | None
    lines: int
    records: Mapping[str, tuple[Field, ...]]
    results: Mapping[str, str]
    reasons: Mapping[str, str]

    def write(self, record: str, values: Mapping[str, str]) -> bytes:
        """A record with its line end.

        A value is told as it is or not at all. Raises Invalid("subsidy.unsafe_text") for one that would break
        the record, or that a spreadsheet would take for a formula; Invalid("subsidy.too_long").
        """
        fields = self.records[record]
        texts = [self._text(field, values) for field in fields]
        if self.separator is not None:
            return (self.separator.join(texts) + self.line_end).encode(self.encoding)
        parts = [self._filled(field, text) for field, text in zip(fields, texts, strict=True)]
        return b"".join(parts) + self.line_end.encode(self.encoding)

    def _text(self, field: Field, values: Mapping[str, str]) -> str:
        text = values[field.name] if field.constant is None else field.constant
        if text.startswith(_FORMULA) or not (text + "x").isprintable() or (self.separator or "\n") in text:
            raise Invalid(
                "subsidy.unsafe_text",
                f"The {field.name} has a sign that bank files cannot hold; correct it where it was recorded.",
                field=field.name,
            )
        return text

    def _filled(self, field: Field, text: str) -> bytes:
        told, width = text.encode(self.encoding), field.width or 0
        if len(told) > width:
            raise Invalid(
                "subsidy.too_long",
                f"The {field.name} is longer than the bank's {width} bytes.",
                field=field.name,
            )
        return told.rjust(width, b"0") if field.zeros else told.ljust(width)

    def split(self, record: str, line: bytes) -> dict[str, str]:
        """The values of a record by name. Raises ValueError when the line is no such record."""
        fields = self.records[record]
        values = {}
        for field, part in zip(fields, self._parts(fields, line), strict=True):
            values[field.name] = part.strip()
            if field.constant is not None and values[field.name] != field.constant:
                raise ValueError("another kind of record")
        return values

    def _parts(self, fields: Sequence[Field], line: bytes) -> list[str]:
        if self.separator is not None:
            # As text: the second byte of a Chinese sign may be that of a bar.
            return line.decode(self.encoding).split(self.separator)
        if len(line) != sum(field.width or 0 for field in fields):
            raise ValueError("another length")
        parts, begin = [], 0
        for field in fields:
            end = begin + (field.width or 0)
            parts.append(line[begin:end].decode(self.encoding))
            begin = end
        return parts


def load(path: Path) -> Layout:
    """The layout of a file. Raises LayoutError, OSError."""
    top = read(path, LayoutError).fields(
        {"zh", "encoding", "line_end", "lines", "instructions", "receipt", "results", "reasons"},
        frozenset({"separator"}),
    )
    separator = top["separator"].text() if "separator" in top else None
    records = {}
    for file, names in FIELDS.items():
        told = top[file].fields(set(names))
        for record, known in names.items():
            records[f"{file}.{record}"] = _record(told[record], known, separator)
    return Layout(
        code=path.stem,
        encoding=_encoding(top["encoding"]),
        line_end=_LINE_ENDS[top["line_end"].choice(tuple(_LINE_ENDS))],
        separator=separator,
        lines=top["lines"].count(),
        records=records,
        results={word: entry.text() for word, entry in top["results"].fields({"paid", "returned"}).items()},
        reasons={key.text(): value.text() for key, value in top["reasons"].items()},
    )


def _encoding(entry: Entry) -> str:
    try:
        "户名".encode(entry.text())
    except (LookupError, UnicodeEncodeError):
        raise entry.error(f"{entry.text()} is no encoding that holds Chinese names") from None
    return entry.text()


def _record(entry: Entry, known: Sequence[str], separator: str | None) -> tuple[Field, ...]:
    fields = [_field(each, known, separator) for each in entry.elements()]
    told = [field.name for field in fields if field.constant is None]
    if sorted(told) != sorted(known):
        raise entry.error(f"{entry.what} must tell each of {', '.join(known)} once")
    return tuple(fields)


def _field(entry: Entry, known: Sequence[str], separator: str | None) -> Field:
    told = entry.fields(set(), frozenset({"is", "field", "width", "pad"}))
    if ("is" in told) == ("field" in told) or ("width" in told) == (separator is not None):
        raise entry.error("a field has either is or field, and a width where there is no separator")
    constant = told["is"].text() if "is" in told else None
    return Field(
        name=f"mark of line {entry.place}" if constant is not None else told["field"].choice(tuple(known)),
        constant=constant,
        width=told["width"].count() if "width" in told else None,
        zeros="pad" in told and told["pad"].choice(("zeros",)) == "zeros",
    )
