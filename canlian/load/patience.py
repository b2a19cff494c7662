"""Sends a call again until it is answered: a service that restarts must not end a load of an hour."""

import time
from typing import Any

from canlian.calling import Caller, CallRefused, CallUnavailable, Identity

GIVE_UP_SECONDS = 180.0
_PAUSE_SECONDS_MAX = 5.0
_FAULT = "internal_error"


class Patient:
    """A caller that repeats a call without an answer. Safe for queries, and for commands by their key.

    A fault is repeated too: a service whose database restarts has no other answer. Raises what the last try
    raised when a service has not answered for ``seconds``; a refusal by a rule at once.
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
            except (CallUnavailable, CallRefused) as error:
                final = isinstance(error, CallRefused) and error.code != _FAULT
                if final or time.monotonic() > deadline:
                    raise
            time.sleep(pause)
            pause = min(pause * 2, _PAUSE_SECONDS_MAX)
