"""On money paid back another person decides, as on write-offs; what was told before is booked and decided."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

OLD = "ck_debt_acts_only_write_offs_are_decided"
NEW = "ck_debt_acts_only_money_is_decided"
CHECK = "decision IS NULL OR act <> 'agree'"
WORDS = re.compile(rf"CONSTRAINT {OLD} CHECK \(decision IS NULL OR act = 'ask_write_off'\)")


def upgrade() -> None:
    """Let repayments be decided on."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("pragma defer_foreign_keys = on")
        _with_the_new_check()
    else:
        op.drop_constraint(OLD, "debt_acts")
        op.create_check_constraint(NEW, "debt_acts", CHECK)
    booked = "update debt_acts set decision = 'approved', decided_on = happened_on where act = 'pay_back'"
    op.execute(booked)


def _with_the_new_check() -> None:
    """SQLite changes no constraint of a table: the rows move to a new one of nearly the same words."""
    bind = op.get_bind()
    words = sa.text("select sql from sqlite_master where tbl_name = 'debt_acts' and type = 'table'")
    table = bind.scalars(words).one()
    table, found = WORDS.subn(f"CONSTRAINT {NEW} CHECK ({CHECK})", table)
    if found != 1:
        raise AssertionError("the table has the check once")
    bind.exec_driver_sql("create temporary table debt_acts_before as select * from debt_acts")
    bind.exec_driver_sql("drop table debt_acts")
    bind.exec_driver_sql(table)
    bind.exec_driver_sql("insert into debt_acts select * from debt_acts_before")
    bind.exec_driver_sql("drop table debt_acts_before")
