"""Harm between the office's processes and their servers, by a proxy: cut, stalled, one direction silent."""

import random
import time
from collections.abc import Callable

import eventlet

from tests.chaos.failpoints import COMMIT_HELD
from tests.chaos.platforms import Platform
from tests.chaos.trial import Office, Strike, wait_until
from tests.support.tcp_proxy import DIRECTIONS, TcpProxy

SECONDS_MIN, SECONDS_MAX = 0.5, 6.0
"""How long a link is harmed: the longest outlasts two heartbeats."""
PASSES_MAX = 4

Choose = Callable[[Platform], TcpProxy]


def broker(platform: Platform) -> TcpProxy:
    """The link to RabbitMQ."""
    return platform.broker_link


def database(platform: Platform) -> TcpProxy:
    """The link to PostgreSQL."""
    return platform.database_link


def cut(choose: Choose) -> Strike:
    """Every connection is reset, and new ones are refused for a while."""

    def strike(office: Office, rng: random.Random, _: str) -> float:
        link = choose(office.platform)
        link.cut()
        eventlet.sleep(rng.uniform(0.0, 1.0))
        link.heal()
        return time.monotonic()

    return strike


def stall(choose: Choose) -> Strike:
    """Nothing passes for a while, then all that was held back."""

    def strike(office: Office, rng: random.Random, _: str) -> float:
        link = choose(office.platform)
        link.stall()
        eventlet.sleep(rng.uniform(SECONDS_MIN, SECONDS_MAX))
        link.heal()
        return time.monotonic()

    return strike


def half_open(choose: Choose) -> Strike:
    """One direction is silent for a while; then the connections are reset, and what was held back is lost."""

    def strike(office: Office, rng: random.Random, _: str) -> float:
        link = choose(office.platform)
        link.half_open(rng.choice(DIRECTIONS))
        eventlet.sleep(rng.uniform(SECONDS_MIN, SECONDS_MAX))
        link.cut()
        link.heal()
        return time.monotonic()

    return strike


def unknown_commit(office: Office, rng: random.Random, identifier: str) -> float:
    """The connection ends when a COMMIT is on its way: it, or only the answer to it, is lost."""
    platform = office.platform
    platform.order.give(identifier, (COMMIT_HELD, rng.randint(1, PASSES_MAX)))
    wait_until(lambda: not platform.order.path.exists(), "a commit to hold")
    platform.database_link.half_open(rng.choice(DIRECTIONS))
    platform.order.let_go()
    eventlet.sleep(0.2)
    platform.database_link.cut()
    platform.database_link.heal()
    return time.monotonic()
