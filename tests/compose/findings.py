"""What the run did and found, row by row, and whether it was as it must be."""

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One thing done and what was found. seconds: from the row before it."""

    done: str
    found: str
    good: bool
    seconds: float


@dataclass
class Findings:
    """All rows of a run; each is told as soon as it is known."""

    rows: list[Row] = field(default_factory=list)
    _last: float = field(default_factory=time.monotonic)

    def add(self, done: str, found: object, good: bool = True) -> None:
        """Note a row and print it."""
        now = time.monotonic()
        self.rows.append(Row(done, str(found), good, round(now - self._last, 1)))
        self._last = now
        print(f"{'ok' if good else 'BAD':3} {done:40.40} {self.rows[-1].seconds:6.1f} s  {found}", flush=True)

    @property
    def good(self) -> bool:
        """Whether something was found, and nothing bad."""
        return bool(self.rows) and all(row.good for row in self.rows)

    def write(self, path: Path) -> None:
        """Write all as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {"good": self.good, "rows": [asdict(row) for row in self.rows]}
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
