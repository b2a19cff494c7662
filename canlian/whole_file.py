"""Files that appear whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Where to write; what stands there at the end takes the file's place, after an error nothing stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.half-written")
    try:
        yield half
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
