"""Bring a service's database to the newest version: forward only, one process at a time.

The folder is alembic's script location; the versions are in each service's ``migrations``.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from chassis import schema
from chassis.database import Database

if TYPE_CHECKING:
    from chassis.service import Service


def upgrade(service: "type[Service]", database: Database) -> None:
    """Run the migrations that the database has not had yet, in one transaction."""
    config = Config()
    for option, folder in (
        ("script_location", Path(__file__).parent),
        ("version_locations", service.directory() / "migrations"),
    ):
        config.set_main_option(option, str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(text("select pg_advisory_xact_lock(hashtext('migrations'))"))
        config.attributes["connection"] = connection
        config.attributes["target_metadata"] = [service.tables, schema.METADATA]
        command.upgrade(config, "head")
