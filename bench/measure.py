"""What is measured: turns of a way, their figures over several rounds, and the results that are told."""

import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import psutil


@dataclass(frozen=True)
class Turn:
    """How many items a way did in how many seconds, and the seconds of CPU that its process used for them."""

    items: int
    seconds: float
    cpu: float | None = None


@dataclass(frozen=True)
class Figure:
    """Items per second in each round, and CPU seconds of the measured process for a thousand items."""

    rates: tuple[float, ...]
    cpu_rounds: tuple[float, ...] = ()

    @property
    def median(self) -> float:
        return statistics.median(self.rates)

    @property
    def cpu(self) -> float | None:
        """The median of the rounds; ``None`` where it was not measured."""
        return statistics.median(self.cpu_rounds) if self.cpu_rounds else None

    def told(self) -> dict[str, Any]:
        """As it stands in the file of figures."""
        return {
            "median": self.median,
            "least": min(self.rates),
            "most": max(self.rates),
            "rounds": list(self.rates),
            "cpu_seconds_per_1000": self.cpu,
        }


@dataclass(frozen=True)
class Row:
    """Ours beside a raw counterpart. ``floor`` is what ``ratio``, ours over raw, should reach at least."""

    name: str
    unit: str
    floor: float
    ours: Figure
    raw: Figure
    beside: str
    """What the raw side is."""
    peers: Mapping[str, Figure] = field(default_factory=dict)
    """What others reach who do the same work; no floor."""

    @property
    def ratio(self) -> float:
        return self.ours.median / self.raw.median

    @property
    def reached(self) -> bool:
        return self.ratio >= self.floor

    def told(self) -> dict[str, Any]:
        """As it stands in the file of figures."""
        return {
            "kind": "row",
            "name": self.name,
            "unit": self.unit,
            "floor": self.floor,
            "ratio": self.ratio,
            "reached": self.reached,
            "ours": self.ours.told(),
            "beside": self.beside,
            "raw": self.raw.told(),
            "peers": {name: figure.told() for name, figure in self.peers.items()},
        }


@dataclass(frozen=True)
class Bound:
    """A figure that should not be above a bound, with others that explain it, by their names with units."""

    name: str
    unit: str
    value: float
    at_most: float
    others: Mapping[str, float]

    @property
    def reached(self) -> bool:
        return self.value <= self.at_most

    def told(self) -> dict[str, Any]:
        """As it stands in the file of figures."""
        return {
            "kind": "bound",
            "name": self.name,
            "unit": self.unit,
            "value": self.value,
            "at_most": self.at_most,
            "reached": self.reached,
            "others": dict(self.others),
        }


@dataclass(frozen=True)
class Trend:
    """One figure at several sizes of what lies behind it; there is no floor."""

    name: str
    unit: str
    by_size: Mapping[int, float]

    def told(self) -> dict[str, Any]:
        """As it stands in the file of figures."""
        sizes = {str(size): value for size, value in self.by_size.items()}
        return {"kind": "trend", "name": self.name, "unit": self.unit, "by_size": sizes}


Result = Row | Bound | Trend


class Stopwatch:
    """Runs from its making: seconds, and CPU seconds of this process or of a child with its children."""

    def __init__(self, child: psutil.Process | None = None) -> None:
        self._child = child
        self._cpu_before = self._cpu()
        self._started = time.perf_counter()

    def turn(self, items: int, seconds: float | None = None) -> Turn:
        """What was done since; ``seconds`` where others measured them better."""
        passed = time.perf_counter() - self._started
        return Turn(items, seconds or passed, self._cpu() - self._cpu_before)

    def _cpu(self) -> float:
        if self._child is None:
            return time.process_time()
        times = [each.cpu_times() for each in (self._child, *self._child.children(recursive=True))]
        return sum(each.user + each.system for each in times)


def figures(rounds: Iterable[Mapping[str, Turn]]) -> dict[str, Figure]:
    """The figure of each way, from the turns of each round."""
    turns: dict[str, list[Turn]] = {}
    for each in rounds:
        for name, turn in each.items():
            turns.setdefault(name, []).append(turn)
    return {
        name: Figure(
            tuple(turn.items / turn.seconds for turn in taken),
            tuple(turn.cpu / turn.items * 1000 for turn in taken if turn.cpu is not None),
        )
        for name, taken in turns.items()
    }


def interleaved(rounds: int, **ways: Callable[[], Turn]) -> dict[str, Figure]:
    """Run each way in turn, several times. Turns share what the machine does beside."""
    return figures({name: way() for name, way in ways.items()} for _ in range(rounds))


def percentile(values: Iterable[float], share: float) -> float:
    """The value that this share of the values (0 to 1) does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
