"""An award that was stopped before its first period does not bar another one from that period."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

ID = sa.String(32)
CODE = sa.String(60)
PERIOD = sa.String(10)
EVER_PAID = sa.text("last_period IS NULL OR last_period >= period")
GOING_ON = sa.text("last_period IS NULL")
SOLE = sa.text("sole")
FOR_HOUSEHOLD = sa.text("for_household")


def upgrade() -> None:
    """Let the unique key leave out what is never paid."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("pragma defer_foreign_keys = on")
        _anew()
    else:
        op.drop_constraint("uq_awards_once", "awards")
    _index("uq_awards_once", ["person_id", "scheme", "period"], EVER_PAID, unique=True)


def _index(name: str, columns: list[str], only: sa.TextClause, *, unique: bool = False) -> None:
    op.create_index(name, "awards", columns, unique=unique, sqlite_where=only, postgresql_where=only)


def _anew() -> None:
    """SQLite drops no constraint of a table: the rows move to a new one of the same name."""
    columns = (
        sa.Column("award_id", ID, primary_key=True),
        sa.Column("ref", sa.String(80)),
        sa.Column("enrolment_id", ID),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("scheme", CODE, nullable=False),
        sa.Column("variant", CODE, nullable=False),
        sa.Column("period", PERIOD, nullable=False),
        sa.Column("region", sa.String(12), nullable=False),
        sa.Column("granted_on", sa.Date, nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_period", PERIOD),
        sa.Column("sole", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("applied_on", sa.Date),
        sa.Column("cost_fen", sa.BigInteger),
        sa.Column("days", sa.Integer),
        sa.Column("held_from", PERIOD),
        sa.Column("household_id", ID),
        sa.Column("for_household", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("reviewed_on", sa.Date),
        sa.Column("review_held_from", PERIOD),
    )
    names = ", ".join(column.name for column in columns)
    op.execute("create temporary table awards_before as select * from awards")
    op.drop_table("awards")
    op.create_table(
        "awards",
        *columns,
        sa.UniqueConstraint("ref", name="uq_awards_ref"),
        sa.CheckConstraint("(ref IS NULL) <> (enrolment_id IS NULL)", name="ck_awards_one_origin"),
    )
    op.create_index("ix_awards_scheme", "awards", ["scheme", "award_id"])
    op.create_index("ix_awards_period", "awards", ["scheme", "period", "award_id"])
    _index("ix_awards_going_on", ["award_id"], GOING_ON)
    _index("ix_awards_review", ["scheme", "reviewed_on", "award_id"], GOING_ON)
    _index("uq_awards_sole", ["person_id", "scheme"], SOLE, unique=True)
    _index("uq_awards_household", ["household_id", "scheme"], FOR_HOUSEHOLD, unique=True)
    op.execute(f"insert into awards ({names}) select {names} from awards_before")  # noqa: S608 - names from above
    op.execute("drop table awards_before")
