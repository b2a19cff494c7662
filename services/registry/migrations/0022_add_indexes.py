"""Indexes that searches, matches, a person's history and their access log are answered from."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Create the indexes."""
    op.create_index("ix_certificates_category", "certificates", ["category", "grade", "person_id"])
    op.create_index("ix_household_flags_household", "household_flags", ["household_id", "flag"])
    op.create_index("ix_delegates_person", "delegates", ["person_id"])
    op.create_index("ix_appointments_person", "appointments", ["person_id"])
    op.create_index("ix_appointments_term", "appointments", ["term_id"])
    op.create_index("ix_survey_tasks_person", "survey_tasks", ["person_id"])
    op.drop_index("ix_certificate_acts_person", "certificate_acts")
    in_order = ["person_id", "acted_on", "id"]
    op.create_index("ix_certificate_acts_person", "certificate_acts", in_order)
    moves = sa.text("region is not null")
    op.create_index(
        "ix_certificate_acts_moves",
        "certificate_acts",
        in_order,
        sqlite_where=moves,
        postgresql_where=moves,
    )
