"""Bring a service's database to the newest version: forward only, one process at a time."""

from pathlib import Path
from typing import TYPE_CHECKING

from alembic.runtime.environment import EnvironmentContext
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text

from chassis import schema
from chassis.database import Database

if TYPE_CHECKING:
    from chassis.service import Service


def upgrade(service: "type[Service]", database: Database) -> None:
    """Run the migrations that the database has not had yet, in one transaction."""
    folder = service.directory() / "migrations"
    config = Config()
    config.set_main_option("script_location", str(Path(folder)).replace("%", "%%"))
    config.set_main_option("version_locations", str(Path(folder)).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    with database.write() as connection, EnvironmentContext(
        config, scripts, fn=lambda current, _: scripts._upgrade_revs("head", current)
    ) as environment:
        if not database.is_sqlite:
            connection.execute(text("select pg_advisory_xact_lock(hashtext('migrations'))"))
        environment.configure(
            connection=connection,
            target_metadata=[service.tables, schema.METADATA],
            transactional_ddl=False,
            version_table="schema_version",
        )
        environment.run_migrations()
