"""PostgreSQL and RabbitMQ as deploy/ sets them up: its scripts, configuration, users and their passwords."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chassis.database import Database
from chassis.migrating import upgrade
from chassis.service import Service
from chassis.settings import Settings
from tests.support.platform import OFFICE
from tests.support.rabbitmq_server import LocalRabbitMQ
from tests.support.server_process import FOLDERS, free_port, running
from tests.support.servers import local_postgres

DEPLOY = Path(__file__).parents[2] / "deploy"

# The superuser needs no password, as at the container's first start; everybody else does.
_HBA = "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"


@dataclass(frozen=True)
class OfficePostgres:
    """The databases of an office; ``url`` names them as somebody's secret does."""

    port: int
    secrets: Path

    def url(self, name: str) -> str:
        """The secret NAME_database_url, with this server in the container's place."""
        return read(self.secrets, f"{name}_database_url").replace(
            "@postgres:5432/", f"@127.0.0.1:{self.port}/"
        )

    def script(self, name: str) -> None:
        """Run a script of deploy/postgres."""
        environment = {"PGHOST": "127.0.0.1", "PGPORT": str(self.port), "SECRETS_DIR": str(self.secrets)}
        script = str(DEPLOY / "postgres" / name)
        subprocess.run([script], check=True, env=os.environ | environment, timeout=60)

    def migrate(self, *services: type[Service]) -> None:
        """What the containers migrate and privileges do, in their order."""
        for service in services:
            database = Database(self.url("migrate").format(service=service.name))
            upgrade(service, database)
            database.close()


@contextmanager
def office_postgres(secrets: Path) -> Iterator[OfficePostgres]:
    """A new PostgreSQL with the roles and databases of an office."""
    with tempfile.NamedTemporaryFile("w", dir=FOLDERS, suffix=".hba") as hba:
        hba.write(_HBA)
        hba.flush()
        Path(hba.name).chmod(0o644)
        with local_postgres(hba_file=hba.name, fsync="off") as server:
            office = OfficePostgres(int(server.url().rpartition(":")[2].partition("/")[0]), secrets)
            office.script("init.sh")
            yield office


class OfficeRabbitMQ(LocalRabbitMQ):
    """A broker that starts with the configuration, plugins and definitions of deploy/rabbitmq."""

    def __init__(self, folder: Path, secrets: Path) -> None:
        super().__init__(folder)
        self.secrets = secrets
        self.metrics_port = free_port()
        settings = (DEPLOY / "rabbitmq" / "rabbitmq.conf").read_text("utf-8")
        with (folder / "rabbitmq.conf").open("a", encoding="utf-8") as file:
            file.write(settings.replace("/run/secrets", str(secrets)))
            # What this machine has left on its disk is not under test.
            file.write(f"disk_free_limit.absolute = 1MB\nprometheus.tcp.port = {self.metrics_port}\n")
            file.write("prometheus.tcp.ip = 127.0.0.1\n")
        plugins = (DEPLOY / "rabbitmq" / "enabled_plugins").read_text("utf-8")
        (folder / "enabled_plugins").write_text(plugins, "utf-8")

    def url_of(self, user: str) -> str:
        """The secret USER_broker_url, with this broker in the container's place."""
        return read(self.secrets, f"{user}_broker_url").replace("@rabbitmq:5672/", f"@127.0.0.1:{self.port}/")


@contextmanager
def office_rabbitmq(secrets: Path) -> Iterator[OfficeRabbitMQ]:
    """A new RabbitMQ with the users and queues of an office."""
    with running(lambda folder: OfficeRabbitMQ(folder, secrets)) as server:
        yield server


def read(secrets: Path, name: str) -> str:
    """A secret."""
    return (secrets / name).read_text("utf-8")


def settings_of(user: str, broker_url: str, database_url: str, secrets: Path, roles: str) -> Settings:
    """The settings of a container, as docker-compose.yml and its secrets make them."""
    return Settings(
        office=OFFICE,
        broker_url=broker_url,
        database_url=database_url,
        key_file=secrets / "keys.json",
        token_key_dir=secrets / "tokens",
        roles=frozenset(roles.split(",")),
    )
