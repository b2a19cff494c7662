"""The table of guardians.

A room of its own because tables.py is about who people are, and this about who acts for them.
"""

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, String, Table, Text, UniqueConstraint

from chassis.sealing import Sealed
from services.registry.tables import ID, INSTANT, metadata

GUARDIAN_NAME = Sealed("registry.guardians.name")
GUARDIAN_PHONE = Sealed("registry.guardians.phone")

guardians = Table(
    "guardians",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", String(80), nullable=False),
    Column("person_id", ID, ForeignKey("persons.id", name="fk_guardians_person"), nullable=False),
    Column("name", Text, nullable=False, comment="Sealed"),
    Column("phone", Text, comment="Sealed"),
    Column("relation", String(40), nullable=False),
    Column("scope", String(120), nullable=False, comment="In alphabetical order, comma separated"),
    Column("since", Date, nullable=False),
    Column("until", Date, comment="Last day, as set beforehand"),
    Column("recorded_by", String(120), nullable=False, comment="Subject of the caller's token"),
    Column("recorded_at", INSTANT, nullable=False),
    Column("end_ref", String(80), comment="The office's reference of the end"),
    Column("ended_on", Date, comment="Last day, as it came"),
    Column("ended_by", String(120), comment="Subject of the caller's token"),
    UniqueConstraint("ref", name="uq_guardians_ref"),
    UniqueConstraint("end_ref", name="uq_guardians_end_ref"),
    CheckConstraint("until >= since", name="ck_guardians_until"),
    CheckConstraint("ended_on >= since", name="ck_guardians_ended_on"),
)
Index("ix_guardians_person", guardians.c.person_id)
