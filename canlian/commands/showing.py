"""Shows what a load came to."""

from pathlib import Path

from rich.table import Table

from canlian.commands.options import console
from canlian.load.outcome import Loaded, Rejections
from canlian.package.kinds import KINDS


def show_loaded(loaded: Loaded, rejections: Rejections, report: Path | None) -> None:
    """Counts by file, the disbursements, and the first rejected records."""
    table = Table(header_style="bold")
    table.add_column("file")
    for name in ("created", "unchanged", "rejected"):
        table.add_column(name, justify="right")
    titles = {kind.file: kind.zh for kind in KINDS}
    for file, tally in loaded.files.items():
        table.add_row(f"{file} {titles[file]}", str(tally.created), str(tally.unchanged), str(tally.rejected))
    console.print(table)
    for run in loaded.runs:
        console.print(
            f"disbursement {run.scheme} {run.period}: {run.state}, {run.lines} lines, {run.amount} yuan",
            highlight=False,
            soft_wrap=True,
        )
        if run.state == "frozen":
            console.print(
                f"  to be approved by a second person: run {run.run_id}, list hash {run.list_hash}\n"
                "  (canlian rpc subsidy approve_disbursement --as … --role checker '{…}', or load again "
                "with --approve-as)",
                highlight=False,
                soft_wrap=True,
            )
        if run.state == "approved":
            console.print(f"  for the bank: canlian bank send {run.run_id} --out DIR", highlight=False)
        if run.state == "instructed":
            console.print("  some were not paid: `canlian bank held` tells why", highlight=False)
    for problem in rejections.shown:
        console.print(f"rejected {problem}", highlight=False, soft_wrap=True, markup=False)
    if rejections.count > len(rejections.shown):
        more = rejections.count - len(rejections.shown)
        console.print(
            f"and {more} more; {report or '--report FILE'} has all", highlight=False, soft_wrap=True
        )
    if not loaded.changed and not loaded.rejected:
        console.print("everything was there already: unchanged", highlight=False)
