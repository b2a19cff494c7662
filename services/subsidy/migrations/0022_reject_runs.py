"""A frozen list may be rejected; its lines stand no more, and others may take their places."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0022"
down_revision = "0021"

ID = sa.String(32)
CODE = sa.String(60)
INSTANT = sa.DateTime(timezone=True)
REJECTED = (
    sa.Column("rejected_by", sa.String(120)),
    sa.Column("rejected_at", INSTANT),
    sa.Column("rejected_because", sa.String(120)),
)
STANDS = sa.Column("stands", sa.Boolean, nullable=False, server_default=sa.true())
CHECKS = {
    "ck_runs_state": (
        "state IN ('planning', 'frozen', 'approved', 'instructing', 'instructed', 'paid', 'rejected')"
    ),
    "ck_runs_approved_has_checker": "(approved_by IS NULL) = (state IN ('planning', 'frozen', 'rejected'))",
    "ck_runs_rejected_by": "(rejected_by IS NULL) = (state <> 'rejected')",
}


def upgrade() -> None:
    """Let runs be rejected, and lines stand or not."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("pragma defer_foreign_keys = on")
        _runs_anew()
        _lines_anew()
    else:
        _changed()
    op.create_index(
        "uq_run_lines_once",
        "run_lines",
        ["person_id", "scheme", "period"],
        unique=True,
        sqlite_where=sa.text("stands = 1"),
        postgresql_where=sa.text("stands"),
    )
    schema.append_only(op, "run_lines", but="stands")


def _changed() -> None:
    for column in REJECTED:
        op.add_column("runs", column)
    for name in ("ck_runs_state", "ck_runs_approved_has_checker"):
        op.drop_constraint(name, "runs")
    for name, check in CHECKS.items():
        op.create_check_constraint(name, "runs", check)
    op.add_column("run_lines", STANDS)
    op.drop_constraint("uq_run_lines_once", "run_lines")
    op.execute("drop trigger run_lines_append_only on run_lines")
    op.execute("drop function run_lines_append_only()")


# SQLite changes no constraint of a table: the rows move to a new one of the same name. ----------------------


def _runs_anew() -> None:
    op.execute("create temporary table runs_before as select * from runs")
    op.drop_table("runs")
    op.create_table(
        "runs",
        sa.Column("run_id", ID, primary_key=True),
        sa.Column("scheme", CODE, nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("region", sa.String(12), nullable=False),
        sa.Column("pay_on", sa.Date, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("lines", sa.Integer, nullable=False),
        sa.Column("paid_lines", sa.Integer, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("list_hash", sa.String(64)),
        sa.Column("planned_by", sa.String(120), nullable=False),
        sa.Column("planned_at", INSTANT, nullable=False),
        sa.Column("approved_by", sa.String(120)),
        sa.Column("approved_at", INSTANT),
        sa.Column("given_up_lines", sa.Integer, nullable=False, server_default=sa.text("0")),
        *REJECTED,
        *(sa.CheckConstraint(check, name=name) for name, check in CHECKS.items()),
        sa.CheckConstraint("(list_hash IS NULL) = (state = 'planning')", name="ck_runs_frozen_has_hash"),
        sa.CheckConstraint("approved_by <> planned_by", name="ck_runs_maker_is_not_checker"),
        sa.CheckConstraint("paid_lines BETWEEN 0 AND lines", name="ck_runs_paid_lines"),
        sa.CheckConstraint(
            "given_up_lines >= 0 AND paid_lines + given_up_lines <= lines", name="ck_runs_given_up_lines"
        ),
    )
    op.create_index(
        "uq_runs_one_open",
        "runs",
        ["scheme", "period", "region"],
        unique=True,
        sqlite_where=sa.text("state IN ('planning', 'frozen', 'approved')"),
    )
    op.execute("insert into runs select *, null, null, null from runs_before")
    op.execute("drop table runs_before")


def _lines_anew() -> None:
    op.execute("create temporary table lines_before as select * from run_lines")
    op.drop_table("run_lines")
    op.create_table(
        "run_lines",
        sa.Column("run_id", ID, sa.ForeignKey("runs.run_id"), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("award_id", ID, sa.ForeignKey("awards.award_id"), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("scheme", CODE, nullable=False),
        sa.Column("variant", CODE, nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("region", sa.String(12), nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        STANDS,
        sa.CheckConstraint("amount_fen > 0", name="ck_run_lines_positive"),
    )
    op.execute("insert into run_lines select *, 1 from lines_before")
    op.execute("drop table lines_before")
