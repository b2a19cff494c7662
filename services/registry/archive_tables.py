"""Tables of archives and their documents; a document itself stays with the office, its digest is here.

A room of its own because tables.py is about who people are.
"""

from sqlalchemy import Column, Date, Index, Integer, String, Text, UniqueConstraint

from chassis.sealing import Sealed
from services.registry.case_tables import CODE, REF
from services.registry.record_tables import acts, link, records

DOCUMENT_TITLE = Sealed("registry.archive_documents.title")

archives = records(
    "archives",
    link("archives", "organisation_id", "organisations"),
    Column("kind", CODE, nullable=False),
    Column("year", Integer, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("due_on", Date, nullable=False, comment="Last day for archiving"),
    Column("documents", Integer),
    Column("shelf", REF),
    UniqueConstraint("organisation_id", "kind", "year", name="uq_archives_year"),
)
archive_acts = acts("archive_acts", archives, Column("documents", Integer), Column("shelf", REF))

archive_documents = records(
    "archive_documents",
    link("archive_documents", "archive_id", "archives"),
    Column("added_on", Date, nullable=False),
    Column("digest", String(64), nullable=False, comment="SHA-256 of the document"),
    link("archive_documents", "person_id", "persons", optional=True),
    Column("title", Text, comment="Sealed"),
    steps=False,
)
Index("ix_archive_documents_archive", archive_documents.c.archive_id)
Index("ix_archive_documents_person", archive_documents.c.person_id)
