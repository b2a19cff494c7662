"""Months of an event log as files: written once, compared with the table, read from any position.

``2026-01.jsonl.gz`` holds the rows as lines of JSON in the order of their positions, a thousand to a gzip
member. Its manifest ``2026-01.json`` tells where the members, called blocks, begin, and their hashes: a
reader opens only the blocks it needs, and sees a changed byte. Files hold identifiers only, as events do,
and are open to their owner alone.
"""

import gzip
import os
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import orjson
from pydantic import BaseModel

from chassis import stream
from kernel.errors import Conflict

BLOCK = 1000
"""Events in one block: what is read at least to find one of them."""


class Entry(NamedTuple):
    """A row of an archived log, with the columns of the table."""

    id: int
    event_id: str
    type: str
    subject: str
    data: str
    recorded_at: datetime
    correlation_id: str | None
    causation_id: str | None
    traceparent: str | None
    epoch: int
    position: int


class Block(BaseModel):
    """A gzip member of the file: which positions it holds, where it lies, and its hash as it lies there."""

    first_position: int
    last_position: int
    events: int
    offset: int
    size: int
    sha256: str


class Manifest(BaseModel):
    """What is in a file."""

    service: str
    month: str
    epochs: list[int]
    first_position: int
    last_position: int
    events: int
    sha256: str
    blocks: list[Block]


def write(file: Path, service: str, month: str, rows: Iterable[Any]) -> tuple[Manifest, str]:
    """Write rows, of which there is at least one, in the order given: that of their positions.

    Both files are on the disk when this returns; one of the same name is replaced. Returns the manifest and
    its own hash.
    """
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    whole, blocks, epochs = sha256(), list[Block](), set[int]()
    remaining = iter(rows)
    with _replaced(file) as target:
        while batch := list(islice(remaining, BLOCK)):
            member = gzip.compress(b"".join(map(line, batch)), mtime=0)
            epochs.update(row.epoch for row in batch)
            whole.update(member)
            blocks.append(
                Block(
                    first_position=batch[0].position,
                    last_position=batch[-1].position,
                    events=len(batch),
                    offset=target.tell(),
                    size=len(member),
                    sha256=sha256(member).hexdigest(),
                )
            )
            target.write(member)
    manifest = Manifest(
        service=service,
        month=month,
        epochs=sorted(epochs),
        first_position=blocks[0].first_position,
        last_position=blocks[-1].last_position,
        events=sum(block.events for block in blocks),
        sha256=whole.hexdigest(),
        blocks=blocks,
    )
    text = manifest.model_dump_json(indent=1).encode()
    with _replaced(_manifest_of(file)) as target:
        target.write(text)
    return manifest, sha256(text).hexdigest()


def line(row: Any) -> bytes:
    """A row of the log as it stands in a file."""
    values = {name: getattr(row, name) for name in Entry._fields}
    return orjson.dumps(values | {"recorded_at": stream.aware(row.recorded_at)}) + b"\n"


class Month:
    """An archived month, opened: its manifest is the one that was noted when the month left the table.

    Whatever reads raises ``Conflict`` with ``stream.archive_missing`` or ``stream.archive_damaged``.
    """

    def __init__(self, folder: Path | None, name: str, digest: str) -> None:
        """folder: that of all services' archives. name: path of the file in it. digest: of its manifest."""
        self._name = name
        if folder is None:
            raise Conflict(
                "stream.archive_missing",
                f"{name} is archived and this process knows no archive; set CANLIAN_ARCHIVE_DIR.",
                file=name,
            )
        self._file = folder / name
        text = self._read(_manifest_of(self._file), 0, -1, digest)
        self.manifest = Manifest.model_validate_json(text)

    def after(self, position: int, limit: int) -> list[Entry]:
        """The first entries after a position."""
        blocks = self.manifest.blocks
        found: list[Entry] = []
        start = bisect_right(blocks, position, key=lambda block: block.last_position)
        for block in islice(blocks, start, None):
            if len(found) >= limit:
                break
            entries = (_entry(text) for text in self._block(block).splitlines())
            found += [entry for entry in entries if entry.position > position]
        return found[:limit]

    def lines(self) -> Iterator[bytes]:
        """All lines in order, each as ``line`` makes it."""
        for block in self.manifest.blocks:
            yield from self._block(block).splitlines(keepends=True)

    def _block(self, block: Block) -> bytes:
        try:
            return gzip.decompress(self._read(self._file, block.offset, block.size, block.sha256))
        except (OSError, EOFError, zlib.error):
            raise self._damaged() from None

    def _read(self, path: Path, offset: int, size: int, digest: str) -> bytes:
        try:
            with path.open("rb") as source:
                source.seek(offset)
                content = source.read(size)
        except OSError:
            raise Conflict(
                "stream.archive_missing",
                f"{path.name} cannot be read; put {self._name} and its manifest back into the archive.",
                file=self._name,
            ) from None
        if sha256(content).hexdigest() != digest:
            raise self._damaged()
        return content

    def _damaged(self) -> Conflict:
        return Conflict(
            "stream.archive_damaged",
            f"{self._name} or its manifest is not what was archived; put back a good copy of both.",
            file=self._name,
        )


def _entry(text: bytes) -> Entry:
    values = orjson.loads(text)
    return Entry(**(values | {"recorded_at": datetime.fromisoformat(values["recorded_at"])}))


def _manifest_of(file: Path) -> Path:
    return file.with_name(file.name.removesuffix(".jsonl.gz") + ".json")


@contextmanager
def _replaced(path: Path) -> Iterator[BinaryIO]:
    """A file to write that takes the place of ``path`` when all of it is on the disk."""
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        yield target
        target.flush()
        os.fsync(target.fileno())
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
