"""The audit of reads: a row for each time somebody saw sealed fields of a subject (PIPL Art. 51, 54).

Rows are numbered without gaps and chained by hashes, so that an edited or removed row is found. A chain alone
cannot show that its end was cut off or that all of it was computed anew: publish ``head`` elsewhere, and give
it to ``verify`` later. The table refuses UPDATE and DELETE (``chassis.schema``).
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, DateTime, MetaData, String, Table, Text, func, select

from chassis.database import BigId, insert

GENESIS = "0" * 64
_LOCK = 0x61756469745F6C6F  # "audit_lo", any fixed number of 64 bits


class Head(NamedTuple):
    """The last row: its number and its hash. An empty chain has (0, 64 zeros)."""

    seq: int
    hash: str


def audit_table(metadata: MetaData) -> Table:
    """The table of reads. fields: names with commas between; hash: SHA-256 over all other columns."""
    return Table(
        "access_audit",
        metadata,
        Column("seq", BigId, primary_key=True, autoincrement=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("actor", String(120), nullable=False),
        Column("purpose", Text, nullable=False),
        Column("subject_id", String(64), nullable=False, index=True),
        Column("fields", Text, nullable=False),
        Column("trace_id", String(32)),
        Column("previous_hash", String(64), nullable=False, unique=True),
        Column("hash", String(64), nullable=False),
    )


def append(
    connection: Connection,
    table: Table,
    *,
    at: datetime,
    actor: str,
    purpose: str,
    subject_ids: Iterable[str],
    fields: Iterable[str],
    trace_id: str | None,
) -> None:
    """Write down a read, a row for each subject, in the transaction that reads: one that may write.

    On PostgreSQL writers wait for each other until the transaction ends, so call it late in a transaction, at
    READ COMMITTED. Should two ever get past that, the unique previous_hash lets one of them fail: no fork.
    Raises ValueError for a naive ``at``.
    """
    if at.tzinfo is None:
        raise ValueError("the instant of a read must be aware")
    if connection.dialect.name == "postgresql":
        # Not SELECT … FOR UPDATE: it needs the right to UPDATE, which nobody should have on this table.
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    last = head(connection, table)
    read = {
        "at": at.astimezone(UTC),  # SQLite keeps the digits and forgets the zone
        "actor": actor,
        "purpose": purpose,
        "fields": ",".join(fields),
        "trace_id": trace_id,
    }
    rows = []
    for subject_id in subject_ids:
        row = read | {"seq": last.seq + 1, "subject_id": subject_id, "previous_hash": last.hash}
        last = Head(last.seq + 1, _hash(row))
        rows.append(row | {"hash": last.hash})
    insert(connection, table, rows)


def head(connection: Connection, table: Table) -> Head:
    """The end of the chain, to be published where those who can change the database cannot change it."""
    query = select(table.c.seq, table.c.hash).order_by(table.c.seq.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return Head(row.seq, row.hash) if row else Head(0, GENESIS)


def verify(connection: Connection, table: Table, published: Head | None = None) -> list[str]:
    """What is wrong with the chain; empty if nothing. Only the first break is named: past it all is doubtful.

    published: an earlier ``head``; the chain must still contain it.
    """
    last = Head(0, GENESIS)
    query = select(table).order_by(table.c.seq).execution_options(yield_per=1000)
    with connection.execute(query) as rows:
        for row in rows.mappings():
            if row["seq"] != last.seq + 1:
                return [_broken(last.seq + 1, "the row is missing")]
            if row["previous_hash"] != last.hash or row["hash"] != _hash(dict(row)):
                return [_broken(row["seq"], "the row was changed after it was written")]
            last = Head(row["seq"], row["hash"])
            if published and published.seq == last.seq and published != last:
                return [_broken(last.seq, "its hash is not the published one")]
    if published and published.seq > last.seq:
        return [_broken(last.seq + 1, f"the row is missing, though {published.seq} were published")]
    return []


def _broken(seq: int, reason: str) -> str:
    return f"access_audit is broken at seq {seq}: {reason}"


def _hash(row: dict[str, Any]) -> str:
    at = row["at"]
    # SQLite gives it back without a zone, PostgreSQL in the zone of the session.
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    content = {name: value for name, value in row.items() if name != "hash"} | {"at": at.isoformat()}
    return sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
