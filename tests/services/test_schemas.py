"""The tables as migrated are the tables that the code speaks to, in every service."""

from collections.abc import Callable
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect

from chassis import partitions, schema
from contracts.catalogue import SERVICES
from tests.support.platform import Harness

pytestmark = pytest.mark.parametrize("name", SERVICES)


def test_the_migrations_make_the_tables_that_the_code_expects(
    open_service: Callable[[str], Harness], name: str
) -> None:
    service = open_service(name)
    options: dict[str, Any] = {"version_table": "schema_version", "compare_type": True}
    options |= {"compare_server_default": True}
    with service.runtime.database.read() as connection:
        parts = {partition.name for partition in partitions.found(connection)}

        def is_here(item: Any, name: str | None, *_: object) -> bool:
            """Partitions stand for their table, and a key may be meant for one kind of database."""
            only_for = getattr(item, "_ddl_if", None)
            return name not in parts and (only_for is None or only_for.dialect == connection.dialect.name)

        context = MigrationContext.configure(connection, opts=options | {"include_object": is_here})
        tables: Any = [service.runtime.service.tables, schema.METADATA]
        assert compare_metadata(context, tables) == []


def test_the_migrations_make_every_check_of_the_tables(
    open_service: Callable[[str], Harness], name: str
) -> None:
    service = open_service(name)
    with service.runtime.database.read() as connection:
        inspector = inspect(connection)
        for table in service.runtime.service.tables.sorted_tables:
            stated = {check.name for check in table.constraints if isinstance(check, CheckConstraint)}
            assert {check["name"] for check in inspector.get_check_constraints(table.name)} == stated
