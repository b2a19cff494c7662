"""The servers of a run."""

import uuid
from contextlib import ExitStack

from tests.chaos.sink.service import SinkService
from tests.chaos.source.service import SourceService
from tests.support import servers


class Servers:
    """The PostgreSQL and the RabbitMQ of a run, which its faults kill and start again."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self.postgres: servers.LocalPostgres
        self.rabbitmq: servers.LocalRabbitMQ

    def start(self) -> None:
        if not hasattr(self, "postgres"):
            self.postgres = self._stack.enter_context(servers.local_postgres())
            self.rabbitmq = self._stack.enter_context(servers.local_rabbitmq())

    def close(self) -> None:
        self._stack.close()

    def create_databases(self) -> str:
        """A database for each service; the URL that names them by ``{service}``."""
        prefix = f"chaos_{uuid.uuid4().hex}"
        for service in (SourceService, SinkService):
            self.postgres._run("CREATE DATABASE {}", f"{prefix}_{service.name}")
        return self.postgres.url(f"{prefix}_SERVICE").replace("SERVICE", "{service}")
