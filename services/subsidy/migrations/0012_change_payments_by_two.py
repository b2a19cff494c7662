"""Payments are given up, and taken back after they were paid, by two people; then a line is paid again."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0012"
down_revision = "0011"

ID = sa.String(32)
REGION = sa.String(12)
CODE = sa.String(60)
INSTANT = sa.DateTime(timezone=True)

HELD = "state IN ('open', 'reissued', 'given_up')"
FIRST = sa.text("take_back_id IS NULL")
STANDING = sa.text("state <> 'rejected'")


def upgrade() -> None:
    """Create the changes, and let held payments, payments and runs know of them."""
    # The same words in both databases; a check beside a column may name others of the table.
    op.execute(
        "alter table runs add column given_up_lines integer default 0 not null "
        "constraint ck_runs_given_up_lines "
        "check (given_up_lines >= 0 and paid_lines + given_up_lines <= lines)"
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        op.execute("pragma defer_foreign_keys = on")
        _held_payments_anew()
    else:
        op.drop_constraint("ck_held_payments_state", "held_payments")
        op.create_check_constraint("ck_held_payments_state", "held_payments", HELD)
    _payment_changes()
    _indexes()
    if sqlite:
        _payments_anew()
    else:
        op.drop_constraint("uq_payments_line", "payments")
        op.drop_constraint("uq_payments_once", "payments")
        op.add_column("payments", sa.Column("take_back_id", ID, sa.ForeignKey("payment_changes.id")))
        op.create_unique_constraint("uq_payments_again", "payments", ["take_back_id"])
    _first("uq_payments_line", ["run_id", "seq"])
    _first("uq_payments_once", ["person_id", "scheme", "period"])


def _first(name: str, columns: list[str]) -> None:
    op.create_index(name, "payments", columns, unique=True, sqlite_where=FIRST, postgresql_where=FIRST)


def _payment_changes() -> None:
    op.create_table(
        "payment_changes",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("held_id", ID, sa.ForeignKey("held_payments.id"), comment="What is given up"),
        sa.Column(
            "instruction_id", ID, sa.ForeignKey("instructions.id"), comment="What was paid, and came back"
        ),
        sa.Column("run_id", ID, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("reason", CODE, nullable=False),
        sa.Column("document", sa.String(120), nullable=False),
        sa.Column("booked_on", sa.Date, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("requested_by", sa.String(120), nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("decision_ref", sa.String(80), comment="The office's reference of the decision"),
        sa.Column("decided_by", sa.String(120), comment="Subject of the caller's token"),
        sa.Column("decided_at", INSTANT),
        sa.ForeignKeyConstraint(
            ["run_id", "line"], ["run_lines.run_id", "run_lines.seq"], name="fk_payment_changes_line"
        ),
        sa.UniqueConstraint("ref", name="uq_payment_changes_ref"),
        sa.UniqueConstraint("decision_ref", name="uq_payment_changes_decision_ref"),
        sa.CheckConstraint("state IN ('requested', 'approved', 'rejected')", name="ck_payment_changes_state"),
        sa.CheckConstraint(
            "kind = 'give_up' AND held_id IS NOT NULL AND instruction_id IS NULL"
            " OR kind = 'take_back' AND held_id IS NULL AND instruction_id IS NOT NULL",
            name="ck_payment_changes_kind",
        ),
        sa.CheckConstraint(
            "(decided_by IS NULL) = (state = 'requested')", name="ck_payment_changes_are_decided"
        ),
        sa.CheckConstraint("decided_by <> requested_by", name="ck_payment_changes_two_persons"),
    )


def _indexes() -> None:
    for target in ("held_id", "instruction_id"):
        op.create_index(
            f"uq_payment_changes_{target}",
            "payment_changes",
            [target],
            unique=True,
            sqlite_where=STANDING,
            postgresql_where=STANDING,
        )
    op.create_index("ix_payment_changes_region", "payment_changes", ["region", "state", "id"])
    op.create_index("ix_payment_changes_line", "payment_changes", ["run_id", "line"])
    op.create_index("ix_payment_changes_booked", "payment_changes", ["booked_on"])


# SQLite changes no constraint of a table: the rows move to a new one of the same name, as in 0008. ----------


def _held_payments_anew() -> None:
    op.execute("create temporary table held_before as select * from held_payments")
    op.drop_table("held_payments")
    op.create_table(
        "held_payments",
        sa.Column("id", ID, primary_key=True),
        sa.Column("run_id", ID, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("scheme", CODE, nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("reason", CODE, nullable=False),
        sa.Column("instruction_id", ID),
        sa.Column("account_id", ID, comment="The account that did not take it"),
        sa.Column("held_on", sa.Date, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id", "line"], ["run_lines.run_id", "run_lines.seq"], name="fk_held_payments_line"
        ),
        sa.UniqueConstraint("instruction_id", name="uq_held_payments_instruction"),
        sa.CheckConstraint(HELD, name="ck_held_payments_state"),
    )
    op.create_index(
        "uq_held_payments_unsent",
        "held_payments",
        ["run_id", "line"],
        unique=True,
        sqlite_where=sa.text("instruction_id IS NULL"),
        postgresql_where=sa.text("instruction_id IS NULL"),
    )
    op.create_index("ix_held_payments_run", "held_payments", ["run_id", "state", "id"])
    op.create_index("ix_held_payments_region", "held_payments", ["region", "state", "id"])
    op.execute("insert into held_payments select * from held_before")
    op.execute("drop table held_before")


def _payments_anew() -> None:
    op.execute("create temporary table payments_before as select * from payments")
    op.drop_table("payments")
    op.create_table(
        "payments",
        sa.Column("payment_id", ID, primary_key=True),
        sa.Column("run_id", ID, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("scheme", CODE, nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("paid_on", sa.Date, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("take_back_id", ID, sa.ForeignKey("payment_changes.id")),
        sa.ForeignKeyConstraint(
            ["run_id", "seq"], ["run_lines.run_id", "run_lines.seq"], name="fk_payments_line"
        ),
        sa.UniqueConstraint("take_back_id", name="uq_payments_again"),
        sa.CheckConstraint("amount_fen > 0", name="ck_payments_positive"),
    )
    op.create_index("ix_payments_paid", "payments", ["paid_on"])
    op.execute("insert into payments select *, null from payments_before")
    op.execute("drop table payments_before")
    schema.append_only(op, "payments")
