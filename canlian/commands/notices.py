"""The command that makes the public notice (公示) of claims."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from canlian.calling import clerk
from canlian.commands.options import OPERATOR, AsOption, DataDirOption, OfficeOption, console
from canlian.connecting import connect
from canlian.notice import rendering
from canlian.notice.gathering import gather
from canlian.notice.wording import LANGUAGES
from canlian.settling import settle
from chassis import clock


class NoticeForm(StrEnum):
    """How a notice is shown."""

    TABLE = "table"
    XLSX = "xlsx"
    DOCX = "docx"


class Language(StrEnum):
    """In which language."""

    ZH = "zh"
    EN = "en"


def notice(
    region: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Division in which it is put up, 12 digits. Default: the office."),
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="Day on which it stands. Default: today."),
    ] = None,
    scheme: Annotated[str | None, typer.Option(metavar="CODE", help="Only claims of this scheme.")] = None,
    form: Annotated[NoticeForm, typer.Option("--format", help="How to show it.")] = NoticeForm.TABLE,
    output: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Write it to this file; xlsx and docx need one.")
    ] = None,
    language: Annotated[Language, typer.Option(help="In which language.")] = Language.ZH,
    subject: AsOption = OPERATOR,
    office: OfficeOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Make the notice of the claims that are put up on a day (公示), with names partly hidden.

    Minors, and who asked for it, are counted and not named. That a name was read is on the person's record.

    Example: canlian notice --region 341524103000 --on 2024-06-03 --format docx --output out/notice.docx
    """
    if (form is NoticeForm.TABLE) is not (output is None):
        message = "docx and xlsx: this format needs a file, --output PATH; a table takes none"
        raise typer.BadParameter(message, param_hint="--format")
    settings = settle(office, data_dir)
    place = region or f"{settings.office}000000"
    day = on.date() if on else clock.office_day(clock.now())
    words = LANGUAGES[language.value]
    with connect(settings) as caller:
        made = gather(caller, clerk(subject), place, day, scheme)
    if output is None:
        rendering.show(made, words, console)
        return
    rendering.write(made, words, form.value, output)
    named = sum(len(section.lines) for section in made.sections)
    kept = sum(section.minors + section.asked for section in made.sections)
    console.print(f"{output}: {named} named, {kept} counted and not named", highlight=False, soft_wrap=True)
