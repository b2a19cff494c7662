"""What must hold of the running containers: their limits, their separation, and what Prometheus sees."""

import time
from pathlib import Path
from typing import Any

import yaml

from tests.compose.project import Project

SCRAPED_SECONDS_MAX = 120
# They look ten minutes back and more: calls did fail while a service's database was away.
EXPECTED_ALERTS = {"RpcFaults"}
_REACHES = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 3)"


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
    """What a service reaches and should not: the other office's servers, and what is outside."""
    foreign = {
        f"the {service} of {other.office}": (_address(other, service), port) for service, port in _SERVERS
    }
    foreign["the outside"] = (_gateway(other), other.prometheus_port)
    own = {f"its own {service}": (_address(project, service), port) for service, port in _SERVERS}
    unreachable = [name for name, where in own.items() if not _connects(project, *where)]
    if unreachable:
        raise RuntimeError(
            f"{project.name}: registry does not reach {unreachable}, so the check proves nothing"
        )
    return [name for name, where in foreign.items() if _connects(project, *where)]


_SERVERS = (("postgres", 5432), ("rabbitmq", 5672))


def _address(project: Project, service: str) -> str:
    address: str = project.state(service)["NetworkSettings"]["Networks"][f"{project.name}_inside"][
        "IPAddress"
    ]
    return address


def _gateway(project: Project) -> str:
    networks = project.state("prometheus")["NetworkSettings"]["Networks"]
    address: str = networks[f"{project.name}_watching"]["IPAddress"]
    return address


def _connects(project: Project, address: str, port: int) -> bool:
    return project.execute("registry", "python", "-c", _REACHES, address, str(port)).returncode == 0


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
        time.sleep(1)


def alerts(project: Project) -> list[str]:
    """The alerts that sound now."""
    sounding = project.ask_prometheus("alerts")["alerts"]
    return sorted({each["labels"]["alertname"] for each in sounding if each["state"] == "firing"})


def broken_rules(project: Project) -> list[str]:
    """The alert rules that Prometheus could not evaluate."""
    groups = project.ask_prometheus("rules")["groups"]
    return [rule["name"] for group in groups for rule in group["rules"] if rule["health"] == "err"]
