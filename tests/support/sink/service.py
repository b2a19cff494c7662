"""Stands in the rehab service's place and follows the registry's."""

from typing import ClassVar

import sqlalchemy as sa

from chassis.service import Service, follow
from chassis.stream import Received
from chassis.transaction import Transaction
from contracts import registry as messages
from kernel.errors import Conflict

metadata = sa.MetaData()
seen = sa.Table(
    "seen",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("subject", sa.String(64), nullable=False),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("trace_id", sa.String(32)),
)


class SinkService(Service):
    """Keeps every event as a row; what happens twice stands there twice."""

    name = "rehab"
    tables = metadata
    poison: ClassVar[set[str]] = set()

    @follow("registry")
    def follow_registry(self, events: list[Received], tx: Transaction) -> None:
        """Write the events down; a poisoned name is refused."""
        rows = []
        for received in events:
            assert isinstance(received.event, messages.RegionRecorded)
            if received.event.name in self.poison:
                raise Conflict("sink.poisoned", "This event is poison.")
            rows.append(
                {
                    "position": received.position,
                    "subject": received.subject,
                    "name": received.event.name,
                    "trace_id": received.trace_id,
                }
            )
        tx.insert(seen, rows)
