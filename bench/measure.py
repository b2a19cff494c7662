"""A figure, its raw counterpart, and how they are shown and kept."""

import json
import statistics
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One comparison. ``ours`` and ``raw`` are in ``unit``, ``ratio`` is ours over raw, ``floor`` the aim."""

    name: str
    unit: str
    ours: float
    raw: float
    floor: float
    peers: Mapping[str, float] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        return round(self.ours / self.raw, 3)


def interleaved(rounds: int, **ways: Callable[[], float]) -> dict[str, float]:
    """Run each way in turn, several times; the median of each. Turns share what the machine does beside."""
    figures: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            figures[name].append(way())
    return {name: statistics.median(values) for name, values in figures.items()}


def show(rows: list[Row]) -> None:
    """Print the table."""
    table = Table("what", "unit", "ours", "raw", "ratio", "floor", "")
    for row in rows:
        verdict = "reached" if row.ratio >= row.floor else "BELOW"
        table.add_row(
            row.name,
            row.unit,
            f"{row.ours:,.0f}",
            f"{row.raw:,.0f}",
            f"{row.ratio:.2f}",
            f"{row.floor:.2f}",
            verdict,
        )
    Console(width=130).print(table)


def keep(rows: list[Row], path: Path) -> None:
    """Write the figures as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(row) | {"ratio": row.ratio} for row in rows], indent=2) + "\n")
