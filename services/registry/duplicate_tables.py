"""Tables of persons registered twice: pairs that look like one person, and requests to merge or to undo it.

A room of its own because tables.py is who is registered, and this what is said of two of them.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    String,
    Table,
    UniqueConstraint,
    text,
)

from services.registry.tables import ID, INSTANT, metadata

duplicates = Table(
    "duplicates",
    metadata,
    Column("id", ID, primary_key=True),
    Column("first_id", ID, ForeignKey("persons.id", name="fk_duplicates_first"), nullable=False),
    Column("second_id", ID, ForeignKey("persons.id", name="fk_duplicates_second"), nullable=False),
    Column("signs", String(200), nullable=False, comment="In alphabetical order, comma separated"),
    Column("found_on", Date, nullable=False),
    Column("state", String(40), nullable=False),
    Column("dismissed_signs", String(200), comment="Signs that somebody has seen and found nothing in"),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("first_id", "second_id", name="uq_duplicates_pair"),
    CheckConstraint("first_id < second_id", name="ck_duplicates_order"),
)
Index("ix_duplicates_state", duplicates.c.state, duplicates.c.id)
Index("ix_duplicates_second", duplicates.c.second_id)

duplicate_dismissals = Table(
    "duplicate_dismissals",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", String(80), nullable=False),
    Column(
        "duplicate_id",
        ID,
        ForeignKey("duplicates.id", name="fk_duplicate_dismissals_duplicate"),
        nullable=False,
    ),
    Column("dismissed_on", Date, nullable=False),
    Column("signs", String(200), nullable=False, comment="Those that the pair had then"),
    Column("recorded_by", String(120), nullable=False, comment="Subject of the caller's token"),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_duplicate_dismissals_ref"),
)

merges = Table(
    "merges",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", String(80), nullable=False),
    Column("undoes_id", ID, ForeignKey("merges.id", name="fk_merges_undoes"), comment="The merge undone"),
    Column("person_id", ID, ForeignKey("persons.id", name="fk_merges_person"), nullable=False),
    Column("kept_id", ID, ForeignKey("persons.id", name="fk_merges_kept"), nullable=False),
    Column("requested_on", Date, nullable=False),
    Column("requested_by", String(120), nullable=False, comment="Subject of the caller's token"),
    Column("recorded_at", INSTANT, nullable=False),
    Column("state", String(40), nullable=False),
    Column("decision_ref", String(80), comment="The office's reference of the decision"),
    Column("decided_on", Date),
    Column("decided_by", String(120), comment="Subject of the caller's token"),
    Column("decided_at", INSTANT),
    Column("undone_at", INSTANT, comment="When it was undone; null while it stands"),
    UniqueConstraint("ref", name="uq_merges_ref"),
    UniqueConstraint("decision_ref", name="uq_merges_decision_ref"),
    CheckConstraint("decided_by <> requested_by", name="ck_merges_two_persons"),
    CheckConstraint("person_id <> kept_id", name="ck_merges_two_records"),
)
STANDING = "state = 'approved' AND undoes_id IS NULL AND undone_at IS NULL"
Index(
    "uq_merges_standing",
    merges.c.person_id,
    unique=True,
    sqlite_where=text(STANDING),
    postgresql_where=text(STANDING),
)
Index("ix_merges_state", merges.c.state, merges.c.id)
Index("ix_merges_person", merges.c.person_id)
Index("ix_merges_kept", merges.c.kept_id)
