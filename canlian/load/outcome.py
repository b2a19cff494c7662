"""What became of a load: counts by file, and the records that were not taken."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from canlian.package.problems import Problem

SHOWN = 20
COLUMNS = ("file", "line", "field", "code", "message")


@dataclass(slots=True)
class Tally:
    """Records of one file. created: recorded by this load. unchanged: there already. left: decisions,
    and what comes after them, where nobody approves.
    """

    created: int = 0
    unchanged: int = 0
    rejected: int = 0
    left: int = 0


@dataclass
class Rejections:
    """Records not taken. The first ones are kept to be shown; all are written to a file, if one is given."""

    shown: list[Problem] = field(default_factory=list)
    count: int = 0
    _writer: Any = None

    def add(self, problem: Problem) -> None:
        self.count += 1
        if len(self.shown) < SHOWN:
            self.shown.append(problem)
        if self._writer:
            row = (problem.file, problem.line, problem.field or "", problem.code, problem.message)
            self._writer.writerow(row)

    @classmethod
    @contextmanager
    def collecting(cls, path: Path | None) -> Iterator["Rejections"]:
        """Collect, and write to a CSV file as they come."""
        if path is None:
            yield cls()
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            yield cls(_writer=writer)


@dataclass(frozen=True, slots=True)
class Run:
    """A disbursement as the load left it. changed: whether this load moved it on."""

    run_id: str
    scheme: str
    period: str
    state: str
    lines: int
    amount: str
    list_hash: str | None
    changed: bool


@dataclass
class Loaded:
    """The result of a load."""

    files: dict[str, Tally] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    rejected: int = 0

    @property
    def changed(self) -> bool:
        """Whether the load recorded anything new."""
        return any(tally.created for tally in self.files.values()) or any(run.changed for run in self.runs)
