"""The migrations make exactly the tables that the service works with."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, MetaData, inspect

from chassis import schema
from services.subsidy import tables
from tests.support.platform import Harness


def test_the_migrations_and_the_tables_agree(subsidy: Harness) -> None:
    both = MetaData()
    for table in (*tables.metadata.tables.values(), *schema.METADATA.tables.values()):
        table.to_metadata(both)
    with subsidy.runtime.database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "version_table": "schema_version"}
        )
        assert compare_metadata(context, both) == []


def test_the_migrations_make_every_check_of_the_tables(subsidy: Harness) -> None:
    with subsidy.runtime.database.read() as connection:
        inspector = inspect(connection)
        for table in tables.metadata.tables.values():
            stated = {check.name for check in table.constraints if isinstance(check, CheckConstraint)}
            assert {check["name"] for check in inspector.get_check_constraints(table.name)} == stated
