"""What one process of the office under test does; it runs in a fork of tests/chaos/nursery.py.

The settings come from the environment, as for any process of an office.
"""

import gc
import json
import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import greenlet

from chassis import broker, rpc, rpc_client, subscription
from chassis.office import Office
from chassis.settings import Settings
from tests.chaos import failpoints
from tests.chaos.mutants import MUTANTS
from tests.chaos.sink.service import SinkService
from tests.chaos.source.service import SourceService

SERVICES = {"source": SourceService, "sink": SinkService}
GREENLETS_WANTED = signal.SIGUSR1
"""Makes a child write how many greenlets it has into the file of its orders' folder, by its process id."""


@dataclass(frozen=True)
class Task:
    """What a child is to be.

    order: file in which the suite orders deaths. heartbeat: seconds, instead of the product's own.
    """

    order: str
    services: tuple[str, ...]
    mutant: str = ""
    heartbeat: int | None = None


def run(task: Task) -> None:
    """Be that process until the end."""
    if task.heartbeat is not None:
        for module in (broker, rpc, rpc_client, subscription):
            vars(module)["HEARTBEAT_SECONDS"] = task.heartbeat
    if task.mutant:
        MUTANTS[task.mutant].patch()
    failpoints.arm(failpoints.Order(Path(task.order)))
    signal.signal(GREENLETS_WANTED, lambda *_: _count_greenlets(Path(task.order).parent))
    Office(Settings(), [SERVICES[name] for name in task.services]).serve()


def _count_greenlets(folder: Path) -> None:
    count = sum(isinstance(each, greenlet.greenlet) and not each.dead for each in gc.get_objects())
    draft = folder / f"{os.getpid()}.greenlets.draft"
    draft.write_text(json.dumps(count))
    draft.rename(draft.with_suffix(""))


def task_of(fields: dict[str, Any]) -> Task:
    """A task as it comes through JSON."""
    return Task(**fields | {"services": tuple(fields["services"])})
