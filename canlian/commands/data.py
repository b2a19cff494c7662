"""Commands about an office's data: load it, take its snapshot, look behind a figure, make a sample."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from canlian.calling import clerk
from canlian.commands.options import OPERATOR, AsOption, DataDirOption, OfficeOption, console
from canlian.commands.showing import show_loaded
from canlian.connecting import connect
from canlian.load.loader import Loader
from canlian.load.outcome import Rejections
from canlian.load.progress import OnConsole
from canlian.package.reader import Package
from canlian.sample.generate import write_sample
from canlian.sample.shape import names
from canlian.settling import settle
from canlian.snapshot import document, rendering

SOME_REJECTED = 3


class Form(StrEnum):
    """How a snapshot is shown."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    DOCX = "docx"


class TraceForm(StrEnum):
    """How the events behind a figure are shown."""

    TABLE = "table"
    JSON = "json"


def load(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="The package's folder, with its package.yaml")
    ],
    approve_as: Annotated[
        str | None,
        typer.Option(
            metavar="ACCOUNT",
            help="Account that approves disbursements and decides on claims, not that of --as. Without it "
            "disbursements stay frozen, and decisions are left out.",
        ),
    ] = None,
    review_as: Annotated[
        str | None,
        typer.Option(
            metavar="ACCOUNT",
            help="Account that reviews claims, where one person may not both check and review: neither that "
            "of --as nor that of --approve-as.",
        ),
    ] = None,
    practice_bank: Annotated[
        bool,
        typer.Option(
            "--practice-bank",
            help="The package tells of a year that is paid: pay what is approved on the days that it names.",
        ),
    ] = False,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every rejected record to this CSV file.")
    ] = None,
    subject: AsOption = OPERATOR,
    office: OfficeOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Load an office's data package. Loading it again changes nothing; a load that was broken off goes on.

    Exit code 0: every record is kept. 3: some were rejected, the others are kept. 1: the load did not end.

    Example: canlian load out/jinzhai-2024 --report out/rejected.csv
    """
    package = Package(directory)
    settings = settle(office or package.manifest.office, data_dir)
    if settings.office != package.manifest.office:
        message = f"the package is of office {package.manifest.office}, not of {settings.office}"
        raise typer.BadParameter(message, param_hint="--office")
    if approve_as == subject:
        raise typer.BadParameter("who plans payments cannot approve them", param_hint="--approve-as")
    if review_as is not None and review_as in {subject, approve_as}:
        raise typer.BadParameter("who checks or decides does not review", param_hint="--review-as")
    with connect(settings) as caller, Rejections.collecting(report) as rejections:
        shown = OnConsole(console)
        loader = Loader(package, caller, subject, approve_as, shown, rejections, practice_bank, review_as)
        loaded = loader.load()
    show_loaded(loaded, rejections, report)
    if loaded.rejected:
        raise typer.Exit(SOME_REJECTED)


def snapshot(
    office: OfficeOption = None,
    period: Annotated[
        str, typer.Option(metavar="PERIOD", help="2024, 2024H1, 2024Q3, 2024-05 or 2024-05-31")
    ] = ...,  # type: ignore[assignment]
    region: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="A division of the office, 12 digits. Default: all of it."),
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="How to show it.")] = Form.TABLE,
    output: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Write it to this file; xlsx and docx need one.")
    ] = None,
    subject: AsOption = OPERATOR,
    data_dir: DataDirOption = None,
) -> None:
    """Take the snapshot of a period: all figures of the office, recorded with a hash.

    While the figures are the same, the same snapshot is given again.

    Example: canlian snapshot --office 341524 --period 2024 --format xlsx --output out/2024.xlsx
    """
    if form in {Form.XLSX, Form.DOCX} and output is None:
        raise typer.BadParameter("this format needs a file: --output PATH", param_hint="--format")
    settings = settle(office, data_dir)
    place = region or f"{settings.office}000000"
    with connect(settings) as caller:
        taken = document.take(caller, clerk(subject), settings.office, place, period)
    if output is not None and form is not Form.TABLE:
        rendering.write(taken, form.value, output)
        console.print(f"{output}: {rendering.heading(taken)}", highlight=False, soft_wrap=True)
    elif form is Form.JSON:
        typer.echo(rendering.as_json(taken), nl=False)
    elif form is Form.CSV:
        sys.stdout.buffer.write(rendering.as_csv(taken).encode("utf-8-sig"))
    else:
        rendering.show(taken, console)


def trace(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Code of the indicator")],
    period: Annotated[str, typer.Option(metavar="PERIOD", help="As for the snapshot")],
    dimensions: Annotated[
        str, typer.Option(metavar="KEY=VALUE;…", help="Which cell of the indicator; none for the whole.")
    ] = "",
    region: Annotated[str | None, typer.Option(metavar="CODE", help="A division, 12 digits.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Events on one page.")] = 20,
    after: Annotated[str | None, typer.Option(help="Go on after this mark, shown under a page.")] = None,
    form: Annotated[TraceForm, typer.Option("--format", help="How to show them.")] = TraceForm.TABLE,
    subject: AsOption = OPERATOR,
    office: OfficeOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Open a figure into the events that made it.

    Example: canlian trace rehab.care.persons --period 2024 --dimensions mode=day
    """
    settings = settle(office, data_dir)
    fields: dict[str, Any] = {
        "code": code,
        "dimensions": _dimensions(dimensions),
        "region": region or f"{settings.office}000000",
        "period": period,
        "after": after,
        "limit": limit,
    }
    with connect(settings) as caller:
        found = caller.call("reporting", "trace_indicator", fields, clerk(subject))
    if form is TraceForm.JSON:
        typer.echo(rendering.as_json(found), nl=False)
        return
    table = Table(title=f"{code}: {found['total']} events", title_justify="left", header_style="bold")
    for name in ("day", "event", "subject", "region", "dimensions", "value", "position"):
        table.add_column(name, overflow="fold")
    for event in found["events"]:
        cells = (event["day"], event["type"], event["subject"], event["region"])
        marks = (
            document.dimensions_text(event["dimensions"]),
            event["value"],
            f"{event['source']} {event['position']}",
        )
        table.add_row(*cells, *marks)
    console.print(table)
    if found["next"]:
        console.print(f"more: --after {found['next']}", highlight=False)


def _dimensions(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(";") if part]
    if any(not middle for _, middle, _ in pairs):
        raise typer.BadParameter("write key=value, several joined by semicolons", param_hint="--dimensions")
    return {key.strip(): value.strip() for key, _, value in pairs}


def sample(
    name: Annotated[str, typer.Argument(metavar="NAME", help=f"One of {', '.join(names())}")],
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write; it is replaced.")],
    scale: Annotated[int, typer.Option(min=1, max=50, help="So many times the persons and records.")] = 1,
) -> None:
    """Write a sample office's data package: made-up persons whose records add up to published figures.

    Example: canlian sample jinzhai-2024 out/jinzhai-2024
    """
    if name not in names():
        raise typer.BadParameter(f"there is no such sample, only {', '.join(names())}", param_hint="NAME")
    write_sample(name, directory, scale)
    console.print(f"{directory}: sample {name} written", highlight=False, soft_wrap=True)
