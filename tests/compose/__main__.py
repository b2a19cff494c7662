"""`python -m tests.compose`: docker-compose.yml for real. Findings go to out/compose.json; exit code 1 for a
bad one.

A county and a city are started side by side as deploy/README.md tells a new user to; the county loads its
year while its containers are killed, cut off, restarted and frozen. CANLIAN_COMPOSE_CACHE names the folder
that keeps the stand-in images from one run to the next.
"""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import yaml

from canlian.package.reader import Package
from tests.compose import checks, images, work
from tests.compose.engine import EngineUnavailable, engine
from tests.compose.faults import all_faults
from tests.compose.findings import Findings
from tests.compose.project import Project

ROOT = Path(__file__).parents[2]
OUT = ROOT / "out"
CACHE = Path(os.environ.get("CANLIAN_COMPOSE_CACHE") or OUT / "standins")
FAILURES = (RuntimeError, OSError, subprocess.SubprocessError)
COUNTY, CITY = "341524", "341500"


def main() -> int:
    """Run it all; the exit code."""
    os.chdir(ROOT)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(130))
    findings = Findings()
    try:
        with engine() as folder, closing(work.Embedded(folder / "embedded")) as embedded:
            run(folder, embedded, findings)
    except EngineUnavailable as error:
        print(f"make compose-test: {error}", file=sys.stderr)
        return 1
    except FAILURES as error:
        findings.add("went wrong", error, good=False)
    findings.write(OUT / "compose.json")
    bad = [row.done for row in findings.rows if not row.good]
    print(f"make compose-test: {len(findings.rows)} rows, {len(bad)} bad", *bad, "see out/compose.json")
    return 0 if findings.good else 1


def run(folder: Path, embedded: work.Embedded, findings: Findings) -> None:
    """Images, two offices, work under faults, and what must hold afterwards."""
    versions = subprocess.run(
        ["docker", "version", "--format={{.Server.Version}}"], check=True, stdout=subprocess.PIPE
    )
    findings.add("start an engine", f"dockerd {versions.stdout.decode().strip()}")
    origins = images.provide(folder, CACHE)
    for origin in sorted(set(origins.values())):
        findings.add(f"images, {origin}", ", ".join(image for image in origins if origins[image] == origin))
    source = copy(folder / "source")
    county, city = (Project(office, source, override(folder)) for office in (COUNTY, CITY))
    with removed(county, city):
        start(county, city, findings)
        use(folder, embedded, county, city, findings)


def start(county: Project, city: Project, findings: Findings) -> None:
    """Both offices, and what must hold of them before any work."""
    for project in (county, city):
        doctor = project.first_start()
        findings.add(f"first start of {project.office}, as its page says", doctor.strip().splitlines()[-1])
        for service in project.services():
            project.wait_healthy(service)
        findings.add(f"{project.office} healthy", f"{len(project.services())} containers")
        wrong = checks.unconfined(project)
        findings.add(f"{project.office} limits", wrong or "all confined", not wrong)
    findings.add("image of the platform", f"{images.added_megabytes():.0f} MB over its base")
    for project, other in ((county, city), (city, county)):
        found = checks.reached(project, other)
        findings.add(f"{project.office} reaches the other's servers", found or "nothing", not found)


def use(folder: Path, embedded: work.Embedded, county: Project, city: Project, findings: Findings) -> None:
    """The county's year under faults, the city's small one, and what must hold of both afterwards."""
    package = Package(embedded.package)
    for fault, load in work.load_under(county, embedded.package, all_faults(), folder / "load.log"):
        findings.add(fault, f"healthy again; load {load}")
    taken = work.snapshot(county, package, f"{COUNTY}000000")
    count, wrong = work.unequal(taken, package)
    findings.add(f"{COUNTY} published figures", wrong or f"{count} of {count} equal", not wrong)
    same = taken["hash"] == embedded.snapshot()["hash"]
    findings.add(f"{COUNTY} snapshot, as the embedded one", f"hash {taken['hash'][:16]}…", same)
    recorded = county.recorded()
    same = all(embedded.recorded(service) == number for service, number in recorded.items())
    findings.add(f"{COUNTY} events, as in the embedded", sum(recorded.values()), same)
    small = Package(work.county_of_the_city(folder / "small", CITY))
    city.operator(*work.LOAD, package=folder / "small")
    count, wrong = work.unequal(work.snapshot(city, small, f"{work.CITY_COUNTY}000000"), small)
    findings.add(f"{CITY} published figures", wrong or f"{count} of {count} equal", not wrong)
    for project in (county, city):
        findings.add(f"{project.office} doctor", project.operator("doctor").strip().splitlines()[-1])
        watched(project, findings)
        wrong = checks.unconfined(project)
        findings.add(f"{project.office} limits after it", wrong or "all confined", not wrong)


def watched(project: Project, findings: Findings) -> None:
    """What Prometheus sees."""
    number, down = checks.targets(project)
    findings.add(f"{project.office} targets", down or f"{number} up", not down)
    broken = checks.broken_rules(project)
    findings.add(f"{project.office} rules of alerts", broken or "all evaluated", not broken)
    sounding = checks.alerts(project)
    findings.add(f"{project.office} alerts", sounding or "none", not sounding)


def copy(target: Path) -> Path:
    """The repository's files, without secrets and data that lie beside them."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listing, check=True, stdout=subprocess.PIPE).stdout
    target.mkdir()
    packed = subprocess.run(
        ["tar", "--null", "--files-from=-", "--ignore-failed-read", "-c"],
        check=True,
        input=names,
        stdout=subprocess.PIPE,
    )
    subprocess.run(["tar", "-C", str(target), "-x"], check=True, input=packed.stdout)
    return target


def override(folder: Path) -> Path:
    """A second compose file: root of a container may be forbidden to raise the limit of open files."""
    limit = min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], 65536)
    nofile = {"nofile": {"soft": limit, "hard": limit}}
    path = folder / "override.yml"
    path.write_text(yaml.safe_dump({"services": {"rabbitmq": {"ulimits": nofile}}}), "utf-8")
    return path


@contextmanager
def removed(*projects: Project) -> Iterator[None]:
    """The projects are removed at the end; until then their logs are kept in out/ when something fails."""
    try:
        yield
    except FAILURES:
        OUT.mkdir(exist_ok=True)
        for project in projects:
            (OUT / f"compose-{project.office}.log").write_text(project.compose("logs", "--no-color"), "utf-8")
        raise
    finally:
        for project in projects:
            project.remove()


if __name__ == "__main__":
    sys.exit(main())
