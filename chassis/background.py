"""Work that a process does beside its calls, in green threads: publish events, do jobs, look at the database.

Each piece is done by one process at a time, the holder of its lease; the others stand by and try again.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

import eventlet
import structlog

from chassis import watchdog, watching, wire
from chassis.backoff import Backoff
from chassis.daily import Daily
from chassis.jobs import JobRunner
from chassis.lease import Lease, only_one
from chassis.relay import Relay
from chassis.runtime import Runtime

log = structlog.get_logger(__name__)

STAND_BY_SECONDS = 1.0
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
LOOK_UP_SECONDS = 0.2
GRACE_SECONDS = 10.0
"""What a window may take beyond its deadline before the process is taken for stuck."""
WATCH_SECONDS = 60.0
"""Between two looks at what a database tells the metrics."""


class Background:
    """One piece of work of one service, done again and again until ``stop``.

    Subclasses have ``kind``, which names the lease, and ``work``.
    """

    kind: str

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._stopping = False
        self._backoff = Backoff(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
        self._thread: Any = None

    def start(self) -> None:
        """Begin, in a green thread."""
        self._thread = eventlet.spawn(self._run)

    def stop(self) -> None:
        """End what is in hand and return."""
        self._stopping = True
        self._runtime.recorded.set()
        if self._thread is not None:
            self._thread.wait()

    def work(self, lease: Lease) -> None:
        """Work as long as ``goes_on``; ``went_well`` after each success."""
        raise NotImplementedError

    def stand_by(self) -> None:
        """Another process has the work."""

    def goes_on(self, lease: Lease) -> bool:
        """Whether it is still ours to do."""
        return lease.held and not self._stopping

    def went_well(self) -> None:
        """The next failure is the first again."""
        self._backoff.reset()

    def rest(self, seconds: float) -> None:
        """Wait, but for no stop."""
        deadline = time.monotonic() + seconds
        while not self._stopping and (left := deadline - time.monotonic()) > 0:
            eventlet.sleep(min(left, LOOK_UP_SECONDS))

    def _run(self) -> None:
        name = f"{self._runtime.service.name}.{self.kind}"
        while not self._stopping:
            try:
                with only_one(self._runtime.database, name) as lease:
                    if lease is not None:
                        self.work(lease)
                    else:
                        self.stand_by()
                if lease is None:
                    self.rest(STAND_BY_SECONDS)
            except Exception as error:
                pause = self._backoff.pause()
                log.warning(
                    "interrupted", task=name, error=type(error).__name__, seconds=pause, exc_info=True
                )
                # Without the lease: another process may reach what we do not.
                self.rest(pause)


class Relaying(Background):
    """Publishes the events of a service."""

    kind = "relay"

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime)
        settings = runtime.settings
        # In one process each commit wakes the relay; elsewhere the log is looked at.
        self._idle_seconds = 1.0 if settings.embedded else settings.relay_seconds
        # Who answers calls is not ended for the relay's sake.
        alone = settings.roles == {"relay"}
        limit = settings.publish_seconds + GRACE_SECONDS
        self._guard: Callable[[], AbstractContextManager[None]] = (
            partial(watchdog.within, limit, f"the relay of {runtime.service.name} is stuck")
            if alone
            else nullcontext
        )

    def work(self, lease: Lease) -> None:
        """Publish window after window over one connection."""
        relay = Relay(self._runtime, wire.connect(self._runtime.settings.broker_url), self._guard)
        try:
            while self.goes_on(lease):
                if relay.run_once():
                    self.went_well()
                else:
                    self._runtime.recorded.wait(self._idle_seconds)
                    self._runtime.recorded.clear()
        finally:
            relay.drop()

    def stand_by(self) -> None:
        """What the holder tells the metrics is not told twice."""
        Relay(self._runtime, wire.connect(self._runtime.settings.broker_url)).stand_by()


class Working(Background):
    """Does the jobs of a service."""

    kind = "jobs"

    def work(self, lease: Lease) -> None:
        """Do open jobs, the oldest first; then those of the day; look for new ones now and then."""
        jobs = JobRunner(self._runtime, self._runtime.service.job_steps())
        today = Daily(self._runtime)
        while self.goes_on(lease):
            if jobs.run_one(lambda: self.goes_on(lease)):
                self.went_well()
            elif not today.start():
                self.rest(self._runtime.settings.relay_seconds)


class Watching(Background):
    """Tells the metrics what a service's database knows."""

    kind = "watch"

    def work(self, lease: Lease) -> None:
        """Look now and then."""
        while self.goes_on(lease):
            watching.tell(self._runtime)
            self.went_well()
            self.rest(WATCH_SECONDS)

    def stand_by(self) -> None:
        """What the holder tells the metrics is not told twice, least of all as it was."""
        watching.forget(self._runtime.service)
