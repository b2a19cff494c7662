"""Which of the systems in docs/systems.csv are shown to work by a test: `@pytest.mark.system("REG-02")`.

`--systems-report FILE` writes one entry for every system, tested or not. The folders of tests run in
processes of their own, so an existing FILE is added to; whoever starts a new report removes the old one.
"""

import csv
import fcntl
import json
from pathlib import Path
from typing import TypedDict

import pytest

CATALOGUE = Path(__file__).parents[2] / "docs" / "systems.csv"


class Entry(TypedDict):
    id: str
    zh: str
    en: str
    tests: list[str]
    passed: bool


def catalogue() -> list[dict[str, str]]:
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--systems-report", type=Path, help="add the results by system to this JSON file")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"system(id): shows that this system of docs/{CATALOGUE.name} works")
    config.pluginmanager.register(SystemsReport(config.getoption("--systems-report")))


class SystemsReport:
    def __init__(self, report: Path | None) -> None:
        self.report = report
        self.entries = {row["id"]: Entry(id=row["id"], zh=row["zh"], en=row["en"], tests=[], passed=False)
                        for row in catalogue()}  # fmt: skip
        self.systems_of: dict[str, list[str]] = {}
        self.failed: set[str] = set()

    @pytest.hookimpl(trylast=True)  # after -m and -k have taken out what does not run
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            systems = [system for mark in item.iter_markers("system") for system in mark.args]
            if unknown := set(systems) - self.entries.keys():
                raise pytest.UsageError(f"{item.nodeid}: no system {sorted(unknown)} in {CATALOGUE.name}")
            self.systems_of[item.nodeid] = systems

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not report.passed:  # a skipped test shows nothing either
            self.failed.add(report.nodeid)
        if report.when == "teardown":
            for system in self.systems_of[report.nodeid]:
                self.entries[system]["tests"].append(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        if self.report is None:
            return
        self.report.parent.mkdir(parents=True, exist_ok=True)
        # Two folders' processes may end at the same moment.
        with self.report.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._write(self.report)

    def _write(self, report: Path) -> None:
        before: dict[str, Entry] = {}
        if report.exists():
            before = {entry["id"]: entry for entry in json.loads(report.read_text(encoding="utf-8"))}
        for system, entry in self.entries.items():
            passed = bool(entry["tests"]) and self.failed.isdisjoint(entry["tests"])
            if (old := before.get(system)) and old["tests"]:
                passed = old["passed"] and (passed or not entry["tests"])
                entry["tests"] = old["tests"] + entry["tests"]
            entry["passed"] = passed
        text = json.dumps(list(self.entries.values()), ensure_ascii=False, indent=1)
        report.write_text(f"{text}\n", encoding="utf-8")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.report is None:
            return
        terminalreporter.section(f"systems ({self.report})")
        for entry in self.entries.values():
            state = "passed" if entry["passed"] else "FAILED" if entry["tests"] else "no test"
            terminalreporter.line(f"{entry['id']}  {state:8} {len(entry['tests']):4}  {entry['en']}")
        passed = sum(entry["passed"] for entry in self.entries.values())
        terminalreporter.line(f"{passed} of {len(self.entries)} systems shown by passing tests")
