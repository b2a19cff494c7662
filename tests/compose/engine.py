"""A Docker engine of the test's own: in a temporary folder, stopped by its pid, nothing left of it."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

START_SECONDS_MAX, STOP_SECONDS_MAX = 60, 120
# On disk: image layers would fill a memory file system.
FOLDERS = Path("/var/tmp")  # noqa: S108
_BRIDGE = Path("/sys/class/net/docker0")
_FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")


class EngineUnavailable(RuntimeError):
    """No engine can be started here; the text says why and what to do."""


@contextmanager
def engine() -> Iterator[Path]:
    """The folder of a running engine, which docker and docker-compose find by DOCKER_HOST."""
    _sweep()
    if _BRIDGE.exists():
        raise EngineUnavailable(
            "a Docker engine runs on this machine (its bridge docker0 is there); this test starts one of its "
            "own, and the two would share bridges and packet filters: stop the other, or use another machine"
        )
    folder = Path(tempfile.mkdtemp(prefix=f"canlian-compose-{os.getpid()}-", dir=FOLDERS))
    forwarding = _FORWARDING.read_text()
    filters = subprocess.run(["iptables", "-S", "FORWARD"], check=True, capture_output=True, text=True).stdout
    (folder / "before").write_text(f"{forwarding}{filters}")
    daemon = _start(folder)
    try:
        yield folder
    finally:
        _empty()
        daemon.terminate()
        try:
            daemon.wait(STOP_SECONDS_MAX)
        finally:
            daemon.kill()
            _clean(folder)


def _start(folder: Path) -> "subprocess.Popen[bytes]":
    socket = f"unix://{folder}/docker.sock"
    os.environ |= {"DOCKER_HOST": socket, "DOCKER_BUILDKIT": "0", "COMPOSE_DOCKER_CLI_BUILD": "0"}
    command = ["setpriv", "--pdeathsig=TERM", "dockerd", f"--host={socket}", f"--data-root={folder}/data"]
    command += [f"--exec-root={folder}/exec", f"--pidfile={folder}/docker.pid", f"--mtu={_mtu()}"]
    with (folder / "log").open("wb") as log:
        daemon = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    deadline = time.monotonic() + START_SECONDS_MAX
    while subprocess.call(["docker", "info"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        if daemon.poll() is not None or time.monotonic() > deadline:
            daemon.kill()
            told = (folder / "log").read_text("utf-8")[-3000:]
            _clean(folder)
            raise EngineUnavailable(f"dockerd did not start:\n{told}")
        time.sleep(0.2)  # dockerd tells nobody that it is up; it is asked, until the deadline
    return daemon


def _mtu() -> int:
    """The smallest of this machine's networks: a larger one on the bridge would stop downloads half-way."""
    return min(card.mtu for card in psutil.net_if_stats().values() if card.isup)


def _empty() -> None:
    """Remove what an interrupted run left in the engine, so that no container and no bridge outlives it."""
    listing = subprocess.run(["docker", "ps", "-aq"], check=False, capture_output=True, text=True)
    if containers := listing.stdout.split():
        subprocess.run(["docker", "rm", "-fv", *containers], check=False, capture_output=True)
    subprocess.run(["docker", "network", "prune", "-f"], check=False, capture_output=True)


def _sweep() -> None:
    """Clean up after runs that were killed."""
    for folder in FOLDERS.glob("canlian-compose-[0-9]*-*"):
        if not psutil.pid_exists(int(folder.name.split("-")[2])):
            _clean(folder)


def _clean(folder: Path) -> None:
    """Take away the engine's bridge, chains of the packet filter, control groups, mounts and folder."""
    subprocess.run(["ip", "link", "delete", "docker0"], check=False, capture_output=True)
    for table in ("filter", "nat"):
        saved = subprocess.run(
            ["iptables-save", "-t", table], check=True, capture_output=True, text=True
        ).stdout
        kept = [
            line for line in saved.splitlines(keepends=True) if "DOCKER" not in line and "docker0" not in line
        ]
        subprocess.run(["iptables-restore"], check=True, input="".join(kept), text=True)
    if (folder / "before").exists():
        forwarding, policy, *_ = (folder / "before").read_text().splitlines()
        _FORWARDING.write_text(forwarding)
        subprocess.run(["iptables", *policy.split()], check=True)
    mounts = [part.mountpoint for part in psutil.disk_partitions(all=True)]
    for mount in sorted((mount for mount in mounts if mount.startswith(f"{folder}/")), reverse=True):
        subprocess.run(["umount", "--lazy", mount], check=False)
    for group in Path("/sys/fs/cgroup").glob("*/docker"):
        with suppress(OSError):  # not empty: another engine's
            group.rmdir()
    shutil.rmtree(folder, ignore_errors=True)
