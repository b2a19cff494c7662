"""`python -m bench.report`: put the figures of out/bench.json into the marked blocks of docs/performance.md.

`python -m bench` shows and keeps them; both make the same tables.
"""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.measure import Result

FIGURES = Path("out/bench.json")
PAGE = Path("docs/performance.md")
BLOCK = re.compile(r"(<!-- bench: (\w+) -->\n).*?(<!-- /bench -->)", re.DOTALL)

Told = dict[str, Any]
Cells = list[list[str]]
"""A table: its head, then its rows."""


def show(results: Sequence[Result]) -> None:
    """Print the tables of some results."""
    for cells in tables([result.told() for result in results]).values():
        table = Table(*cells[0])
        for row in cells[1:]:
            table.add_row(*row)
        if len(cells) > 1:
            Console(width=150).print(table)


def keep(group: str, results: Sequence[Result], machine: dict[str, str], path: Path = FIGURES) -> None:
    """Write a group's figures beside those of the groups that were measured before."""
    kept = json.loads(path.read_text()) if path.exists() else {"groups": {}}
    kept["machine"] = machine
    kept["groups"][group] = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": machine["commit"],
        "results": [result.told() for result in results],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n")


def tables(results: Iterable[Told]) -> dict[str, Cells]:
    """The tables by the names of their blocks."""
    by_kind: dict[str, list[Told]] = {"row": [], "bound": [], "trend": []}
    for result in results:
        by_kind[result["kind"]].append(result)
    return {
        "rows": _rows(by_kind["row"]),
        "peers": _peers(by_kind["row"]),
        "bounds": _bounds(by_kind["bound"]),
        "details": _details(by_kind["bound"]),
        "growth": _growth(by_kind["trend"]),
    }


def written(page: str, figures: dict[str, Any]) -> str:
    """The page with its blocks made anew. KeyError for a block that no table fills."""
    found = tables(result for group in figures["groups"].values() for result in group["results"])
    machine = [["what", "version or value"], *([name, text] for name, text in figures["machine"].items())]
    blocks = {**found, "machine": machine}
    return BLOCK.sub(lambda block: block[1] + _markdown(blocks[block[2]]) + block[3], page)


def _rows(rows: list[Told]) -> Cells:
    head = ["what", "unit", "ours", "beside", "raw", "ratio", "floor", "", "CPU s per 1000: ours", "raw"]
    return [
        head,
        *(
            [
                row["name"],
                row["unit"],
                _spread(row["ours"]),
                row["beside"],
                _spread(row["raw"]),
                f"{row['ratio']:.2f}",
                f"{row['floor']:.2f}",
                _verdict(row),
                _cpu(row["ours"]),
                _cpu(row["raw"]),
            ]
            for row in rows
        ),
    ]


def _peers(rows: list[Told]) -> Cells:
    head = ["the same work by", "what", "unit", "median (least to most)", "ours to it", "CPU s per 1000"]
    body = [
        [
            name,
            row["name"],
            row["unit"],
            _spread(peer),
            f"{row['ours']['median'] / peer['median']:.2f}",
            _cpu(peer),
        ]
        for row in rows
        for name, peer in row["peers"].items()
    ]
    return [head, *body]


def _bounds(bounds: list[Told]) -> Cells:
    head = ["what", "value", "at most", ""]
    body = [
        [
            bound["name"],
            f"{_number(bound['value'])} {bound['unit']}",
            f"{_number(bound['at_most'])} {bound['unit']}",
            _verdict(bound),
        ]
        for bound in bounds
    ]
    return [head, *body]


def _details(bounds: list[Told]) -> Cells:
    body = [
        [bound["name"], name, _number(value)] for bound in bounds for name, value in bound["others"].items()
    ]
    return [["of", "figure", "value"], *body]


def _growth(trends: list[Told]) -> Cells:
    sizes = sorted({int(size) for trend in trends for size in trend["by_size"]})
    head = ["what", "unit", *(f"at {size:,}" for size in sizes), "last to first"]
    body = []
    for trend in trends:
        values = {int(size): value for size, value in trend["by_size"].items()}
        first, last = values[min(values)], values[max(values)]
        cells = [_number(values[size]) if size in values else "" for size in sizes]
        body.append([trend["name"], trend["unit"], *cells, f"{last / first:.2f}"])
    return [head, *body]


def _verdict(result: Told) -> str:
    return "reached" if result["reached"] else "BELOW" if "floor" in result else "ABOVE"


def _spread(figure: Told) -> str:
    return f"{_number(figure['median'])} ({_number(figure['least'])} to {_number(figure['most'])})"


def _cpu(figure: Told) -> str:
    seconds = figure["cpu_seconds_per_1000"]
    return "" if seconds is None else f"{seconds:.3f}"


def _number(value: float) -> str:
    """Three digits that count."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004


def _markdown(cells: Cells) -> str:
    if len(cells) == 1:
        return "Not measured yet.\n"
    lines = [cells[0], ["---"] * len(cells[0]), *cells[1:]]
    return "".join(f"| {' | '.join(row)} |\n" for row in lines)


def main() -> int:
    PAGE.write_text(
        written(PAGE.read_text(encoding="utf-8"), json.loads(FIGURES.read_text())), encoding="utf-8"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
