"""A snapshot as a Word document, for those who put figures into a report: Chinese first, English beside."""

from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from canlian.snapshot.document import Snapshot, dimensions_text

FONT, FONT_ZH = "Times New Roman", "仿宋"
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
    document: WordDocument = Document()
    _fonts(document)
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
    _figures(document, snapshot)
    document.add_paragraph(f"校验码 hash {snapshot['hash']}")
    positions = ";".join(f"{stream} {last}" for stream, last in snapshot["positions"].items())
    document.add_paragraph(f"数据来源位置 stream positions: {positions}")
    document.save(str(path))


def _fonts(document: WordDocument) -> None:
    style = document.styles["Normal"]
    style.font.name = FONT
    style.font.size = Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT_ZH)


def _figures(document: WordDocument, snapshot: Snapshot) -> None:
    rows: list[tuple[str, ...]] = [HEADINGS]
    for row in snapshot["indicators"]:
        completion = "" if row["completion"] is None else f"{row['completion']}%"
        figures = (row["value"], row["unit"], row["target"], completion)
        exact = ("" if value is None else str(value) for value in figures)
        rows.append((f"{row['zh']}\n{row['en']}", dimensions_text(row["dimensions"]), *exact))
    table = document.add_table(rows=len(rows), cols=len(HEADINGS), style="Table Grid")
    # Cell by cell through the table is quadratic in its length; row by row is not.
    for line, (cells, texts) in enumerate(zip(table.rows, rows, strict=True)):
        for column, (cell, text) in enumerate(zip(cells.cells, texts, strict=True)):
            cell.width = Cm(_WIDTHS_CM[column])
            paragraph = cell.paragraphs[0]
            paragraph.add_run(text).bold = line == 0
            if line and column in _NUMBERS:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
