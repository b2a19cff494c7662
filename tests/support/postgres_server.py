"""PostgreSQL for tests, given or of our own; databases made and dropped on it."""

import os
import pwd
import signal
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import psycopg2.sql
from sqlalchemy.engine import make_url

from tests.support.server_process import Server, find_program


class PostgresServer:
    """Databases on the PostgreSQL that `address` names (the database in it does not matter)."""

    def __init__(self, address: str) -> None:
        self._address = make_url(address)
        self._databases: set[str] = set()

    def url(self, database: str = "postgres", driver: str = "postgresql+psycopg2") -> str:
        address = self._address.set(drivername=driver, database=database)
        return address.render_as_string(hide_password=False)

    def create_database(self, template: str = "template1", name: str = "") -> str:
        """The URL of a new copy of `template`, dropped by `drop_database` or else with the fixture."""
        name = name or f"test_{uuid.uuid4().hex}"
        self._run("CREATE DATABASE {} TEMPLATE {}", name, template)
        self._databases.add(name)
        return self.url(name)

    def drop_database(self, url: str) -> None:
        name = make_url(url).database
        if name not in self._databases:
            raise ValueError(f"{name} was not created here")
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self._databases.discard(name)

    def drop_databases(self) -> None:
        for name in list(self._databases):
            self.drop_database(self.url(name))

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """The URL of a new database that is dropped at the end of the block."""
        url = self.create_database(template)
        try:
            yield url
        finally:
            self.drop_database(url)

    def _connect(self) -> "psycopg2.extensions.connection":
        return psycopg2.connect(self.url(driver="postgresql"), connect_timeout=5)

    def _run(self, statement: str, *names: str) -> None:
        connection = self._connect()
        try:
            connection.autocommit = True  # CREATE DATABASE refuses to run inside a transaction
            identifiers = [psycopg2.sql.Identifier(name) for name in names]
            with connection.cursor() as cursor:
                cursor.execute(psycopg2.sql.SQL(statement).format(*identifiers))
        finally:
            connection.close()


class LocalPostgres(Server, PostgresServer):
    """A cluster of its own, on 127.0.0.1 only; `settings` are as in postgresql.conf."""

    def __init__(self, folder: Path, settings: dict[str, object], port: int) -> None:
        Server.__init__(self, folder)
        PostgresServer.__init__(self, f"postgresql://postgres@127.0.0.1:{port}/postgres")
        initdb = find_program("initdb", "/usr/lib/postgresql/*/bin")
        as_user = ["setpriv", *_ordinary_user(folder)]
        data = str(folder / "data")
        layout = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        create = [*as_user, initdb, "-D", data, *layout]
        subprocess.run(create, check=True, cwd=folder, stdout=subprocess.DEVNULL)
        options: dict[str, object] = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": "",
            "max_connections": 200,
            "timezone": "UTC",
        }
        arguments = [part for key, value in (options | settings).items() for part in ("-c", f"{key}={value}")]
        self.environment = {}
        self.port = port
        postgres = str(Path(initdb).with_name("postgres"))
        self.command = [*as_user, "--pdeathsig=QUIT", postgres, "-D", data, *arguments]

    def ready(self) -> bool:
        try:
            self._connect().close()
        except psycopg2.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """PostgreSQL's orderly end for SIGTERM waits for its clients; that for SIGINT does not."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=60)


def _ordinary_user(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: setpriv's options for a user that may, to whom `folder` is given."""
    if os.geteuid() != 0:
        return []
    users = {user.pw_name: user for user in pwd.getpwall()}
    user = users.get("postgres") or users["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
