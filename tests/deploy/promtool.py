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
    try:
        if _run(["apt-get", "download", "prometheus"], cache) != 0:
            _run(["apt-get", "update"], cache)
            if _run(["apt-get", "download", "prometheus"], cache) != 0:
                raise PromtoolMissing("apt-get download prometheus failed")
        [package] = cache.glob("prometheus_*.deb")
        if _run(["dpkg-deb", "--extract", str(package), "."], cache) != 0:
            raise PromtoolMissing(f"{package} could not be unpacked")
        package.unlink()
    except (OSError, ValueError, PromtoolMissing) as error:
        log = (cache / "log").read_text("utf-8") if (cache / "log").exists() else ""
        raise PromtoolMissing(
            f"the alert rules are checked by promtool, which is not on PATH, and {error}: install Prometheus "
            f"(Debian: apt-get install prometheus).\n{log[-2000:]}"
        ) from error


def _run(command: list[str], folder: Path) -> int:
    with (folder / "log").open("ab") as log:
        return subprocess.call(command, cwd=folder, stdout=log, stderr=log, timeout=300)
