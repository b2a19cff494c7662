"""Stands in the rehab service's place and follows the source."""

import sqlalchemy as sa

from chassis.service import Service, follow
from chassis.stream import Received
from chassis.transaction import Transaction
from contracts import registry as messages
from tests.chaos.source.service import amount_of

metadata = sa.MetaData()
seen = sa.Table(
    "seen",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
)


class SinkService(Service):
    """Keeps every event as a row; what happens twice stands there twice."""

    name = "rehab"
    tables = metadata

    @follow("registry")
    def follow_registry(self, events: list[Received], tx: Transaction) -> None:
        """Write the events down."""
        rows = []
        for received in events:
            event = received.event
            assert isinstance(event, messages.RegionRecorded | messages.PersonRegistered)
            name = event.name if isinstance(event, messages.RegionRecorded) else event.person_id
            rows.append({"position": received.position, "name": name, "amount": amount_of(event.region)})
        tx.execute(sa.insert(seen), rows)
