"""One trial of a fault: work, strike, wait for recovery, look for damage."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import eventlet
import sqlalchemy as sa

from tests.chaos.invariants import Damage, damage, settled
from tests.chaos.platforms import Platform
from tests.chaos.workload import Ledger, Workload

REACH_SECONDS = 30.0
LATE_SECONDS = 0.2
"""Time for deliveries that come once more although all is applied."""


class NotReached(Exception):
    """What the fault needs did not come about: the suite itself is at fault."""


@dataclass
class Office:
    """A running platform together with what its client remembers of all trials on it."""

    platform: Platform
    ledger: Ledger = field(default_factory=Ledger)


Strike = Callable[[Office, random.Random, str], float]
"""Does the harm, named by the string; returns the instant from which it must recover, by the monotonic clock.
"""


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


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Wait for what a strike needs. Raises ``NotReached``."""
    deadline = time.monotonic() + REACH_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise NotReached(what)
        eventlet.sleep(0.005)


def run_trial(office: Office, strike: Strike, seed: int, name: str, patience: float) -> Trial:
    """One trial; ``name`` and seed decide what is sent, where and when it strikes.

    patience: seconds within which it must recover.
    """
    platform, ledger = office.platform, office.ledger
    rng = random.Random(f"{name}/{seed}")  # noqa: S311 - to be repeated
    deaths, commands, again = platform.unplanned_deaths(), len(ledger.asked), ledger.sent_again
    workload = Workload(platform, ledger, rng, f"{name.replace(' ', '-')}-{seed}-{commands}")
    try:
        eventlet.sleep(rng.uniform(0.05, 0.3))
        struck = strike(office, rng, f"{name.replace(' ', '-')}/{seed}/{commands}")
        workload.finish()
        recovered = _recovery(platform, workload, struck, patience)
        if recovered is None:  # what a restart by hand brings back is late, not lost
            for process in platform.processes.values():
                process.kill()
            _recovery(platform, workload, time.monotonic(), patience)
    finally:
        workload.abandon()
        platform.order.withdraw()
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
    except (sa.exc.OperationalError, OSError) as error:  # not recovered, then
        found = Damage()
        found.note("lost", "no look at the servers", [type(error).__name__])
        return found


def _recovery(platform: Platform, workload: Workload, struck: float, patience: float) -> float | None:
    while (seconds := time.monotonic() - struck) < patience:
        if workload.done and _settled(platform):
            return round(seconds, 2)
        eventlet.sleep(0.03)
    return None


def _settled(platform: Platform) -> bool:
    try:
        return settled(platform)
    except sa.exc.OperationalError:  # the database is on its way back
        return False
