"""An office's year, from its data to its report, on this machine alone."""

import resource
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from canlian.calling import clerk
from canlian.commands import reconcile
from canlian.commands.glancing import show_registry
from canlian.commands.options import console
from canlian.commands.showing import show_loaded
from canlian.connecting import connect
from canlian.load.loader import Loader
from canlian.load.outcome import Rejections
from canlian.load.progress import OnConsole
from canlian.package.reader import Package
from canlian.reconciling import lines
from canlian.sample.generate import is_whole, write_sample
from canlian.settling import settle
from canlian.snapshot import document, rendering

MAKER = "demo-maker"
CHECKER = "demo-checker"
FORMS = ("json", "csv", "xlsx")


def demo(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where everything is written.")] = Path("out"),
    sample: Annotated[str, typer.Option(metavar="NAME", help="Which sample office.")] = "jinzhai-2024",
) -> None:
    """Make the sample office, load its year, approve and pay, take the snapshot, show what the registry does,
    and compare with what the office has published. Run it again, or after it was killed: nothing is done
    twice.

    Exit code 1 when a figure differs from the published one.

    Example: canlian demo
    """
    started = time.perf_counter()
    shown = OnConsole(console)
    directory = out / sample
    if not is_whole(directory):
        shown.say(f"making the sample {sample}")
        write_sample(sample, directory)
    package = Package(directory)
    office, period = package.manifest.office, package.manifest.period
    settings = settle(office, out / "demo")
    shown.say(f"{package.manifest.zh}\nstarting office {office}")
    with connect(settings) as caller, Rejections.collecting(None) as rejections:
        loaded = Loader(package, caller, MAKER, CHECKER, shown, rejections, practice=True).load()
        show_loaded(loaded, rejections, None)
        shown.say("taking the snapshot")
        taken = document.take(caller, clerk(MAKER), office, f"{office}000000", period)
        show_registry(caller, clerk(MAKER), taken)
        money = lines(caller, clerk(MAKER), period, taken)
    rows = list(document.compare(taken, package))
    rendering.show_comparison(rows, console)
    reconciled = reconcile.show(money)
    for form in FORMS:
        rendering.write(taken, form, out / f"snapshot-{office}-{period}.{form}")
    equal = sum(row.equal for row in rows)
    shown.say(
        f"{equal} of {len(rows)} published figures are equal; files: {out}/snapshot-{office}-{period}.*"
    )
    shown.say(f"hash {taken['hash']} revision {taken['revision']}")
    shown.say(f"{time.perf_counter() - started:.1f} seconds, {_peak_mib():.0f} MiB at most")
    if loaded.rejected or equal < len(rows) or not reconciled:
        raise typer.Exit(1)


def _peak_mib() -> float:
    """The most memory this process has held, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
