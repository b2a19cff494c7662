"""Prometheus's promtool: the one on PATH, or Debian's, fetched once and kept in pytest's cache."""

import shutil
import subprocess
from pathlib import Path


class PromtoolMissing(RuntimeError):
    """promtool is neither installed nor to be had."""


def find(cache: Path) -> str:
    """The program's path. Raises ``PromtoolMissing`` with what was tried."""
    if installed := shutil.which("promtool"):
        return installed
    kept = cache / "usr" / "bin" / "promtool"
    if not kept.exists():
        _fetch(cache)
    return str(kept)


def _fetch(cache: Path) -> None:
    """Take promtool out of Debian's package, without installing it: that would start a server."""
    download = ["apt-get", "download", "prometheus"]
    if not _run(download, cache):
        _run(["apt-get", "update"], cache)
        _run(download, cache)
    for package in cache.glob("prometheus_*.deb"):
        _run(["dpkg-deb", "--extract", str(package), "."], cache)
        package.unlink()
    if not (cache / "usr" / "bin" / "promtool").exists():
        raise PromtoolMissing(
            "The alert rules are checked by promtool, which is not on PATH, and Debian's package of it could "
            f"not be had: install Prometheus (Debian: apt-get install prometheus).\n{_log(cache)[-2000:]}"
        )


def _run(command: list[str], folder: Path) -> bool:
    """Run a command in the folder, its words into the log; whether it succeeded."""
    with (folder / "log").open("a", encoding="utf-8") as log:
        try:
            return subprocess.call(command, cwd=folder, stdout=log, stderr=log, timeout=90) == 0
        except (OSError, subprocess.TimeoutExpired) as error:
            log.write(f"{error}\n")
            return False


def _log(folder: Path) -> str:
    return (folder / "log").read_text("utf-8")
