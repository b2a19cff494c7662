"""Stands in the registry's place, like the source of tests/support, but its table has no key of its own."""

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.service import Service, command
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply

metadata = sa.MetaData()
entries = sa.Table(
    "entries",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("code", sa.String(12), nullable=False),
    sa.Column("name", sa.String(120), nullable=False),
)


class SourceService(Service):
    """A row and an event for each item, as often as it is told."""

    name = "registry"
    tables = metadata

    @command(messages.RecordRegions, roles=("clerk",))
    def record_regions(self, message: messages.RecordRegions, tx: Transaction) -> BulkReply:
        """Keep the items; each outcome names its row."""
        bulk = Bulk(message)
        for entry in bulk:
            item = entry.item
            tx.within(item.code)
            insert = sa.insert(entries).values(code=item.code, name=item.name).returning(entries.c.id)
            row_id = tx.execute(insert).scalar_one()
            tx.record(messages.RegionRecorded(region=item.code, name=item.name, valid_from=item.valid_from))
            entry.created(str(row_id))
        return bulk.reply()
