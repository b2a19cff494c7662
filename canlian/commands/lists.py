"""The command that brings in other departments' lists."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer

from canlian.calling import Caller, CallRefused, clerk
from canlian.commands.data import SOME_REJECTED
from canlian.commands.options import OPERATOR, AsOption, DataDirOption, OfficeOption, console
from canlian.commands.showing import show_loaded
from canlian.connecting import connect
from canlian.lists.department_file import HEADERS, DepartmentFile
from canlian.load.loader import Loader
from canlian.load.outcome import Rejections
from canlian.load.progress import OnConsole
from canlian.settling import settle
from chassis import clock

_DATE = ["%Y-%m-%d"]


def import_list(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="CSV or XLSX")],
    ref: Annotated[str, typer.Option(metavar="REF", help="The office's own number of the list.")],
    kind: Annotated[str, typer.Option(metavar="KIND", help="What it lists: dibao, deaths, school_roll, …")],
    source: Annotated[str, typer.Option(metavar="NAME", help="The department that made it.")],
    as_of: Annotated[
        datetime, typer.Option(formats=_DATE, metavar="DAY", help="Day whose state it tells (数据日期).")
    ],
    received_on: Annotated[
        datetime | None, typer.Option(formats=_DATE, metavar="DAY", help="Day it came. Default: today.")
    ] = None,
    id_column: Annotated[
        str | None, typer.Option(metavar="HEADER", help="Column of citizen numbers, if called otherwise.")
    ] = None,
    region: Annotated[
        str | None, typer.Option(metavar="CODE", help="Division it covers. Default: all of the office.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every rejected row to this CSV file.")
    ] = None,
    subject: AsOption = OPERATOR,
    office: OfficeOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Import another department's list: citizen numbers are matched blindly, other columns are not read.

    Importing it again changes nothing. Exit code 0: every row is kept. 3: some were rejected.

    Example: canlian import-list dibao.xlsx --ref B2024-1 --kind dibao --source 县民政局 --as-of 2024-05-31
    """
    settings = settle(office, data_dir)
    record = {
        "ref": ref,
        "kind": kind,
        "region": region or f"{settings.office}000000",
        "source": source,
        "as_of": as_of.date().isoformat(),
        "received_on": (received_on.date() if received_on else clock.office_day(clock.now())).isoformat(),
    }
    headers = {**HEADERS, "id_number": (id_column,)} if id_column else HEADERS
    with connect(settings) as caller, Rejections.collecting(report) as rejections:
        _announce(caller, subject, record)
        rows = DepartmentFile(file, ref, headers)
        loaded = Loader(rows, caller, subject, None, OnConsole(console), rejections).load()
    show_loaded(loaded, rejections, report)
    if loaded.rejected:
        raise typer.Exit(SOME_REJECTED)


def _announce(caller: Caller, subject: str, record: dict[str, str]) -> None:
    """Record the list itself. Raises CallRefused: rows must not go to a list that is another one."""
    fields = {"idempotency_key": uuid4().hex, "items": [record]}
    [outcome] = caller.call("registry", "record_department_lists", fields, clerk(subject))["outcomes"]
    if outcome["error"]:
        raise CallRefused(outcome["error"]["code"], outcome["error"]["message"])
