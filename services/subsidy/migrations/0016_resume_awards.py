"""Awards are resumed after their end; people are to be asked for other causes than a run of outreach, one
being a benefit of others that is lower.
"""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0016"
down_revision = "0015"

ID = sa.String(32)
CODE = sa.String(60)
PERIOD = sa.String(10)
REGION = sa.String(12)
INSTANT = sa.DateTime(timezone=True)

ACTIONS = "action IN ('stop', 'hold', 'release', 'regrade', 'resume')"
VARIANT = "(variant IS NOT NULL) = (action IN ('regrade', 'resume'))"
RUN = "(run_id IS NOT NULL) = (cause = 'outreach')"


def upgrade() -> None:
    """Let changes be resumptions, and leads be of no run; create the table of others' benefits."""
    _outside_benefits()
    if op.get_bind().dialect.name == "sqlite":
        op.execute("pragma defer_foreign_keys = on")
        _award_changes_anew()
        _leads_anew()
        return
    for name, check in (("action", ACTIONS), ("variant", VARIANT)):
        op.drop_constraint(f"ck_award_changes_{name}", "award_changes")
        op.create_check_constraint(f"ck_award_changes_{name}", "award_changes", check)
    op.alter_column("leads", "run_id", nullable=True)
    op.add_column("leads", sa.Column("cause", sa.String(20), nullable=False, server_default="outreach"))
    op.create_check_constraint("ck_leads_run", "leads", RUN)


def _outside_benefits() -> None:
    op.create_table(
        "outside_benefits",
        sa.Column("benefit_id", ID, primary_key=True),
        sa.Column("ref", sa.String(80), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("benefit", CODE, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_outside_benefits_ref"),
        sa.CheckConstraint("amount_fen >= 0", name="ck_outside_benefits_amount"),
    )
    op.create_index("ix_outside_benefits_person", "outside_benefits", ["person_id", "benefit"])
    schema.append_only(op, "outside_benefits")


# SQLite changes no constraint of a table: the rows move to a new one of the same name, as in 0012. ----------


def _award_changes_anew() -> None:
    op.execute("create temporary table changes_before as select * from award_changes")
    op.drop_table("award_changes")
    op.create_table(
        "award_changes",
        sa.Column("change_id", ID, primary_key=True),
        sa.Column("award_id", ID, sa.ForeignKey("awards.award_id"), nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("reason", CODE, nullable=False),
        sa.Column("happened_on", sa.Date, nullable=False),
        sa.Column("period", PERIOD, nullable=False),
        sa.Column("variant", CODE),
        sa.Column("cause", sa.String(40), nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("award_id", "cause", "action", name="uq_award_changes_once"),
        sa.CheckConstraint(VARIANT, name="ck_award_changes_variant"),
        sa.CheckConstraint(ACTIONS, name="ck_award_changes_action"),
    )
    op.execute("insert into award_changes select * from changes_before")
    op.execute("drop table changes_before")
    schema.append_only(op, "award_changes")


def _leads_anew() -> None:
    op.execute("create temporary table leads_before as select * from leads")
    op.drop_table("leads")
    op.create_table(
        "leads",
        sa.Column("lead_id", ID, primary_key=True),
        sa.Column("run_id", ID, sa.ForeignKey("outreach_runs.run_id")),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("scheme", CODE, nullable=False),
        sa.Column("period", PERIOD, nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("grounds", sa.String(64), nullable=False),
        sa.Column("rules", sa.Text, nullable=False),
        sa.Column("to_check", sa.Text, nullable=False),
        sa.Column("found_on", sa.Date, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("last_act_on", sa.Date, nullable=False),
        sa.Column("reason", sa.String(40)),
        sa.Column("award_id", ID, sa.ForeignKey("awards.award_id")),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("cause", sa.String(20), nullable=False, server_default="outreach"),
        sa.CheckConstraint(RUN, name="ck_leads_run"),
    )
    op.create_index("ix_leads_run", "leads", ["run_id", "lead_id"])
    op.create_index("ix_leads_region", "leads", ["region", "lead_id"])
    op.create_index("ix_leads_person", "leads", ["person_id", "scheme"])
    open_one = sa.text("state IN ('found', 'contacted', 'applied')")
    op.create_index("uq_leads_one_open", "leads", ["person_id", "scheme"], unique=True, sqlite_where=open_one)
    op.execute("insert into leads select *, 'outreach' from leads_before")
    op.execute("drop table leads_before")
