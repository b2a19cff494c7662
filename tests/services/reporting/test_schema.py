"""The tables as migrated are the tables the program speaks to."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData

from chassis import schema
from services.reporting import tables


def test_the_migrations_make_the_tables_of_the_models(reporting):
    expected = MetaData()
    for metadata in (tables.metadata, schema.METADATA):
        for table in metadata.sorted_tables:
            table.to_metadata(expected)
    with reporting.runtime.database.read() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"version_table": "schema_version", "compare_type": True, "compare_server_default": True},
        )
        assert compare_metadata(context, expected) == []
