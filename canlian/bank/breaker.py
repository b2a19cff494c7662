"""A circuit breaker: a bank that fails again and again is left alone for a while, then asked once."""

from collections.abc import Callable

FAILURES_MAX = 5
PAUSE_SECONDS = 30.0


class Breaker:
    """Closed while calls succeed; open after FAILURES_MAX failures in a row, until PAUSE_SECONDS have passed.

    Then one more failure opens it again, and a success closes it. clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures = 0
        self._open_until = 0.0

    def wait(self) -> float:
        """Seconds until the next call may be made; 0 when it may be made now."""
        return max(0.0, self._open_until - self._clock())

    def failed(self) -> None:
        """Note a call without a proper answer."""
        self._failures += 1
        if self._failures >= FAILURES_MAX:
            self._open_until = self._clock() + PAUSE_SECONDS

    def succeeded(self) -> None:
        """Note a call that was answered, with yes or no."""
        self._failures = 0
