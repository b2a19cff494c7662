"""What follows a payment that came back is a payment of the same line: the database checks it."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0024"
down_revision = "0023"

ID = sa.String(32)
FIRST = sa.text("take_back_id IS NULL")
AGAIN = ["take_back_id", "run_id", "seq"]
PLACE = ["id", "run_id", "line"]


def upgrade() -> None:
    """Let a payment name a take-back together with its line."""
    op.create_index("uq_payment_changes_place", "payment_changes", PLACE, unique=True)
    if op.get_bind().dialect.name == "sqlite":
        _payments_anew()
    else:
        op.drop_constraint("payments_take_back_id_fkey", "payments")
        op.create_foreign_key("fk_payments_again", "payments", "payment_changes", AGAIN, PLACE)


def _payments_anew() -> None:
    # SQLite changes no constraint of a table: the rows move to a new one of the same name, as in 0012.
    op.execute("create temporary table payments_before as select * from payments")
    op.drop_table("payments")
    op.create_table(
        "payments",
        sa.Column("payment_id", ID, primary_key=True),
        sa.Column("run_id", ID, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("scheme", sa.String(60), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("paid_on", sa.Date, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("take_back_id", ID),
        sa.ForeignKeyConstraint(
            ["run_id", "seq"], ["run_lines.run_id", "run_lines.seq"], name="fk_payments_line"
        ),
        sa.ForeignKeyConstraint(
            AGAIN, [f"payment_changes.{each}" for each in PLACE], name="fk_payments_again"
        ),
        sa.UniqueConstraint("take_back_id", name="uq_payments_again"),
        sa.CheckConstraint("amount_fen > 0", name="ck_payments_positive"),
    )
    op.create_index("ix_payments_paid", "payments", ["paid_on"])
    for name, columns in (
        ("uq_payments_line", ["run_id", "seq"]),
        ("uq_payments_once", ["person_id", "scheme", "period"]),
    ):
        op.create_index(name, "payments", columns, unique=True, sqlite_where=FIRST)
    op.execute("insert into payments select * from payments_before")
    op.execute("drop table payments_before")
    schema.append_only(op, "payments")
