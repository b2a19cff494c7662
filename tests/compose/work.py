"""The work that the offices do: an embedded office as the measure, then the same in containers."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from canlian.package.reader import Package
from canlian.sample.generate import write_sample
from canlian.snapshot.document import compare
from tests.compose.project import Project

COUNTY_SAMPLE, CITY_SAMPLE = "jinzhai-2024", "xinghe-2023"
CITY_COUNTY = "341502"
CANLIAN = str(Path(sys.executable).with_name("canlian"))
LOAD = ("load", "/package", "--as", "maker", "--approve-as", "checker", "--practice-bank")


class Embedded:
    """The sample's year in one process on SQLite, begun at once and awaited when its figures are wanted.

    package: the sample's folder, whole from the beginning.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.package = folder / COUNTY_SAMPLE
        folder.mkdir()
        write_sample(COUNTY_SAMPLE, self.package)
        command = [CANLIAN, "demo", "--out", str(folder), "--sample", COUNTY_SAMPLE]
        with (folder / "log").open("wb") as log:
            self._demo = subprocess.Popen(command, stdout=log, stderr=log)

    def snapshot(self) -> dict[str, Any]:
        """Its snapshot. Raises RuntimeError when it failed."""
        if self._demo.wait():
            raise RuntimeError(f"canlian demo: {(self._folder / 'log').read_text('utf-8')[-2000:]}")
        [file] = self._folder.glob("snapshot-*.json")
        snapshot: dict[str, Any] = json.loads(file.read_text("utf-8"))
        return snapshot

    def recorded(self, service: str) -> int:
        """How many events a service has recorded."""
        command = [CANLIAN, "rpc", service, "show_status", "--data-dir", str(self._folder / "demo")]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
        recorded: int = json.loads(done.stdout)["recorded"]
        return recorded

    def close(self) -> None:
        """End it, should it still run."""
        self._demo.kill()
        self._demo.wait()


def county_of_the_city(folder: Path, city: str) -> Path:
    """The small sample as a county of the city: other division codes, the same persons."""
    write_sample(CITY_SAMPLE, folder)
    manifest = folder / "package.yaml"
    was = re.findall(r"^office: '(\d{6})'$", manifest.read_text("utf-8"), re.MULTILINE)[0]
    manifest.write_text(manifest.read_text("utf-8").replace(f"office: '{was}'", f"office: '{city}'"), "utf-8")
    for file in folder.glob("*.csv"):
        codes = re.compile(rf"(?<!\d){was}(\d{{6}})(?!\d)")
        file.write_text(codes.sub(rf"{CITY_COUNTY}\1", file.read_text("utf-8")), "utf-8")
    return folder


def load_under(
    project: Project, package: Path, faults: Iterator[tuple[str, Callable[[Project], None]]], log: Path
) -> Iterator[tuple[str, int]]:
    """Load the package again and again until every fault has struck; each fault with the number of its load.

    Raises RuntimeError when a load fails: none may, because callers wait for what is away.
    """
    loads = 0
    loading = None
    for name, strike in faults:
        if loading is None or loading.poll() is not None:
            _ended_well(loading, log)
            loading = project.start_operator(list(LOAD), package, log)
            loads += 1
        strike(project)
        yield name, loads
    if loading:
        loading.wait()
    _ended_well(loading, log)


def _ended_well(loading: "subprocess.Popen[bytes] | None", log: Path) -> None:
    if loading is not None and loading.returncode:
        raise RuntimeError(f"the load ended with {loading.returncode}:\n{log.read_text('utf-8')[-3000:]}")


def snapshot(project: Project, package: Package, region: str) -> dict[str, Any]:
    """The office's snapshot of the package's period."""
    period = package.manifest.period
    told = project.operator(
        "snapshot", "--as", "maker", "--period", period, "--region", region, "--format", "json"
    )
    taken: dict[str, Any] = json.loads(told)
    return taken


def unequal(taken: dict[str, Any], package: Package) -> tuple[int, list[str]]:
    """How many figures are published, and which of them the snapshot has otherwise."""
    rows = list(compare(taken, package))
    return len(rows), [str(row.published["indicator"]) for row in rows if not row.equal]
