"""The event log by month, the facts by year."""

from datetime import UTC, datetime

from alembic import op

from chassis import schema
from chassis.partitions import partition
from kernel.periods import Period

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Partition both, where the database can. Figures of this year and the two before are asked for most."""
    schema.keep_by_month(op)
    if op.get_bind().dialect.name == "sqlite":
        return
    made = (
        "alter table facts add constraint uq_facts_event_day unique (event_id, indicator, dims, sign, day)",
        "create index ix_facts_figures on facts (indicator, day, region, dims, subject, value)",
        "create index ix_facts_subjects on facts (indicator, subject, day, region, dims)",
        _append_only("facts_append_only", "update or delete or truncate", "statement"),
        # Each partition gets this one, against a change that goes past the table.
        _append_only("facts_append_only_rows", "update or delete", "row"),
    )
    since = Period.year(datetime.now(UTC).year - 2)
    partition(op.get_bind(), "facts", "day", made, "year", since)


def _append_only(trigger: str, actions: str, each: str) -> str:
    how = f"for each {each} execute function facts_append_only()"
    return f"create trigger {trigger} before {actions} on facts {how}"
