"""The table of proofs.

A room of its own because tables.py is what is granted and paid, and this what was seen before.
"""

from sqlalchemy import Column, Date, Index, String, Table, UniqueConstraint

from services.subsidy.tables import CODE, ID, INSTANT, REGION, metadata

# What the office has seen of a person for a scheme. Append-only: of a fact the last one seen counts.
proofs = Table(
    "proofs",
    metadata,
    Column("proof_id", ID, primary_key=True),
    Column("ref", String(80), nullable=False),
    Column("person_id", ID, nullable=False),
    Column("region", REGION, nullable=False),
    Column("scheme", CODE, nullable=False),
    Column("fact", CODE, nullable=False),
    Column("value", String(20), nullable=False),
    Column("seen_on", Date, nullable=False),
    Column("recorded_by", String(120), nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_proofs_ref"),
)
Index("ix_proofs_person", proofs.c.person_id, proofs.c.scheme)
Index("ix_proofs_scheme", proofs.c.scheme, proofs.c.proof_id)
