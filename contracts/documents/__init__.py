"""What is generated from the contracts: a JSON Schema for each message, and the AsyncAPI document of all.

`make contracts` writes them. They are committed, so that a change of a contract shows as a change of a file,
and so that programs in other languages can be written without reading Python.
"""

from collections.abc import Iterator
from pathlib import Path

from contracts.documents import asyncapi, schemas

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "contracts" / "schemas"
ASYNCAPI = ROOT / "docs" / "asyncapi.yaml"


def files() -> Iterator[tuple[Path, str]]:
    """Every generated file with the text it must have."""
    for name, schema in schemas.every().items():
        yield SCHEMAS / f"{name}.json", schemas.text(schema)
    yield ASYNCAPI, asyncapi.text()


def stale() -> list[Path]:
    """Files that are missing, differ from the contracts, or belong to no message."""
    wanted = dict(files())
    differing = [
        path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    return differing + [path for path in sorted(SCHEMAS.glob("*")) if path not in wanted]


def write() -> list[Path]:
    """Bring the files up to date; returns those that were not."""
    wanted, changed = dict(files()), stale()
    for path in changed:
        if path in wanted:
            path.parent.mkdir(exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8")
        else:
            path.unlink()
    return changed
