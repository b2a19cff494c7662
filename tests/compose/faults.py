"""What is done to the containers while they work, each fault with its own end."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial

from tests.compose.project import Project

FAULT_SECONDS = 15.0
"""How long a container is cut off or frozen: longer than a heartbeat."""
RESTARTED = ("rabbitmq", "postgres")
KILLED = ("registry", "subsidy", "rehab", "employment", "reporting", "reporting-follow", "relay", *RESTARTED)
CUT = ("relay", "rehab", "registry", "rabbitmq", "postgres")
PAUSED = ("reporting-follow",)


def kill(project: Project, service: str) -> None:
    """End the main process as the kernel would; the restart policy must bring the container back."""
    state = project.state(service)["State"]
    os.kill(state["Pid"], signal.SIGKILL)
    project.wait_healthy(service, other_than=state["StartedAt"])


def restart(project: Project, service: str) -> None:
    """What an administrator does."""
    before = project.state(service)["State"]["StartedAt"]
    project.compose("restart", service)
    project.wait_healthy(service, other_than=before)


def cut(project: Project, service: str) -> None:
    """Take the container off the office's network for a while."""
    network, container = f"{project.name}_inside", project.container(service)
    subprocess.run(["docker", "network", "disconnect", network, container], check=True)
    time.sleep(FAULT_SECONDS)  # the fault itself: for so long it lasts
    subprocess.run(["docker", "network", "connect", "--alias", service, network, container], check=True)
    project.wait_healthy(service)


def pause(project: Project, service: str) -> None:
    """Freeze the container for a while."""
    container = project.container(service)
    subprocess.run(["docker", "pause", container], check=True, stdout=subprocess.DEVNULL)
    time.sleep(FAULT_SECONDS)  # the fault itself: for so long it lasts
    subprocess.run(["docker", "unpause", container], check=True, stdout=subprocess.DEVNULL)
    project.wait_healthy(service)


def all_faults() -> Iterator[tuple[str, Callable[[Project], None]]]:
    """Every fault under its name; the kinds take turns, so that each meets another part of the work."""
    kinds = ((kill, KILLED), (cut, CUT), (restart, RESTARTED), (pause, PAUSED))
    for turn in range(len(KILLED)):
        for strike, services in kinds:
            if turn < len(services):
                yield f"{strike.__name__} {services[turn]}", partial(strike, service=services[turn])
