"""The tables as migrated are the tables that the code speaks to, in every service."""

from collections.abc import Callable

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, MetaData, inspect

from chassis import schema
from contracts.catalogue import SERVICES
from tests.support.platform import Harness

pytestmark = pytest.mark.parametrize("name", SERVICES)


def test_the_migrations_make_the_tables_that_the_code_expects(
    open_service: Callable[[str], Harness], name: str
) -> None:
    service = open_service(name)
    expected = MetaData()
    for metadata in (service.runtime.service.tables, schema.METADATA):
        for table in metadata.sorted_tables:
            table.to_metadata(expected)
    options = {"version_table": "schema_version", "compare_type": True, "compare_server_default": True}
    with service.runtime.database.read() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, expected) == []


def test_the_migrations_make_every_check_of_the_tables(
    open_service: Callable[[str], Harness], name: str
) -> None:
    service = open_service(name)
    with service.runtime.database.read() as connection:
        inspector = inspect(connection)
        for table in service.runtime.service.tables.sorted_tables:
            stated = {check.name for check in table.constraints if isinstance(check, CheckConstraint)}
            assert {check["name"] for check in inspector.get_check_constraints(table.name)} == stated
