"""Numbers of the volunteer network are found again. A daily job finds those that were recorded before."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Add the column and its unique index; who left may register again."""
    comment = "Blind index; none: no number, or an older row"
    op.add_column("volunteers", sa.Column("network_number_index", sa.String(81), comment=comment))
    standing = sa.text("state <> 'left'")
    op.create_index(
        "uq_volunteers_network_number",
        "volunteers",
        ["network_number_index"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
