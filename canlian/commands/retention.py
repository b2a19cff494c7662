"""Commands about old months of the event logs: take them out of the database, list where they are."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from canlian.commands.operating import ServicesOption, chosen
from canlian.commands.options import OPERATOR, AsOption, DataDirOption, OfficeOption, console
from canlian.settling import settle
from chassis import office as offices
from chassis.retention import Retention

ArchiveOption = Annotated[
    Path | None,
    typer.Option(
        "--archive-dir", metavar="DIR", help="Where archived months lie. Default: CANLIAN_ARCHIVE_DIR."
    ),
]

retention = typer.Typer(help="Months of the event logs on PostgreSQL: make those to come, archive old ones.")


@retention.command("run")
def run(
    keep_months: Annotated[
        int, typer.Option(min=1, help="Whole months to keep in the database before the present one")
    ],
    archive_dir: ArchiveOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell which months would go")] = False,
    service: ServicesOption = None,
    subject: AsOption = OPERATOR,
    office: OfficeOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Make the months to come, write old months into files, and drop them once the files are proved.

    By the owner's account in CANLIAN_DATABASE_URL, every month. May be killed and run again at any time.

    Example: canlian retention run --keep-months 24 --archive-dir archive
    """
    settings = settle(office, data_dir)
    if archive_dir is not None:
        settings = settings.model_copy(update={"archive_dir": archive_dir})
    for name in chosen(service):
        with offices.retention(settings, name, subject) as months:
            if dry_run:
                for partition in months.due(keep_months):
                    console.print(f"{name}: {partition.period} would be archived", highlight=False)
            else:
                _retain(name, months, keep_months)


def _retain(name: str, months: Retention, keep_months: int) -> None:
    """All that is due for one service; written down once it is done."""
    made, archived = months.keep_ahead(), []
    console.print(f"{name}: {len(made)} partitions made", highlight=False)
    for partition in months.due(keep_months):
        if (kept := months.take_away(partition)) is None:
            console.print(f"{name}: {partition.period} had no events", highlight=False)
        else:
            archived.append(kept.month)
            console.print(f"{name}: {kept.month}, {kept.events} events: {kept.file}", highlight=False)
    months.note_run(len(made), archived)


@retention.command("list")
def list_months(
    service: ServicesOption = None,
    office: OfficeOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """List the months of the event logs: how many events, which positions, and where they are.

    Example: canlian retention list --service registry
    """
    settings = settle(office, data_dir)
    table = Table("service", "month", "events", "positions", "MiB", "where", header_style="bold")
    for name in chosen(service):
        with offices.retention(settings, name, OPERATOR) as months:
            for kept in months.months():
                positions = "–".join(map(str, kept.positions or ()))
                size = "" if kept.file else f"{kept.bytes / 2**20:.1f}"
                table.add_row(name, kept.month, str(kept.events), positions, size, kept.file or "database")
    console.print(table)
