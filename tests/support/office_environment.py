"""The environment of an office on real engines: keys made, databases migrated, queues declared."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg2

from chassis.access import TokenKeys
from chassis.office import declare_topology, migrate
from chassis.sealing import Keys
from chassis.settings import Settings
from contracts.catalogue import SERVICES
from tests.support.servers import PostgresServer, RabbitMQServer

OFFICE = "990101"


@contextmanager
def office_environment(
    folder: Path, postgres: PostgresServer, rabbitmq: RabbitMQServer, services: Sequence[str] = SERVICES
) -> Iterator[dict[str, str]]:
    """What processes of the office need in their environment; its databases and queues end with the block."""
    prefix = f"office_{uuid4().hex[:8]}_"
    connection = psycopg2.connect(postgres.url(driver="postgresql"))
    connection.autocommit = True
    with rabbitmq.vhost() as broker, connection.cursor() as cursor:
        for name in services:
            cursor.execute(f"create database {prefix}{name}")
        try:
            settings = Settings(
                office=OFFICE,
                broker_url=broker,
                database_url=postgres.url("SERVICE").replace("SERVICE", prefix + "{service}"),
                key_file=folder / "keys.json",
                token_key_dir=folder / "tokens",
            )
            Keys.generate(settings.keys)
            TokenKeys.generate(settings.token_keys)
            for name in services:
                migrate(settings, name)
            declare_topology(settings)
            given = settings.model_dump(include=settings.model_fields_set)
            yield {f"CANLIAN_{name.upper()}": str(value) for name, value in given.items()}
        finally:
            for name in services:
                cursor.execute(f"drop database {prefix}{name} with (force)")
    connection.close()
