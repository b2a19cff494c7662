"""A snapshot as a Word document, for those who put figures into a report: Chinese first, English beside."""

from collections.abc import Iterator
from pathlib import Path

from canlian.snapshot.document import Snapshot, dimensions_text
from canlian.word_table import add_table, new_document

HEADINGS = (
    "指标\nindicator",
    "维度\ndimensions",
    "数值\nvalue",
    "单位\nunit",
    "目标任务\ntarget",
    "完成率\ncompletion",
)
_WIDTHS_CM = (6.0, 3.6, 2.4, 1.8, 2.0, 2.0)
_NUMBERS = {2, 4, 5}


def write_docx(snapshot: Snapshot, path: Path) -> None:
    """A title, what the snapshot is of, the table of figures, and how to check them."""
    document = new_document()
    document.add_heading(f"{snapshot['office']} {snapshot['period']} 指标快照 Indicator snapshot", level=1)
    signed = snapshot["signed_by"] or "未签发 unsigned"
    about = (
        f"地区 region {snapshot['region']}",
        f"截止 as of {snapshot['as_of']}",
        f"版次 revision {snapshot['revision']}",
        f"制表 taken by {snapshot['taken_by']}",
        f"签发 signed by {signed}",
    )
    document.add_paragraph(";".join(about))
    add_table(document, [HEADINGS, *_rows(snapshot)], _WIDTHS_CM, _NUMBERS)
    document.add_paragraph(f"校验码 hash {snapshot['hash']}")
    positions = ";".join(f"{stream} {last}" for stream, last in snapshot["positions"].items())
    document.add_paragraph(f"数据来源位置 stream positions: {positions}")
    document.save(str(path))


def _rows(snapshot: Snapshot) -> Iterator[tuple[str, ...]]:
    for row in snapshot["indicators"]:
        completion = "" if row["completion"] is None else f"{row['completion']}%"
        figures = (row["value"], row["unit"], row["target"], completion)
        exact = ("" if value is None else str(value) for value in figures)
        yield (f"{row['zh']}\n{row['en']}", dimensions_text(row["dimensions"]), *exact)
