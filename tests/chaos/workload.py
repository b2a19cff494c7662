"""A client that sends commands under fixed keys, and sends each again under its key until it is answered."""

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import eventlet

from chassis.rpc import Refused
from chassis.rpc_client import Unavailable
from tests.chaos.platforms import CALL_SECONDS, OFFICE, Call, Platform
from tests.chaos.source.service import JOB_SUFFIX, STEPS, person_id, step_name

WORKERS = 3
ITEMS_MAX = 12
COMMANDS_AFTER = 2
"""Commands that each worker begins after the harm."""
AGAIN = 0.25
"""Share of the answered commands that are sent once more, to compare the replies."""
PERSONS, JOBS = 0.3, 0.15
"""Shares of the commands that register persons, and of the others that start a job."""
PERSONS_KNOWN = 40
"""Persons of one trial, so that several commands name the same."""
OVERDUE_SECONDS = CALL_SECONDS + 10.0
"""A call that has neither an answer nor an error by then hangs."""
PERSONAL_NAME = "陈不可记"


@dataclass
class Ledger:
    """What a client knows of one office: what it asked for, what it was told, and what did not agree.

    amounts: of every row that may come to be, by its name. personal: what no log and no event may hold.
    """

    asked: dict[str, list[str]] = field(default_factory=dict)
    replies: dict[str, Any] = field(default_factory=dict)
    amounts: dict[str, int] = field(default_factory=dict)
    personal: set[str] = field(default_factory=lambda: {PERSONAL_NAME})
    contradictions: list[str] = field(default_factory=list)
    overdue: list[str] = field(default_factory=list)
    dead_letters: int = 0
    sent_again: int = 0

    def asks(self, key: str, amounts: dict[str, int]) -> None:
        """Note what a command asks for: rows and their amounts."""
        self.asked[key] = list(amounts)
        self.amounts |= amounts
        for name, amount in amounts.items():
            if name.endswith(JOB_SUFFIX):
                self.amounts |= {step_name(name, number): amount for number in range(1, STEPS + 1)}

    def told(self, key: str, reply: Any) -> None:
        """Keep a reply; the second for a key must be the first."""
        known = self.replies.setdefault(key, reply)
        if known != reply:
            self.contradictions.append(f"{key}: first {known}, then {reply}")

    def names(self) -> dict[str, str]:
        """Every item that was acknowledged, with the row that the reply named; steps have no reply."""
        rows = {name: outcome["id"] for name, outcome in self._outcomes()}
        for name in [name for name in rows if name.endswith(JOB_SUFFIX)]:
            rows |= {step_name(name, number): "" for number in range(1, STEPS + 1)}
        return rows

    def created_twice(self) -> list[str]:
        """Items of which two commands were told that they are new."""
        made = Counter(name for name, outcome in self._outcomes() if outcome["outcome"] == "created")
        return [name for name, count in made.items() if count > 1]

    def _outcomes(self) -> list[tuple[str, Any]]:
        return [
            pair
            for key, reply in self.replies.items()
            for pair in zip(self.asked[key], reply["outcomes"], strict=True)
        ]


