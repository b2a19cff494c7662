"""Runs the command line in processes of their own, as a user would."""

import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from tempfile import gettempdir

import httpx

ROOT = Path(__file__).parents[2]
SECONDS = 600.0


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Nothing of the tests' own settings gets into the commands.

    They share compiled modules outside the working tree: else each of many starts would compile everything.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CANLIAN_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    compiled = str(Path(gettempdir()) / "compiled-canlian-for-e2e")
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": compiled, **(more or {})}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "canlian.cli", *arguments]


def canlian(*arguments: str, code: int | None = 0, env: Mapping[str, str] | None = None) -> str:
    """Run a command to its end and return what it printed. code: the exit code it must have."""
    done = subprocess.run(
        command(*arguments),
        env=environment(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    assert code is None or done.returncode == code, f"exit code {done.returncode}\n{done.stdout}"
    return done.stdout


@contextmanager
def running(*arguments: str, env: Mapping[str, str] | None = None) -> Iterator["Running"]:
    """A command that goes on while the context lasts; killed at its end if it still runs."""
    process = subprocess.Popen(
        command(*arguments), env=environment(env), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        yield Running(process)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=SECONDS)


class Running:
    """A command and what it has printed so far."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process
        self.text = ""

    def wait_for(self, text: str) -> None:
        """Read until the text was printed; fail when the process ends before, or takes too long."""
        assert self.reaches(text), f"{text!r} was never printed\n{self.text}"

    def wait_until_ready(self) -> None:
        """Ask the readiness whose address an office prints first; fail when it takes too long."""
        self.wait_for("/health/ready")
        found = re.search(r"http\S+/health/ready", self.text)
        assert found
        deadline = time.monotonic() + SECONDS
        while (answer := httpx.get(found[0], timeout=30)).status_code != HTTPStatus.OK:
            assert time.monotonic() < deadline, answer.text
            time.sleep(0.1)  # it is asked until it is ready, or the deadline

    def reaches(self, text: str) -> bool:
        """Read until the text was printed; False when the process ends before."""
        assert self.process.stdout is not None
        descriptor = self.process.stdout.fileno()
        deadline = time.monotonic() + SECONDS
        while text not in self.text:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"{text!r} was not printed in {SECONDS} seconds\n{self.text}"
            printed = os.read(descriptor, 65536)
            if not printed:
                return False
            self.text += printed.decode("utf-8", "replace")
        return True

    def kill(self) -> None:
        """As if the machine's power failed: SIGKILL, no goodbye."""
        self.process.kill()
        self.process.wait(SECONDS)
