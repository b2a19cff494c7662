"""The command that compares money as books, bank, payments and reports tell it."""

from typing import Annotated

import typer
from rich.table import Table

from canlian.calling import clerk
from canlian.commands.options import OPERATOR, AsOption, DataDirOption, OfficeOption, console
from canlian.connecting import connect
from canlian.reconciling import Line, lines
from canlian.settling import settle
from canlian.snapshot import document


def reconcile(
    period: Annotated[
        str, typer.Option(metavar="PERIOD", help="A month, 2024-12, or a longer period, 2024.")
    ],
    figures: Annotated[
        bool, typer.Option(help="Compare with the figures of reports too; this takes the period's snapshot.")
    ] = True,
    subject: AsOption = OPERATOR,
    office: OfficeOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Compare what books, bank files, receipts, payments and reports tell of a period's money, to the fen.

    Exit code 1 when they differ; the first difference is named.

    Example: canlian reconcile --period 2024-12
    """
    settings = settle(office, data_dir)
    who = clerk(subject)
    with connect(settings) as caller:
        region = f"{settings.office}000000"
        taken = document.take(caller, who, settings.office, region, period) if figures else None
        found = lines(caller, who, period, taken)
    if not show(found):
        raise typer.Exit(1)


def show(found: list[Line]) -> bool:
    """Print the lines, and name the first difference; whether there is none."""
    table = Table(title="对账 reconciliation", title_justify="left", header_style="bold")
    for name in ("scheme", "source", "step"):
        table.add_column(name)
    for name in ("账簿\nbooks", "银行\nbank", "支付\npayments", "报表\nreports", "一致\nequal"):
        table.add_column(name, justify="right")
    for line in found:
        amounts = (line.ledger, line.bank, line.payments or "", line.figure or "")
        table.add_row(line.scheme, line.source, line.step, *amounts, "✗" if line.differs else "✓")
    console.print(table)
    first = next((line for line in found if line.differs), None)
    if first is not None:
        console.print(
            f"[red]✗[/] first difference: {first.scheme}, {first.source}, {first.step}: "
            f"books {first.ledger}, bank {first.bank}, payments {first.payments}, reports {first.figure}",
            highlight=False,
            soft_wrap=True,
        )
    return first is None
