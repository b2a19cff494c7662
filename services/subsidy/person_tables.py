"""Copies of what the registry tells: folds of its events."""

from sqlalchemy import Boolean, Column, Date, Index, Integer, String, Table

from services.subsidy.tables import ID, REGION, metadata

persons = Table(
    "persons",
    metadata,
    Column("person_id", ID, primary_key=True),
    Column("region", REGION, nullable=False),
    Column("household_id", ID),
    Column("birth_month", String(7)),
    Column("certified", Boolean, nullable=False, default=False),
    Column("category", String(20)),
    Column("grade", Integer),
    Column("certificate_expires_on", Date),
    Column("merged_into", ID, index=True),
)
Index("ix_persons_region", persons.c.region, persons.c.person_id)
Index("ix_persons_household", persons.c.household_id)

# `flags`: all that hold, in the order of their names, with commas between.
households = Table(
    "households",
    metadata,
    Column("household_id", ID, primary_key=True),
    Column("region", REGION, nullable=False),
    Column("flags", String(200), nullable=False),
)

# Who acts for a person is not known here, only that somebody does, and for what.
guardianships = Table(
    "guardianships",
    metadata,
    Column("guardianship_id", ID, primary_key=True),
    Column("person_id", ID, nullable=False),
    Column(
        "scope", String(120), nullable=False, default="", comment="In alphabetical order, comma separated"
    ),
    Column("since", Date),
    Column("until", Date, comment="Last day, as set beforehand or as it came"),
)
