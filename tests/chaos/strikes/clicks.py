"""Impatient people: the same thing asked many times at once."""

import random
import time
from collections.abc import Callable

import eventlet

from tests.chaos.trial import NotReached, Office, wait_until
from tests.chaos.workload import Client, id_number

CLICKS = 20


def same_key(office: Office, rng: random.Random, identifier: str) -> float:
    """Twenty parallel calls with one key: one is carried out, all get its reply."""
    client = Client(office.platform, office.ledger)
    fields = client.regions(rng, f"{identifier}-click")
    _click(client, office, lambda _: client.insist("record_regions", fields))
    return time.monotonic()


def same_person(office: Office, rng: random.Random, identifier: str) -> float:
    """Twenty parallel calls with keys of their own about the same persons: each person is made once."""
    client = Client(office.platform, office.ledger)
    persons = [id_number(rng) for _ in range(3)]
    commands = [
        client.persons(f"{identifier}-click-{number}", rng.sample(persons, len(persons)))
        for number in range(CLICKS)
    ]
    _click(client, office, lambda number: client.insist("register_persons", commands[number]))
    return time.monotonic()


def _click(client: Client, office: Office, call: Callable[[int], None]) -> None:
    """All at once; those without an answer after a long time have hung."""
    threads = [eventlet.spawn(call, number) for number in range(CLICKS)]
    try:
        wait_until(lambda: all(thread.dead for thread in threads), "answers")
    except NotReached:
        client.abandoned = True
        office.ledger.overdue.append(f"{sum(not thread.dead for thread in threads)} clicks")
    for thread in threads:
        thread.wait()
