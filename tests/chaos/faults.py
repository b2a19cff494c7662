"""The faults, and one trial of any of them: work, strike, wait for recovery, look for damage."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import eventlet
import sqlalchemy as sa

from tests.chaos.failpoints import BROKER_POINTS, SINK_POINTS, SOURCE_POINTS
from tests.chaos.invariants import Damage, damage, settled
from tests.chaos.platforms import Platform, Servers
from tests.chaos.workload import Ledger, Workload
from tests.support.server_process import Server

RECOVERY_SECONDS = 60.0
REACH_SECONDS = 30.0
PASSES_MAX = 6
LATE_SECONDS = 0.3
"""Time for deliveries that come once more although all is applied."""

Strike = Callable[[Platform, random.Random, str], float]
"""Does the harm and returns the instant of it, by the monotonic clock."""


class NotReached(Exception):
    """No process came to the boundary at which it was to die: the suite itself is at fault."""


@dataclass
class Trial:
    """What one trial came to.

    recovered_seconds: from the harm until every command was answered and every event applied; ``None`` when
    that took too long.
    """

    seed: int
    recovered_seconds: float | None
    damage: Damage
    unplanned_deaths: int
    commands: int
    sent_again: int

    @property
    def failed(self) -> bool:
        return self.recovered_seconds is None or self.damage.any


@dataclass
class Office:
    """A running platform together with what its client remembers of all trials on it."""

    platform: Platform
    ledger: Ledger = field(default_factory=Ledger)


def die_at(point: str) -> Strike:
    """Whoever passes the boundary for the n-th time dies there."""

    def strike(platform: Platform, rng: random.Random, identifier: str) -> float:
        before = platform.death_count()
        platform.order.give(point, rng.randint(1, PASSES_MAX), identifier)
        deadline = time.monotonic() + REACH_SECONDS
        while platform.death_count() == before:
            if time.monotonic() > deadline:
                platform.order.withdraw()
                raise NotReached(f"{point}\n{platform.logs()}")
            eventlet.sleep(0.01)
        return time.monotonic()

    return strike


def kill_a_process(platform: Platform, rng: random.Random, _: str) -> float:
    """SIGKILL to one of the office's processes at any instant."""
    victim = platform.processes[rng.choice(sorted(platform.processes))]
    before = len(victim.deaths)
    eventlet.sleep(rng.uniform(0.0, 0.7))
    victim.kill()
    struck = time.monotonic()
    while len(victim.deaths) == before:
        eventlet.sleep(0.01)
    return struck


def kill_server(choose: Callable[[], Server]) -> Strike:
    """SIGKILL to a server with all its children, then start it again on its data."""

    def strike(_: Platform, rng: random.Random, __: str) -> float:
        eventlet.sleep(rng.uniform(0.0, 0.7))
        struck = time.monotonic()
        choose().kill()
        eventlet.sleep(rng.uniform(0.0, 1.0))
        choose().start()
        return struck

    return strike


EMBEDDED_FAULTS: dict[str, Strike] = {point: die_at(point) for point in (*SOURCE_POINTS, *SINK_POINTS)}
EMBEDDED_FAULTS["sigkill_at_random"] = kill_a_process


def distributed_faults(run_on: Servers) -> dict[str, Strike]:
    """The faults of an office on servers of its own."""
    return {
        **EMBEDDED_FAULTS,
        **{point: die_at(point) for point in BROKER_POINTS},
        "rabbitmq_kill": kill_server(lambda: run_on.rabbitmq),
        "postgresql_kill": kill_server(lambda: run_on.postgres),
    }


def run_trial(office: Office, strike: Strike, seed: int, name: str) -> Trial:
    """One trial; ``name`` and seed decide what is sent, where and when it strikes."""
    platform, ledger = office.platform, office.ledger
    rng = random.Random(f"{name}/{seed}")  # noqa: S311 - to be repeated
    deaths, commands, again = platform.unplanned_deaths(), len(ledger.asked), ledger.sent_again
    workload = Workload(platform, ledger, rng, f"{name.replace(' ', '-')}-{seed}-{commands}")
    try:
        eventlet.sleep(rng.uniform(0.05, 0.3))
        struck = strike(platform, rng, f"{name}/{seed}")
        workload.finish()
        recovered = _recovery(platform, workload, struck)
        if recovered is None:  # what a restart by hand brings back is late, not lost
            for process in platform.processes.values():
                process.kill()
            _recovery(platform, workload, time.monotonic())
    finally:
        workload.abandon()
    eventlet.sleep(LATE_SECONDS)
    return Trial(
        seed,
        recovered,
        _damage(office),
        platform.unplanned_deaths() - deaths,
        len(ledger.asked) - commands,
        ledger.sent_again - again,
    )


def _damage(office: Office) -> Damage:
    try:
        return damage(office.platform, office.ledger)
    except sa.exc.OperationalError as error:  # not recovered, then
        return Damage(cases=[f"no look at the database: {error.orig}"])


def _recovery(platform: Platform, workload: Workload, struck: float) -> float | None:
    while (seconds := time.monotonic() - struck) < RECOVERY_SECONDS:
        if workload.done and _settled(platform):
            return round(seconds, 2)
        eventlet.sleep(0.05)
    return None


def _settled(platform: Platform) -> bool:
    try:
        return settled(platform)
    except sa.exc.OperationalError:  # the database is on its way back
        return False
