"""`python -m bench.profile rpc|append|relay|follow`: where our process spends its time, by py-spy.

Prints shares of the samples in which the process worked: by the library in which it was, and by the functions
of the chassis that were under way. Samples are kept in out/profile-NAME.txt (collapsed stacks, for flame
graphs). `append` and `relay` work in this process itself, which py-spy may watch as root only.
"""

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from kombu import Connection
from rich.console import Console
from rich.table import Table

from bench import append, follow, relay, rpc
from bench.office import databases, runtime
from chassis import topology
from tests.support import servers
from tests.support.servers import PostgresServer, RabbitMQServer
from tests.support.source.service import SourceService

RATE = 200
TURNS = 4
SHOWN = 25
FRAME = re.compile(r"(?P<function>[^ ;]+) \((?P<file>[^):]+)")
PACKAGE = re.compile(r"site-packages/(\w+)")


@contextmanager
def watched(path: Path, pid: int) -> Iterator[None]:
    """Samples of a process while the block runs."""
    program = str(Path(sys.executable).with_name("py-spy"))
    # With --gil what waits for a server does not count.
    options = ["--gil", "--rate", str(RATE), "--function", "--full-filenames", "--format", "raw"]
    command = [program, "record", "--pid", str(pid), *options, "--output", str(path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        yield
        process.send_signal(signal.SIGINT)
    if process.returncode:
        raise RuntimeError("py-spy could not watch the process: it needs to be root")


def of_rpc(pg: PostgresServer, mq: RabbitMQServer, path: Path) -> None:
    """Fifty calls in flight."""
    with (
        TemporaryDirectory() as name,
        mq.vhost() as url,
        databases(pg, "registry") as database_url,
        ExitStack() as stack,
    ):
        caller = rpc.callers(stack, url, Path(name), database_url)["ours"]
        with watched(path, caller.server.pid):
            for _ in range(TURNS):
                caller.turn(50)


def of_append(pg: PostgresServer, _: RabbitMQServer, path: Path) -> None:
    """Eight writers of a row and an event."""
    with TemporaryDirectory() as name, pg.database() as url:
        source = runtime(SourceService, Path(name), "amqp://unused", url)
        with closing(source), watched(path, os.getpid()):
            append.transactions(partial(append.by_chassis, source, with_event=True), TURNS * append.SECONDS)


def of_relay(pg: PostgresServer, mq: RabbitMQServer, path: Path) -> None:
    """A full log."""
    with TemporaryDirectory() as name, pg.database() as database_url, mq.vhost() as url:
        with Connection(url) as connection:
            topology.declare(connection, embedded=False)
        source = runtime(SourceService, Path(name), url, database_url)
        with closing(source), watched(path, os.getpid()):
            relay.relayed(source, url)


def of_follow(pg: PostgresServer, mq: RabbitMQServer, path: Path) -> None:
    """A full queue."""
    with follow.filled(pg, mq) as here:
        follow.ours(here, partial(watched, path))


PROFILES: dict[str, Callable[[PostgresServer, RabbitMQServer, Path], None]] = {
    "rpc": of_rpc,
    "append": of_append,
    "relay": of_relay,
    "follow": of_follow,
}


def shares(stacks: str) -> tuple[Counter[str], Counter[str]]:
    """Samples by the library of the innermost frame, and by chassis function anywhere in the stack."""
    by_library: Counter[str] = Counter()
    by_function: Counter[str] = Counter()
    for line in stacks.splitlines():
        stack, _, count = line.rpartition(" ")
        frames = [(match["function"], match["file"]) for match in FRAME.finditer(stack)]
        if not frames:
            continue
        by_library[_library(frames[-1][1])] += int(count)
        for function, file in {frame for frame in frames if _library(frame[1]) == "chassis"}:
            by_function[f"{Path(file).name} {function}"] += int(count)
    return by_library, by_function


def _library(file: str) -> str:
    if package := PACKAGE.search(file):
        return package[1]
    folder = Path(file).parent.name
    return folder if folder in {"chassis", "contracts", "kernel", "bench"} else "others and standard library"


def show(path: Path) -> None:
    """Print both shares."""
    by_library, by_function = shares(path.read_text())
    total = by_library.total()
    for title, counted in (("working in", by_library), ("under way in the chassis", by_function)):
        table = Table(title, "share of the samples")
        for name, count in counted.most_common(SHOWN):
            table.add_row(name, f"{count / total:.1%}")
        Console(width=100).print(table)


def main(names: list[str]) -> int:
    if len(names) != 1 or names[0] not in PROFILES:
        print(__doc__)
        return 2
    path = Path(f"out/profile-{names[0]}.txt")
    path.parent.mkdir(exist_ok=True)
    with servers.postgres() as pg, servers.rabbitmq() as mq:
        PROFILES[names[0]](pg, mq, path)
    show(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
