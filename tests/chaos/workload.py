"""A client that sends commands under fixed keys, and sends each again under its key until it is answered."""

import random
from dataclasses import dataclass, field
from typing import Any

import eventlet

from chassis.rpc import Refused
from chassis.rpc_client import Unavailable
from tests.chaos.platforms import OFFICE, Call, Platform

WORKERS = 3
ITEMS_MAX = 12
COMMANDS_AFTER = 2
"""Commands that each worker begins after the harm."""
AGAIN = 0.25
"""Share of the answered commands that are sent once more, to compare the replies."""


@dataclass
class Ledger:
    """What a client knows of one office: what it asked for, what it was told, and what did not agree."""

    asked: dict[str, list[str]] = field(default_factory=dict)
    replies: dict[str, Any] = field(default_factory=dict)
    contradictions: list[str] = field(default_factory=list)
    sent_again: int = 0

    def told(self, key: str, reply: Any) -> None:
        """Keep a reply; the second for a key must be the first."""
        known = self.replies.setdefault(key, reply)
        if known != reply:
            self.contradictions.append(f"{key}: first {known}, then {reply}")

    def names(self) -> dict[str, str]:
        """Every item that was acknowledged, with the row that the reply named."""
        return {
            name: outcome["id"]
            for key, reply in self.replies.items()
            for name, outcome in zip(self.asked[key], reply["outcomes"], strict=True)
        }


class Workload:
    """Several workers on one platform, for the length of one trial."""

    def __init__(self, platform: Platform, ledger: Ledger, rng: random.Random, prefix: str) -> None:
        self._call = platform.call
        self._ledger = ledger
        self._prefix = prefix
        self._abandoned = False
        self._finishing = False
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
        self._abandoned = True
        for thread in self._threads:
            thread.wait()

    def _work(self, worker: int, seed: float) -> None:
        rng = random.Random(seed)  # noqa: S311 - to be repeated
        number, left = 0, COMMANDS_AFTER
        while left and not self._abandoned:
            left -= self._finishing
            number += 1
            key = f"{self._prefix}-{worker}-{number}"
            count = rng.randint(1, ITEMS_MAX)
            self._ledger.asked[key] = [f"{key}-{index}" for index in range(count)]
            items = [
                {"code": f"{OFFICE}{rng.randrange(10**6):06d}", "name": name, "valid_from": "2024-01-01"}
                for name in self._ledger.asked[key]
            ]
            fields = {"idempotency_key": key, "items": items}
            self._insist(key, fields)
            if rng.random() < AGAIN:
                self._insist(key, fields)
            eventlet.sleep(rng.uniform(0.0, 0.02))

    def _insist(self, key: str, fields: Call) -> None:
        """Send until there is an answer; a fault of the service ("try again later") is none."""
        while not self._abandoned:
            try:
                self._ledger.told(key, _result(self._call("registry", "record_regions", fields)))
            except Unavailable:
                pass
            except Refused as refused:
                if refused.code != "internal_error":
                    self._ledger.contradictions.append(f"{key}: refused with {refused.code}")
                    return
            except Exception as error:  # noqa: BLE001 - the client promises these two alone
                self._ledger.contradictions.append(f"{key}: the client raised {type(error).__name__} {error}")
            else:
                return
            self._ledger.sent_again += 1
            eventlet.sleep(0.1)


def _result(answer: Call) -> Call:
    """The bridge answers with nameko's envelope, the client of a broker with what is in it."""
    if "outcomes" in answer:
        return answer
    if answer["error"] is not None:
        raise Refused(*answer["error"]["exc_args"])
    result: Call = answer["result"]
    return result
