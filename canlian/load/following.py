"""Waits until the services have applied what others recorded."""

import time
from collections.abc import Mapping
from typing import Any

from canlian.calling import Caller, Identity
from canlian.load.progress import Shown
from contracts.catalogue import SERVICES, SUBSCRIPTIONS

STALLED_SECONDS = 90.0
POLL_SECONDS = 0.5
AWAITED = frozenset({"registry.match"})
"""Jobs that make what later files of a package name. Others may go on for as long as they like."""


class Stalled(Exception):
    """The services stopped to apply events, or to work on an awaited job."""

    code = "load.stalled"


class Parked(Exception):
    """Events could not be applied: what was recorded is not what reports show."""

    code = "load.parked"


class Followers:
    """How far the services have come with each other's events."""

    def __init__(self, caller: Caller, who: Identity, shown: Shown) -> None:
        self._caller = caller
        self._who = who
        self._shown = shown

    def statuses(self) -> dict[str, dict[str, Any]]:
        """What each service tells of its stream and of those it follows."""
        return {name: self._caller.call(name, "show_status", {}, self._who) for name in SERVICES}

    def wait(self, title: str) -> None:
        """Wait until the awaited jobs have ended, and every event is applied by all who follow.

        Raises Stalled when nothing moves for a while, and Parked when events were put aside.
        """
        moved_at, before = time.monotonic(), (-1, "")
        statuses = self.statuses()
        (done, total), jobs = extent(statuses), _at_work(statuses)
        if done < total or jobs:
            with self._shown.step(title, total) as step:
                while done < total or jobs:
                    if (done, jobs) != before:
                        moved_at, before = time.monotonic(), (done, jobs)
                    elif time.monotonic() - moved_at > STALLED_SECONDS:
                        late = ", ".join(filter(None, (behind(statuses), jobs)))
                        raise Stalled(f"nothing was done for {STALLED_SECONDS:.0f} seconds; {late}")
                    time.sleep(POLL_SECONDS)
                    statuses = self.statuses()
                    (done, total), jobs = extent(statuses), _at_work(statuses)
                    step.reached(done, total)
        if parked := parked_events(statuses):
            raise Parked(f"events were put aside: {parked}; `canlian parked list SERVICE` tells why")


def _at_work(statuses: Mapping[str, Any]) -> str:
    """How far the awaited jobs are, in words; empty when none is open."""
    jobs = [
        f"{job['kind']} has done {job['done']}"
        for status in statuses.values()
        for job in status["jobs"]
        if job["kind"] in AWAITED and job["state"] != "failed"
    ]
    return ", ".join(jobs)


def _pairs(statuses: Mapping[str, Any]) -> list[tuple[str, str, int, int, int]]:
    """Consumer, source, events recorded by the source, those applied, those parked."""
    pairs = []
    for consumer, sources in SUBSCRIPTIONS.items():
        followed = {stream["source"]: stream for stream in statuses[consumer]["follows"]}
        for source in sources:
            stream = followed.get(source, {"position": 0, "parked": 0})
            pairs.append(
                (consumer, source, statuses[source]["recorded"], stream["position"], stream["parked"])
            )
    return pairs


def extent(statuses: Mapping[str, Any]) -> tuple[int, int]:
    """Events applied and events to be applied, over all who follow."""
    pairs = _pairs(statuses)
    return sum(min(applied, recorded) for _, _, recorded, applied, _ in pairs), sum(pair[2] for pair in pairs)


def behind(statuses: Mapping[str, Any]) -> str:
    """Who is behind whom, in words."""
    late = [
        f"{consumer} is {recorded - applied} behind {source}"
        for consumer, source, recorded, applied, _ in _pairs(statuses)
        if applied < recorded
    ]
    return ", ".join(late)


def parked_events(statuses: Mapping[str, Any]) -> str:
    """Who put aside how many events of whom, in words."""
    return ", ".join(
        f"{parked} of {source} by {consumer}" for consumer, source, _, _, parked in _pairs(statuses) if parked
    )
