"""What the Word documents have in common: their fonts, and tables of many rows."""

from collections.abc import Collection, Sequence

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

FONT, FONT_ZH = "Times New Roman", "仿宋"


def new_document() -> WordDocument:
    """An empty document in the fonts of official papers."""
    document: WordDocument = Document()
    style = document.styles["Normal"]
    style.font.name = FONT
    style.font.size = Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT_ZH)
    return document


def add_table(
    document: WordDocument,
    rows: Sequence[Sequence[str]],
    widths_cm: Sequence[float],
    numbers: Collection[int],
) -> None:
    """Add a table. rows: the first one is the heading. numbers: columns that stand to the right."""
    table = document.add_table(rows=len(rows), cols=len(widths_cm), style="Table Grid")
    # Cell by cell through the table is quadratic in its length; row by row is not.
    for line, (cells, texts) in enumerate(zip(table.rows, rows, strict=True)):
        for column, (cell, text) in enumerate(zip(cells.cells, texts, strict=True)):
            cell.width = Cm(widths_cm[column])
            paragraph = cell.paragraphs[0]
            paragraph.add_run(text).bold = line == 0
            if line and column in numbers:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
