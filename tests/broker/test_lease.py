"""Who holds a lease, and how soon another may, when the holder goes in whatever way."""

from collections.abc import Callable, Iterator
from typing import Any

import eventlet
import pytest
from sqlalchemy.engine import make_url

from chassis import lease
from chassis.database import Database
from chassis.lease import only_one
from tests.support.servers import PostgresServer
from tests.support.tcp_proxy import TcpProxy

SECONDS = 30


@pytest.fixture
def url(postgres_server: PostgresServer) -> Iterator[str]:
    with postgres_server.database() as url:
        yield url


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database(url, pool_size=2)
    yield database
    database.close()


def wait_for(condition: Callable[[], Any], what: str) -> None:
    with eventlet.Timeout(SECONDS, AssertionError(f"not in {SECONDS} s: {what}")):
        while not condition():
            eventlet.sleep(0.02)


def can_take(database: Database, name: str = "x") -> bool:
    with only_one(database, name) as taken:
        return taken is not None


def test_one_holds_a_name_and_another_gets_it_afterwards(database: Database) -> None:
    with only_one(database, "x") as first:
        assert first is not None
        assert first.held
        assert not can_take(database)
        assert can_take(database, "y")
    wait_for(lambda: can_take(database), "the lease to be free")


def test_a_holder_whose_session_ends_knows_it_and_another_takes_over(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "BEAT_SECONDS", 0.1)
    with only_one(database, "x") as holder:
        assert holder is not None
        with database.write() as connection:
            connection.exec_driver_sql(
                "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'"
                " and database = (select oid from pg_database where datname = current_database())"
            )
        wait_for(lambda: can_take(database), "the lease to be free")
        wait_for(lambda: not holder.held, "the holder to know")


def test_a_holder_that_the_network_lost_has_lost_its_lease_and_leaves_without_waiting(
    url: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "LEASE_SECONDS", 1.0)
    monkeypatch.setattr(lease, "BEAT_SECONDS", 0.25)
    address = make_url(url)
    assert address.host
    assert address.port
    with TcpProxy(address.host, address.port) as proxy:
        far = Database(address.set(port=proxy.port).render_as_string(hide_password=False), pool_size=2)
        with only_one(far, "x") as holder:
            assert holder is not None
            proxy.stall()
            assert not can_take(database)
            wait_for(lambda: can_take(database), "PostgreSQL to end the silent session")
            wait_for(lambda: not holder.held, "the holder to draw the conclusion")
        proxy.heal()
        far.close()


def test_a_holder_keeps_its_lease_while_it_does_nothing_else(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "LEASE_SECONDS", 0.8)
    monkeypatch.setattr(lease, "BEAT_SECONDS", 0.1)
    with only_one(database, "x") as holder:
        assert holder is not None
        begun = holder._seen
        wait_for(lambda: holder._seen > begun + 3, "the beats of three seconds")
        assert holder.held
        assert not can_take(database)


def test_a_pool_s_connections_are_not_cut_for_their_silence(database: Database) -> None:
    """The limit that ends a silent holder is the holder's alone."""
    with only_one(database, "x"):
        pass
    with database.read() as connection:
        assert connection.exec_driver_sql("show idle_session_timeout").scalar_one() == "0"
