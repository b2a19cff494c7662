from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData

from chassis import schema


def test_the_migrations_make_the_tables_that_the_code_expects(rehab):
    expected = MetaData()
    for metadata in (rehab.runtime.service.tables, schema.METADATA):
        for table in metadata.sorted_tables:
            table.to_metadata(expected)
    with rehab.runtime.database.write() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": "schema_version", "compare_type": True}
        )
        assert compare_metadata(context, expected) == []
