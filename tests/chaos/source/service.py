"""Stands in the registry's place, so that the chassis is tested without the field's rules.

Every row carries a whole amount, the last six digits of its region, so that sums can be compared.
"""

import hashlib

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.jobs import Job
from chassis.service import Service, command, job
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply

metadata = sa.MetaData()
entries = sa.Table(
    "entries",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("person", sa.String(32), comment="natural key, of persons alone"),
    sa.UniqueConstraint("person", name="uq_entries_person"),
)
STEPS = 3
JOB_SUFFIX = "-job"
"""A region whose name ends so starts a job of STEPS steps."""


def amount_of(region: str) -> int:
    """The amount that travels in a region's code."""
    return int(region[6:])


def person_id(id_number: str) -> str:
    """The person of a made-up ID number; the real registry gives identifiers by chance."""
    return hashlib.sha256(id_number.encode()).hexdigest()[:32]


def step_name(name: str, number: int) -> str:
    """The name of a row that a job's step makes; steps count from 1."""
    return f"{name}/{number}"


class SourceService(Service):
    """A row and an event for each item, as often as it is told; for a person once."""

    name = "registry"
    tables = metadata

    @command(messages.RecordRegions, roles=("clerk",))
    def record_regions(self, message: messages.RecordRegions, tx: Transaction) -> BulkReply:
        """Keep the items; each outcome names its row. Only the command's key tells a repetition."""
        bulk = Bulk(message)
        for entry in bulk:
            item = entry.item
            tx.within(item.code)
            entry.created(str(_keep(tx, item.code, item.name)))
            if item.name.endswith(JOB_SUFFIX):
                payload = {"code": item.code, "name": item.name}
                tx.start_job("registry.steps", item.name, payload, total=STEPS)
        return bulk.reply()

    @command(messages.RegisterPersons, roles=("clerk",))
    def register_persons(self, message: messages.RegisterPersons, tx: Transaction) -> BulkReply:
        """Keep each person once, whoever asks and however often."""
        bulk = Bulk(message)
        for entry in bulk:
            item = entry.item
            tx.within(item.region)
            person = person_id(item.id_number)
            known = sa.select(entries.c.id).where(entries.c.person == person).limit(1)
            row_id = tx.execute(known).scalar_one_or_none()
            if row_id is not None:
                entry.unchanged(str(row_id))
                continue
            values = {"name": person, "amount": amount_of(item.region), "person": person}
            row_id = tx.execute(sa.insert(entries).values(values).returning(entries.c.id)).scalar_one()
            tx.record(
                messages.PersonRegistered(
                    region=item.region,
                    person_id=person,
                    sex="female",
                    birth_month="1980-01",
                    registered_on=item.registered_on,
                )
            )
            entry.created(str(row_id))
        return bulk.reply()

    @job("registry.steps")
    def work(self, job: Job, tx: Transaction) -> bool:
        """A row and an event for each step."""
        job.done += 1
        _keep(tx, job.payload["code"], step_name(job.payload["name"], job.done))
        return job.done == job.total


def _keep(tx: Transaction, code: str, name: str) -> int:
    insert = sa.insert(entries).values(name=name, amount=amount_of(code)).returning(entries.c.id)
    row_id: int = tx.execute(insert).scalar_one()
    tx.record(messages.RegionRecorded(region=code, name=name, valid_from=tx.now.date()))
    return row_id
