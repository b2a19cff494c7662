"""What giving up a payment does to debts is an entry of theirs."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0019"
down_revision = "0018"

ID = sa.String(32)
CHECKS = {
    "ck_debt_entries_kind": "kind IN ('offset', 'paid_back', 'written_off', 'reopened', 'not_paid')",
    "ck_debt_entries_offset_has_run": "(kind IN ('paid_back', 'written_off')) = (run_id IS NULL)",
    "ck_debt_entries_acts_have_ref": "(kind IN ('paid_back', 'written_off')) = (ref IS NOT NULL)",
}


def upgrade() -> None:
    """Let entries be of two more kinds, which have a line, as what is kept back has."""
    if op.get_bind().dialect.name == "sqlite":
        _anew()
        return
    op.drop_constraint("uq_debt_entries_line", "debt_entries")
    op.create_unique_constraint("uq_debt_entries_line", "debt_entries", ["debt_id", "run_id", "line", "kind"])
    for name, check in CHECKS.items():
        op.drop_constraint(name, "debt_entries")
        op.create_check_constraint(name, "debt_entries", check)


def _anew() -> None:
    """SQLite changes no constraint of a table: the rows move to a new one of the same name."""
    op.execute("create temporary table entries_before as select * from debt_entries")
    op.drop_table("debt_entries")
    op.create_table(
        "debt_entries",
        sa.Column("entry_id", ID, primary_key=True),
        sa.Column("ref", sa.String(80)),
        sa.Column("debt_id", ID, sa.ForeignKey("debts.debt_id"), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("run_id", ID),
        sa.Column("line", sa.Integer),
        sa.Column("happened_on", sa.Date, nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id", "line"], ["run_lines.run_id", "run_lines.seq"], name="fk_debt_entries_line"
        ),
        sa.UniqueConstraint("ref", name="uq_debt_entries_ref"),
        sa.UniqueConstraint("debt_id", "run_id", "line", "kind", name="uq_debt_entries_line"),
        sa.CheckConstraint("amount_fen > 0", name="ck_debt_entries_positive"),
        *(sa.CheckConstraint(check, name=name) for name, check in CHECKS.items()),
    )
    op.create_index("ix_debt_entries_line", "debt_entries", ["run_id", "line"])
    op.execute("insert into debt_entries select * from entries_before")
    op.execute("drop table entries_before")
    schema.append_only(op, "debt_entries")