class Client:
    """Makes commands and insists on their answers. ``abandoned`` makes it give up."""

    def __init__(self, platform: Platform, ledger: Ledger) -> None:
        self._call = platform.call
        self._ledger = ledger
        self.abandoned = False

    def regions(self, rng: random.Random, key: str, job: bool = False) -> Call:
        """A command whose repetition only its key tells."""
        codes = [f"{OFFICE}{rng.randrange(10**6):06d}" for _ in range(rng.randint(1, ITEMS_MAX))]
        names = [f"{key}-{index}" for index in range(len(codes))]
        if job:
            names[-1] += JOB_SUFFIX
        self._ledger.asks(key, {name: int(code[6:]) for name, code in zip(names, codes, strict=True)})
        items = [
            {"code": code, "name": name, "valid_from": "2024-01-01"}
            for name, code in zip(names, codes, strict=True)
        ]
        return {"idempotency_key": key, "items": items}

    def persons(self, key: str, id_numbers: list[str]) -> Call:
        """A command about persons, who may be known already; made-up personal data goes with it."""
        phones = [f"139{number[-8:]}" for number in id_numbers]
        self._ledger.asks(key, {person_id(number): int(number[-6:]) for number in id_numbers})
        self._ledger.personal.update(id_numbers, phones)
        items = [
            {
                "id_number": number,
                "name": PERSONAL_NAME,
                "phone": phone,
                "region": f"{OFFICE}{number[-6:]}",
                "registered_on": "2024-01-01",
            }
            for number, phone in zip(id_numbers, phones, strict=True)
        ]
        return {"idempotency_key": key, "items": items}

    def insist(self, method: str, fields: Call) -> None:
        """Send until there is an answer; whatever fails, a service is unavailable and never at fault."""
        key, ledger = fields["idempotency_key"], self._ledger
        while not self.abandoned:
            started = time.monotonic()
            try:
                ledger.told(key, _result(self._call("registry", method, fields)))
            except Unavailable:
                pass
            except Refused as refused:
                ledger.contradictions.append(f"{key}: refused with {refused.code}")
                return
            except Exception as error:  # noqa: BLE001 - the client promises these two alone
                ledger.contradictions.append(f"{key}: the client raised {type(error).__name__} {error}")
            else:
                return
            finally:
                if (seconds := time.monotonic() - started) > OVERDUE_SECONDS:
                    ledger.overdue.append(f"{key} after {seconds:.1f} s")
            ledger.sent_again += 1
            eventlet.sleep(0.1)


def id_number(rng: random.Random) -> str:
    """A made-up ID number of 18 digits."""
    return f"{OFFICE}1980{rng.randrange(10**8):08d}"


class Workload:
    """Several workers on one platform, for the length of one trial."""

    def __init__(self, platform: Platform, ledger: Ledger, rng: random.Random, prefix: str) -> None:
        self._client = Client(platform, ledger)
        self._prefix = prefix
        self._finishing = False
        self._persons = [id_number(rng) for _ in range(PERSONS_KNOWN)]
        seeds = [rng.random() for _ in range(WORKERS)]
        self._threads = [eventlet.spawn(self._work, number, seed) for number, seed in enumerate(seeds)]

    def finish(self) -> None:
        """Let each worker begin a few more commands, and no others."""
        self._finishing = True

    @property
    def done(self) -> bool:
        """Whether all workers have their answers."""
        return all(thread.dead for thread in self._threads)

    def abandon(self) -> None:
        """Stop without waiting for answers."""
        self._client.abandoned = True
        for thread in self._threads:
            thread.wait()

    def _work(self, worker: int, seed: float) -> None:
        rng = random.Random(seed)  # noqa: S311 - to be repeated
        number, left = 0, COMMANDS_AFTER
        while left and not self._client.abandoned:
            left -= self._finishing
            number += 1
            method, fields = self._command(rng, f"{self._prefix}-{worker}-{number}")
            self._client.insist(method, fields)
            if rng.random() < AGAIN:
                self._client.insist(method, fields)
            eventlet.sleep(rng.uniform(0.0, 0.02))

    def _command(self, rng: random.Random, key: str) -> tuple[str, Call]:
        if rng.random() < PERSONS:
            chosen = rng.sample(self._persons, rng.randint(1, ITEMS_MAX))
            return "register_persons", self._client.persons(key, chosen)
        return "record_regions", self._client.regions(rng, key, job=rng.random() < JOBS)


def _result(answer: Call) -> Call:
    """The bridge answers with nameko's envelope, the client of a broker with what is in it."""
    if "outcomes" in answer:
        return answer
    if answer["error"] is not None:
        raise Refused(*answer["error"]["exc_args"])
    result: Call = answer["result"]
    return result
