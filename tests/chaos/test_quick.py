"""The quick tier of the chaos suite, as a test: `make chaos` runs all of it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chaos.catalogue import ENGINES
from tests.chaos.invariants import RULES

ROOT = Path(__file__).parents[2]
SECONDS = 900
"""Far more than the minute and a half that it takes alone, for machines that do other things meanwhile."""


@pytest.mark.slow
@pytest.mark.timeout(SECONDS + 30)
def test_nothing_is_lost_or_done_twice_when_processes_and_servers_die_and_mutants_are_caught(
    tmp_path: Path,
) -> None:
    out = tmp_path / "chaos.json"
    command = [sys.executable, "-W", "ignore", "-m", "tests.chaos", "--tier", "quick", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, timeout=SECONDS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(out.read_text())
    assert {fault["engine"] for fault in report["faults"]} == set(ENGINES)
    for fault in report["faults"]:
        assert fault["trials"] == len(fault["seeds"]) >= 1
        assert not any(fault[rule] for rule in (*RULES, "not_recovered")), fault
        assert fault["recovered_seconds_max"] <= fault["recovery_seconds"]
    assert report["mutants"]["caught"] == report["mutants"]["total"] == len(report["mutants"]["names"]) > 0
