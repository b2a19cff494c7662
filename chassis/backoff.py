"""How long to wait before the next attempt."""

import random

JITTER = random.SystemRandom()


class Backoff:
    """Pauses that grow twofold from ``first`` to ``longest`` seconds, until ``reset``.

    Each is cut by up to half at random, so that many who lost the same server do not return together.
    """

    def __init__(self, first: float, longest: float) -> None:
        self._first = first
        self._longest = longest
        self._next = first

    def pause(self) -> float:
        """Seconds to wait now."""
        pause = self._next
        self._next = min(pause * 2, self._longest)
        return pause * JITTER.uniform(0.5, 1)

    def reset(self) -> None:
        """It went well: begin again with the shortest."""
        self._next = self._first
