"""A steady load for a long time, with the broker's connections ended now and then: nothing may grow."""

import os
import random
import time
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import eventlet
import psutil
import sqlalchemy as sa

from chassis.database import POOL_SIZE
from tests.chaos.child import GREENLETS_WANTED
from tests.chaos.platforms import Platform
from tests.chaos.strikes.servers import close_connections
from tests.chaos.trial import Office, wait_until
from tests.chaos.workload import Client, id_number

SAMPLE_SECONDS = 10.0
DISTURB_SECONDS = 60.0
CLIENTS = 4
PAUSE_SECONDS = 0.1
"""Between the commands of one client: with the calls themselves some tens of commands a second."""
WARM_UP = 0.25
"""Share of the run that is not judged."""
LIMITS = {
    "rss_mib": (0.05, 4.0),
    "descriptors": (0.0, 4.0),
    "threads": (0.0, 2.0),
    "greenlets": (0.05, 10.0),
    "broker_connections": (0.0, 2.0),
    "strays": (0.0, 3.0),
    "queues": (0.0, 2.0),
}
"""How much each may grow over what is judged, along its slope: a share of its mean, or so much at least.

descriptors: beside connections to the servers. strays: sessions of the database that no process holds.
"""
CONNECTIONS = POOL_SIZE + 1
"""Connections of a process to the database at most: one to hold a lease by, and its pool, which grows to what
was ever needed at once and keeps that. From a pool that leaks, calls soon get none and are not answered.
"""


@dataclass
class Series:
    """One quantity of one process over time."""

    times: list[float]
    values: list[float]

    def judged(self, name: str) -> dict[str, float | bool]:
        """Start, end, max, the slope after the warm-up in units an hour, and whether it is flat."""
        first = next(n for n, at in enumerate(self.times) if at >= self.times[-1] * WARM_UP)
        times, values = self.times[first:], self.values[first:]
        mean_time, mean = sum(times) / len(times), sum(values) / len(values)
        spread = sum((at - mean_time) ** 2 for at in times) or 1.0
        pairs = zip(times, values, strict=True)
        slope = sum((at - mean_time) * (value - mean) for at, value in pairs) / spread
        if name == "database_connections":
            flat = max(self.values) <= CONNECTIONS
        else:
            share, least = LIMITS[name]
            flat = slope * (times[-1] - times[0]) <= max(share * mean, least)
        return {
            "start": self.values[0],
            "end": self.values[-1],
            "max": max(self.values),
            "slope_per_hour": round(slope * 3600, 3),
            "flat": flat,
        }


def soak(office: Office, seconds: float, seed: int) -> dict[str, Any]:
    """Load an office for so long and tell how each process fared; ``broken`` names what grew."""
    platform, rng = office.platform, random.Random(f"soak/{seed}")  # noqa: S311 - to be repeated
    client = Client(platform, office.ledger)
    started = time.monotonic()
    series: defaultdict[tuple[str, str], Series] = defaultdict(lambda: Series([], []))
    loads = [eventlet.spawn(_load, client, rng.random(), f"soak-{seed}-{n}") for n in range(CLIENTS)]
    disturbing = eventlet.spawn(_disturb, office, rng)
    while (at := time.monotonic() - started) < seconds:
        for (process, name), value in _sample(platform).items():
            series[process, name].times.append(at)
            series[process, name].values.append(value)
        eventlet.sleep(SAMPLE_SECONDS)
    disturbing.kill()
    client.abandoned = True
    for load in loads:
        load.wait()
    processes: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for (process, name), one in series.items():
        processes[process][name] = one.judged(name)
    broken = [f"soak: {name} of {process} grows" for process, all_of_it in processes.items()
              for name, judged in all_of_it.items() if not judged["flat"]]  # fmt: skip
    commands = len(office.ledger.replies)
    print(f"soak: {seconds:.0f} s, {commands / seconds:.0f} commands/s, {broken or 'all flat'}", flush=True)
    return {
        "seconds": round(seconds),
        "commands": commands,
        "commands_per_second": round(commands / seconds, 1),
        "limits": {name: {"share": share, "least": least} for name, (share, least) in LIMITS.items()}
        | {"database_connections": {"most": CONNECTIONS}},
        "processes": processes,
        "broken": broken,
    }


def _load(client: Client, seed: float, prefix: str) -> None:
    rng = random.Random(seed)  # noqa: S311 - to be repeated
    number = 0
    while not client.abandoned:
        number += 1
        key = f"{prefix}-{number}"
        if rng.random() < 0.3:
            client.insist("register_persons", client.persons(key, [id_number(rng)]))
        else:
            client.insist("record_regions", client.regions(rng, key))
        eventlet.sleep(PAUSE_SECONDS)


def _disturb(office: Office, rng: random.Random) -> None:
    while True:
        eventlet.sleep(DISTURB_SECONDS)
        close_connections(office, rng, "")


def _sample(platform: Platform) -> dict[tuple[str, str], float]:
    """Every quantity of every process, and of the servers."""
    found: dict[tuple[str, str], float] = {}
    ports = {
        platform.servers.rabbitmq.port: "broker_connections",
        platform.servers.postgres.port: "database_connections",
    }
    for name, process in platform.processes.items():
        with suppress(psutil.NoSuchProcess):
            one = psutil.Process(process.pid)
            connections = Counter(
                ports[each.raddr.port]
                for each in one.net_connections()
                if each.status == psutil.CONN_ESTABLISHED and each.raddr and each.raddr.port in ports
            )
            found |= {
                (name, "rss_mib"): round(one.memory_info().rss / 2**20, 1),
                (name, "descriptors"): one.num_fds() - connections.total(),
                (name, "threads"): one.num_threads(),
                (name, "greenlets"): _greenlets(platform, process.pid),
                **{(name, each): connections[each] for each in ports.values()},
            }
    found["rabbitmq", "queues"] = platform.servers.rabbitmq.count("length(rabbit_amqqueue:list()).")
    sessions = sa.select(sa.func.count()).select_from(sa.table("pg_stat_activity"))
    with platform.source.connect() as connection:
        held = sum(value for (_, name), value in found.items() if name == "database_connections")
        found["postgresql", "strays"] = connection.execute(sessions).scalar_one() - held
    return found


def _greenlets(platform: Platform, pid: int) -> int:
    told = platform.folder / f"{pid}.greenlets"
    told.unlink(missing_ok=True)
    os.kill(pid, GREENLETS_WANTED)
    wait_until(told.exists, "the count of greenlets")
    return int(told.read_text())
