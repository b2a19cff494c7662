"""Harm to a process of the office: it dies at a boundary or at any instant, is asked to end, or freezes."""

import random
import signal
import time

import eventlet

from tests.chaos.failpoints import DROP, OWNERS_ANSWER
from tests.chaos.trial import Office, Strike, wait_until

PASSES_MAX = 6
STOP_SECONDS = 20.0
"""Of the product: a stop that takes longer is cut short by itself."""
SLACK_SECONDS = 5.0


def die_at(point: str) -> Strike:
    """Whoever passes the boundary for the n-th time dies there."""

    def strike(office: Office, rng: random.Random, identifier: str) -> float:
        return _die(office, identifier, (point, rng.randint(1, PASSES_MAX)))

    return strike


def die_in_catch_up(office: Office, rng: random.Random, identifier: str) -> float:
    """The follower loses a message, asks the owner for it, and dies with the answer in its hands."""
    return _die(office, identifier, (DROP, rng.randint(1, PASSES_MAX)), (OWNERS_ANSWER, 1))


def _die(office: Office, identifier: str, *steps: tuple[str, int]) -> float:
    platform = office.platform
    before = platform.death_count()
    platform.order.give(identifier, *steps)
    wait_until(lambda: platform.death_count() > before, f"{steps}\n{platform.logs()}")
    return time.monotonic()


def kill(prefix: str) -> Strike:
    """SIGKILL at any instant to one of the processes whose names begin so."""

    def strike(office: Office, rng: random.Random, _: str) -> float:
        victim = office.platform.some(rng, prefix)
        before = len(victim.deaths)
        eventlet.sleep(rng.uniform(0.0, 0.5))
        victim.kill()
        struck = time.monotonic()
        victim.wait_for_death(before)
        return struck

    return strike


def kill_all(office: Office, rng: random.Random, _: str) -> float:
    """SIGKILL to all processes at once, as a loss of power without that of the servers."""
    eventlet.sleep(rng.uniform(0.0, 0.5))
    for process in office.platform.processes.values():
        process.kill()
    return time.monotonic()


def terminate(office: Office, rng: random.Random, _: str) -> float:
    """SIGTERM to one process under load; it must end in time by itself."""
    eventlet.sleep(rng.uniform(0.0, 0.5))
    stop_in_time(office, rng)
    return time.monotonic()


def stop_in_time(office: Office, rng: random.Random) -> None:
    """Ask one process to stop; a late end contradicts what is promised."""
    victim = office.platform.some(rng)
    before = len(victim.deaths)
    asked = time.monotonic()
    victim.signal(signal.SIGTERM)
    victim.wait_for_death(before)
    if (seconds := time.monotonic() - asked) > STOP_SECONDS + SLACK_SECONDS:
        office.ledger.overdue.append(f"{victim.name} stopped after {seconds:.1f} s")


def pause(prefix: str, shortest: float, longest: float) -> Strike:
    """SIGSTOP, and SIGCONT after so many seconds: the others take it for dead, and then it goes on."""

    def strike(office: Office, rng: random.Random, _: str) -> float:
        victim = office.platform.some(rng, prefix)
        eventlet.sleep(rng.uniform(0.0, 0.3))
        victim.signal(signal.SIGSTOP)
        eventlet.sleep(rng.uniform(shortest, longest))
        victim.signal(signal.SIGCONT)
        return time.monotonic()

    return strike
