"""A notice on the screen, as a Word document to put up, or as a workbook."""

from pathlib import Path

import xlsxwriter
from rich.console import Console
from rich.table import Table

from canlian.notice import wording
from canlian.notice.gathering import Notice
from canlian.notice.wording import Words
from canlian.whole_file import replacing
from canlian.word_table import add_table, new_document

_WIDTHS_CM = {5: (1.2, 3.0, 5.6, 3.0, 5.0), 6: (1.2, 2.6, 4.4, 2.4, 2.8, 4.4)}
_SHEET_WIDTHS = (8, 16, 30, 16, 20, 34)


def show(notice: Notice, words: Words, console: Console) -> None:
    """Print it."""
    console.print(wording.title(notice, words), style="bold", highlight=False, soft_wrap=True)
    console.print(wording.opening(notice, words), highlight=False, soft_wrap=True)
    for section in notice.sections:
        heading, *rows = wording.rows(section, words)
        table = Table(title=section.title, title_justify="left", header_style="bold")
        for name in heading:
            table.add_column(name, overflow="fold")
        for row in rows:
            table.add_row(*row)
        console.print(table)
        if told := wording.unnamed(section, notice.grounds, words):
            console.print(told, highlight=False, soft_wrap=True)
    console.print(wording.objection(notice, words), highlight=False, soft_wrap=True)


def write(notice: Notice, words: Words, form: str, path: Path) -> None:
    """Write it to a file: "docx" or "xlsx". The file appears whole or not at all."""
    with replacing(path) as half:
        (_write_docx if form == "docx" else _write_xlsx)(notice, words, half)


def _write_docx(notice: Notice, words: Words, path: Path) -> None:
    document = new_document()
    document.add_heading(wording.title(notice, words), level=1)
    document.add_paragraph(wording.opening(notice, words))
    for section in notice.sections:
        document.add_heading(section.title, level=2)
        rows = list(wording.rows(section, words))
        if section.lines:
            add_table(document, rows, _WIDTHS_CM[len(rows[0])], ())
        if told := wording.unnamed(section, notice.grounds, words):
            document.add_paragraph(told)
    document.add_paragraph(wording.objection(notice, words))
    document.add_paragraph(words.day.format(notice.day))
    document.save(str(path))


def _write_xlsx(notice: Notice, words: Words, path: Path) -> None:
    """One sheet, all texts: what a name or a place looks like is never calculated."""
    lines: list[tuple[str, ...]] = [(wording.title(notice, words),), (wording.opening(notice, words),)]
    for section in notice.sections:
        lines += [(), (section.title,), *wording.rows(section, words)]
        lines.append((wording.unnamed(section, notice.grounds, words),))
    lines += [(), (wording.objection(notice, words),)]
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("公示")
        for column, width in enumerate(_SHEET_WIDTHS):
            sheet.set_column(column, column, width)
        for line, texts in enumerate(lines):
            for column, text in enumerate(texts):
                sheet.write_string(line, column, text)
