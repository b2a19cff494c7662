"""A server program as a child of the tests: found, started in a folder of its own, killed, started again.

It dies with the process that started it, however that ends (PR_SET_PDEATHSIG), and nothing that it wrote is
kept.
"""

import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import psutil

START_SECONDS_MAX = 90
# Not tempfile's choice: root's TMPDIR may be closed to the user that PostgreSQL must run as.
FOLDERS = Path("/tmp")  # noqa: S108


class ServerUnavailable(RuntimeError):
    """A server program is missing or did not come up; the text says which and what to do."""


class Server(ABC):
    """One server process; after `kill` or `stop`, `start` brings it up again with its data."""

    command: list[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "server.log"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=os.environ | self.environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for the tests; they then end the server
            )
        deadline = time.monotonic() + START_SECONDS_MAX
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise ServerUnavailable(f"{self.command} did not start:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.05)  # a server tells nobody that it is up; it is asked, until the deadline

    @abstractmethod
    def ready(self) -> bool:
        """Whether it serves."""

    def stop(self) -> None:
        """Ask for an orderly end."""
        self.process.terminate()
        self.process.wait(timeout=60)

    def kill(self) -> None:
        """End it with all its children at once, as a crash does."""
        family: list[psutil.Process] = []
        with suppress(psutil.NoSuchProcess):
            family.append(psutil.Process(self.process.pid))
            family += family[0].children(recursive=True)
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()
        while any(_runs(process) for process in family):
            time.sleep(0.01)  # of what is not our child the kernel does not tell the end


S = TypeVar("S", bound=Server)


@contextmanager
def running(make: Callable[[Path], S]) -> Iterator[S]:
    """A started server in a new folder."""
    for abandoned in FOLDERS.glob("canlian-[0-9]*-*"):  # by a process that was killed
        if not psutil.pid_exists(int(abandoned.name.split("-")[1])):
            shutil.rmtree(abandoned, ignore_errors=True)
    prefix = f"canlian-{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=prefix, dir=FOLDERS, ignore_cleanup_errors=True) as folder:
        server = make(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.kill()


def find_program(name: str, *patterns: str) -> str:
    """The newest one in the folders that `patterns` match, else the one on PATH."""
    for pattern in patterns:
        for path in sorted(Path("/").glob(f"{pattern.lstrip('/')}/{name}"), reverse=True):
            return str(path)
    if program := shutil.which(name):
        return program
    raise ServerUnavailable(
        f"{name} is not installed: run scripts/test-servers.sh, or name servers that run already "
        "by TEST_DATABASE_URL and TEST_AMQP_URL"
    )


def free_port() -> int:
    """A free port below those that the kernel gives to outgoing connections.

    Among them, a client that keeps trying a server which is down would in the end reach itself and hold the
    port.
    """
    for port in random.SystemRandom().sample(range(15000, 32000), 1000):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise ServerUnavailable("no free port between 15000 and 32000")


def _runs(process: psutil.Process) -> bool:
    """A killed orphan stays a zombie where the first process of the machine does not collect it."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
