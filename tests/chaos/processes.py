"""The office's processes as the suite holds them: started again when they end, killed, paused, held back."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections import deque
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

import eventlet
from eventlet.event import Event

from tests.chaos.child import Task

ROOT = Path(__file__).parents[2]
RESTART_SECONDS = 0.05


class Nursery:
    """The suite's end of tests/chaos/nursery.py."""

    def __enter__(self) -> Self:
        self._socket, theirs = socket.socketpair()
        self._born: deque[Event] = deque()
        self._ends: dict[int, Event] = {}
        python = [sys.executable, "-W", "ignore", "-m", "tests.chaos.nursery", str(theirs.fileno())]
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig=KILL", *python], cwd=ROOT, pass_fds=[theirs.fileno()]
        )
        theirs.close()
        self._reader = eventlet.spawn(self._listen)
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.kill()
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def fork(self, task: Task, environment: dict[str, str], log: Path) -> tuple[int, Event]:
        """A new child's process id, and the event that gets its exit code."""
        born = Event()
        self._born.append(born)
        wanted = {"task": asdict(task), "environment": environment, "log": str(log)}
        self._socket.sendall(json.dumps(wanted).encode() + b"\n")
        pid: int = born.wait()
        return pid, self._ends[pid]

    def _listen(self) -> None:
        with self._socket.makefile("rb") as lines:
            for line in lines:
                told = json.loads(line)
                if "born" in told:
                    self._ends[told["born"]] = Event()
                    self._born.popleft().send(told["born"])
                else:
                    self._ends.pop(told["died"]).send(told["code"])


class Process:
    """A child with a watcher that starts it again whenever it ends, as a service manager would."""

    def __init__(
        self, nursery: Nursery, name: str, task: Task, environment: dict[str, str], log: Path
    ) -> None:
        self.name = name
        self.pid = 0
        self.deaths: list[int] = []
        self._fork: Any = lambda: nursery.fork(task, environment, log)
        self._held = False
        self._stopping = False
        self.pid, self._end = self._fork()
        self._watcher = eventlet.spawn(self._watch)

    def signal(self, number: int) -> None:
        """Send a signal, if it runs."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once; the watcher starts it again."""
        self.signal(signal.SIGKILL)

    def wait_for_death(self, count: int) -> None:
        """Wait until it has ended more than so many times."""
        while len(self.deaths) <= count:
            eventlet.sleep(0.005)

    def hold(self) -> None:
        """End it at once and keep it down until `release`."""
        self._held = True
        before = len(self.deaths)
        self.kill()
        self.wait_for_death(before)

    def release(self) -> None:
        """Let it be started again."""
        self._held = False

    def close(self) -> None:
        """End it for good."""
        self._stopping = True
        self.kill()
        self._watcher.wait()

    def _watch(self) -> None:
        while True:
            code = self._end.wait()
            if self._stopping:
                return
            self.deaths.append(code)
            eventlet.sleep(RESTART_SECONDS)
            while self._held and not self._stopping:
                eventlet.sleep(0.01)
            self.pid, self._end = self._fork()
