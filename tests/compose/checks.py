"""What must hold of the running containers: their limits, their separation, and what Prometheus sees."""

import time
from pathlib import Path
from typing import Any

import yaml

from tests.compose.project import Project

SCRAPED_SECONDS_MAX = 120
_PORTS = {"postgres": 5432, "rabbitmq": 5672}
_CONNECT = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 3)"


def unconfined(project: Project) -> list[str]:
    """Containers whose main process, as the kernel sees it, may do more than it should."""
    return [
        f"{service}: {wrong}"
        for service in project.services()
        if (wrong := _too_free(project.state(service)))
    ]


def _too_free(container: dict[str, Any]) -> list[str]:
    limits = container["HostConfig"]
    status = Path(f"/proc/{container['State']['Pid']}/status").read_text("utf-8")
    told = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    wanted = {
        "runs as root": told["Uid"].split()[0] != "0",
        "has capabilities": {int(told[name], 16) for name in ("CapEff", "CapPrm", "CapBnd")} == {0},
        "may gain privileges": told["NoNewPrivs"] == "1",
        "may write to its image": limits["ReadonlyRootfs"],
        "has no limit of memory": limits["Memory"] > 0,
        "has no limit of processor time": limits["NanoCpus"] > 0,
        "has no limit of processes": (limits["PidsLimit"] or 0) > 0,
        "was killed for its memory": not container["State"]["OOMKilled"],
        "has a secret in its environment": not any(
            "://" in each and "@" in each for each in _values(container)
        ),
    }
    return [text for text, holds in wanted.items() if not holds]


def _values(container: dict[str, Any]) -> list[str]:
    # The settings want a URL; one with no password in it is no secret.
    return [each for each in container["Config"]["Env"] if "postgres/{service}" not in each]


def reached(project: Project, other: Project) -> list[str]:
    """The servers of the other office that a service of this one reaches; its own it must reach."""
    unreachable = [service for service in _PORTS if not _connects(project, project, service)]
    if unreachable:
        raise RuntimeError(f"{project.name}: registry does not reach {unreachable}: this would prove nothing")
    return [service for service in _PORTS if _connects(project, other, service)]


def _connects(project: Project, other: Project, service: str) -> bool:
    """Whether the registry of an office can speak to a server of its own or of another office."""
    networks = other.state(service)["NetworkSettings"]["Networks"]
    address = networks[f"{other.name}_inside"]["IPAddress"]
    command = ("python", "-c", _CONNECT, address, str(_PORTS[service]))
    return project.execute("registry", *command).returncode == 0


def targets(project: Project) -> tuple[int, list[str]]:
    """How many targets Prometheus has, and which it cannot read, once it has asked them all again."""
    configuration = yaml.safe_load(Path("deploy/prometheus/prometheus.yml").read_text("utf-8"))
    wanted = sum(len(job["static_configs"][0]["targets"]) for job in configuration["scrape_configs"])
    deadline = time.monotonic() + SCRAPED_SECONDS_MAX
    while True:
        active = project.ask_prometheus("targets?state=active")["activeTargets"]
        down = [f"{each['scrapeUrl']} {each['lastError']}" for each in active if each["health"] != "up"]
        if (len(active) == wanted and not down) or time.monotonic() > deadline:
            return len(active), down
        time.sleep(1)  # until Prometheus has scraped, which it tells nobody


def alerts(project: Project) -> list[str]:
    """The alerts that sound now; some look ten minutes back, over what was done to the office."""
    sounding = project.ask_prometheus("alerts")["alerts"]
    return sorted({each["labels"]["alertname"] for each in sounding if each["state"] == "firing"})


def broken_rules(project: Project) -> list[str]:
    """The alert rules that Prometheus could not evaluate."""
    groups = project.ask_prometheus("rules")["groups"]
    return [rule["name"] for group in groups for rule in group["rules"] if rule["health"] == "err"]
