"""On what was measured: cores, servers, libraries, and which state of the project."""

import os
import platform
import subprocess
from contextlib import closing
from importlib.metadata import version

import psutil
import psycopg2
from kombu import Connection

from bench.office import plain
from tests.support.servers import PostgresServer, RabbitMQServer

LIBRARIES = (
    "nameko",
    "kombu",
    "amqp",
    "eventlet",
    "SQLAlchemy",
    "psycopg2-binary",
    "pydantic",
    "orjson",
    "aio-pika",
    "FastStream",
    "Celery",
    "asyncpg",
    "OpenFisca-Core",
)


def described(pg: PostgresServer, mq: RabbitMQServer) -> dict[str, str]:
    """Names and values, all as text."""
    with closing(psycopg2.connect(plain(pg.url()))) as database, database.cursor() as cursor:
        cursor.execute("select current_setting('server_version'), current_setting('fsync')")
        postgresql, fsync = cursor.fetchone() or ("", "")
    with mq.vhost() as url, Connection(url) as connection:
        rabbitmq = str(connection.connection.server_properties["version"])
    describe = ["git", "describe", "--always", "--dirty"]
    commit = subprocess.run(describe, capture_output=True, text=True, check=False).stdout.strip()
    return {
        "cores": str(os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
        "PostgreSQL": f"{postgresql}, fsync {fsync}",
        "RabbitMQ": rabbitmq,
        "Python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
        "commit": commit or "unknown",
    }
