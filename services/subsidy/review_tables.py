"""Tables of reviews: those that are due, and what came of them.

A room of its own because tables.py is what is granted and paid, and this whether it still stands.
"""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, String, Table, UniqueConstraint, false, text

from services.subsidy.tables import CODE, ID, INSTANT, REGION, awards, metadata

# The work list: an award is on it from some days before its review is due until the review is recorded, or
# the award ends without one. `overdue_told`: that the last day is over.
due_reviews = Table(
    "due_reviews",
    metadata,
    Column("award_id", ID, ForeignKey("awards.award_id", name="fk_due_reviews_award"), primary_key=True),
    Column("person_id", ID, nullable=False),
    Column("scheme", CODE, nullable=False),
    Column("region", REGION, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("overdue_told", Boolean, nullable=False, server_default=false()),
)
Index("ix_due_reviews_region", due_reviews.c.region, due_reviews.c.award_id)
Index(
    "ix_due_reviews_untold",
    due_reviews.c.due_on,
    due_reviews.c.award_id,
    sqlite_where=text("NOT overdue_told"),
    postgresql_where=text("NOT overdue_told"),
)

# What came of reviews. Append-only.
award_reviews = Table(
    "award_reviews",
    metadata,
    Column("review_id", ID, primary_key=True),
    Column("ref", String(80), nullable=False),
    Column("award_id", ID, ForeignKey("awards.award_id", name="fk_award_reviews_award"), nullable=False),
    Column("outcome", String(10), nullable=False),
    Column("means", String(20), nullable=False),
    Column("reviewed_on", Date, nullable=False),
    Column("document", String(120), nullable=False),
    Column("reason", CODE),
    Column("happened_on", Date),
    Column("recorded_by", String(120), nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_award_reviews_ref"),
)
Index("ix_award_reviews_award", award_reviews.c.award_id)

# By which the daily look finds the awards whose review is due.
Index(
    "ix_awards_review",
    awards.c.scheme,
    awards.c.reviewed_on,
    awards.c.award_id,
    sqlite_where=text("last_period IS NULL"),
    postgresql_where=text("last_period IS NULL"),
)
