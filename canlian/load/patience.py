"""Sends a call again until it is answered: a service that restarts must not end a load of an hour."""

import time
from typing import Any

from canlian.calling import Caller, CallUnavailable, Identity

GIVE_UP_SECONDS = 180.0
_PAUSE_SECONDS_MAX = 5.0


class Patient:
    """A caller that repeats a call without an answer. Safe for queries, and for commands by their key.

    Raises what the last try raised when a service or its database was away for ``seconds``; a refusal or a
    fault at once.
    """

    def __init__(self, caller: Caller, seconds: float = GIVE_UP_SECONDS) -> None:
        self._caller = caller
        self._seconds = seconds

    def call(self, service: str, method: str, fields: dict[str, Any], who: Identity) -> dict[str, Any]:
        deadline = time.monotonic() + self._seconds
        pause = 0.2
        while True:
            try:
                return self._caller.call(service, method, fields, who)
            except CallUnavailable:
                if time.monotonic() > deadline:
                    raise
            time.sleep(pause)
            pause = min(pause * 2, _PAUSE_SECONDS_MAX)
