"""Stands in the registry's place, so that the chassis is tested without the field's rules."""

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.jobs import Job
from chassis.service import Service, command, job, query
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply

metadata = sa.MetaData()
regions = sa.Table(
    "regions", metadata, sa.Column("code", sa.String(12), primary_key=True), sa.Column("name", sa.String(120))
)


class SourceService(Service):
    """One table, one event for each of its rows."""

    name = "registry"
    tables = metadata

    @command(messages.RecordRegions, roles=("clerk",))
    def record_regions(self, message: messages.RecordRegions, tx: Transaction) -> BulkReply:
        """Record regions. The name "fault" is a fault of the program, "slowly" starts a job."""
        bulk = Bulk(message)
        for entry in bulk:
            with entry.deciding():
                item = entry.item
                tx.within(item.code)
                if item.name == "fault":
                    raise RuntimeError("person 110105194912310021 is in this text")
                tx.execute(sa.insert(regions).values(code=item.code, name=item.name))
                tx.record(
                    messages.RegionRecorded(region=item.code, name=item.name, valid_from=item.valid_from)
                )
                if item.name == "slowly":
                    tx.start_job("registry.slowly", item.code, {"code": item.code}, total=3)
                entry.created(item.code)
        return bulk.reply()

    @command(messages.RegisterHouseholds, roles=("clerk",))
    def register_households(self, _message: messages.RegisterHouseholds, _tx: Transaction) -> BulkReply:
        """Forgets to ask whose region it is."""
        return BulkReply(outcomes=[])

    @query(messages.ResolveHouseholds, roles=("auditor",))
    def resolve_households(
        self, _message: messages.ResolveHouseholds, tx: Transaction
    ) -> messages.Identities:
        """Tells nothing."""
        tx.no_scope("an empty answer tells nothing")
        return messages.Identities(found={})

    @job("registry.slowly")
    def work_slowly(self, job: Job, tx: Transaction) -> bool:
        """Three steps, an event each."""
        job.done += 1
        tx.record(
            messages.RegionRecorded(
                region=job.payload["code"], name=f"step {job.done}", valid_from=tx.now.date()
            )
        )
        return job.done == job.total
