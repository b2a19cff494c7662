"""An award that was stopped before its first period does not bar another one from that period."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

EVER_PAID = sa.text("last_period IS NULL OR last_period >= period")
ONCE = re.compile(r"CONSTRAINT uq_awards_once UNIQUE \(person_id, scheme, period\),\s*")


def upgrade() -> None:
    """Let the unique key leave out what is never paid."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("pragma defer_foreign_keys = on")
        _without_the_key()
    else:
        op.drop_constraint("uq_awards_once", "awards")
    op.create_index(
        "uq_awards_once",
        "awards",
        ["person_id", "scheme", "period"],
        unique=True,
        sqlite_where=EVER_PAID,
        postgresql_where=EVER_PAID,
    )


def _without_the_key() -> None:
    """SQLite drops no constraint of a table: the rows move to a new one, whose words are those of the old."""
    bind = op.get_bind()
    words = sa.text("select sql from sqlite_master where tbl_name = 'awards' and type = :kind and sql <> ''")
    table = bind.scalars(words, {"kind": "table"}).one()
    indexes = bind.scalars(words, {"kind": "index"}).all()
    table, found = ONCE.subn("", table)
    if found != 1:
        raise AssertionError("the table has its unique key once")
    bind.exec_driver_sql("create temporary table awards_before as select * from awards")
    bind.exec_driver_sql("drop table awards")
    for each in (table, *indexes):
        bind.exec_driver_sql(each)
    bind.exec_driver_sql("insert into awards select * from awards_before")
    bind.exec_driver_sql("drop table awards_before")
