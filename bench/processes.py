"""Programs that the comparisons measure, each in a process of its own."""

import importlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil


@contextmanager
def running(module: str, kind: str, *arguments: object) -> Iterator[psutil.Process]:
    """One of a module's programs, from when it says that it is ready."""
    command = [sys.executable, "-W", "ignore", "-m", module, kind, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            while (line := process.stdout.readline()) and line.strip() != "ready":
                pass
            if not line:
                raise RuntimeError(f"{kind} of {module} did not start")
            yield psutil.Process(process.pid)
        finally:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
            process.kill()


def run(programs: Mapping[str, Callable[..., None]]) -> None:
    """In such a process: run the program that the command line names."""
    kind, *arguments = sys.argv[1:]
    programs[kind](*arguments)


def ready() -> None:
    """In such a process: say that it serves."""
    print("ready", flush=True)


def office(services: str, broker_url: str, folder: str, database_url: str, roles: str) -> None:
    """Serve services (``module:class``, separated by commas) by the chassis, as `canlian up` does."""
    import eventlet

    eventlet.monkey_patch()
    from bench.office import settings
    from chassis.office import Office

    places = [place.split(":") for place in services.split(",")]
    classes = [getattr(importlib.import_module(module), name) for module, name in places]
    Office(settings(Path(folder), broker_url, database_url, roles), classes).start()
    ready()
    while True:
        eventlet.sleep(60)


def rebuild(broker_url: str, folder: str, database_url: str) -> None:
    """Rebuild reporting's facts as `canlian rebuild reporting --check` does, and find them equal.

    Prints the seconds of applying the registry's events, those of the whole, and the CPU seconds of it.
    """
    from chassis import green

    green.patch()
    from bench.measure import Stopwatch
    from bench.office import OFFICE, settings
    from chassis.rebuilding import Order, Rebuild
    from chassis.rpc_client import RpcClient
    from chassis.token_source import TokenSource
    from services.reporting.service import ReportingService

    given = settings(Path(folder), broker_url, database_url)
    tokens = TokenSource(given.token_keys)
    reached: list[float] = []

    def progress(source: str, _done: int, _total: int) -> None:
        if source == "registry":
            reached.append(time.perf_counter())

    def ask(source: str, fields: dict[str, Any]) -> dict[str, Any]:
        return client.call(source, "events_after", fields)

    with RpcClient(broker_url, lambda: tokens.system_token("reporting", OFFICE)) as client:
        watch = Stopwatch()
        order = Order(by="bench", reason="measured", check_only=True)
        outcome = Rebuild(ReportingService, given, ask, progress).run(order)
        turn = watch.turn(1)
    assert outcome.equal, outcome
    print(reached[-1] - reached[0], turn.seconds, turn.cpu)


if __name__ == "__main__":
    run({"office": office, "rebuild": rebuild})
