"""Reading the project's pages: their tables, snippets, links and the paths they name."""

import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
OTHERS = {"README.md", "CONTRIBUTING.md", "CHANGELOG.md"}
_FENCE = re.compile(r"^(```+)([^\n`]*)\n(.*?)^\1 *$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Fence:
    """A fenced snippet. line: number of the fence itself, from 1."""

    language: str
    text: str
    line: int


def pages() -> list[Path]:
    """Every page of the documentation."""
    return [*(ROOT / name for name in sorted(OTHERS)), *sorted((ROOT / "docs").rglob("*.md"))]


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def fences(page: Path) -> list[Fence]:
    text = page.read_text(encoding="utf-8")
    return [
        Fence((match[2].split() or [""])[0], match[3], text.count("\n", 0, match.start()) + 1)
        for match in _FENCE.finditer(text)
    ]


def prose(page: Path) -> str:
    """The page without its snippets."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def table(text: str, heading: str, number: int = 1) -> list[list[str]]:
    """The rows of a table below a heading (the first, or the one of that number), without its head.

    Raises AssertionError when there is none.
    """
    below = re.split(rf"^#+ {re.escape(heading)} *$", text, maxsplit=1, flags=re.MULTILINE)
    assert len(below) == 2, f"no heading {heading!r}"
    tables = re.findall(r"^\|.*(?:\n\|.*)*", below[1], re.MULTILINE)
    assert len(tables) >= number, f"no table {number} below {heading!r}"
    return [cells(row) for row in tables[number - 1].splitlines()[2:]]


def cells(row: str) -> list[str]:
    """The cells of one row; a bar that is part of a cell is written with a backslash."""
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", row.strip())[1:-1]]


def code(text: str) -> list[str]:
    """What stands between single backticks."""
    return re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)


@cache
def tracked() -> frozenset[str]:
    """Files of the repository: tracked ones, and those that the next commit would take in."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return frozenset(name for name in names if name and (ROOT / name).is_file())
