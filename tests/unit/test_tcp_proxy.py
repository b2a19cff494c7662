"""The proxy that spoils connections does to them what its words say."""

import socket
from collections.abc import Iterator

import pytest

from tests.support.tcp_proxy import Direction, TcpProxy

SECONDS = 30


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(SECONDS)
        yield listener


@pytest.fixture
def proxy(server: socket.socket) -> Iterator[TcpProxy]:
    with TcpProxy(*server.getsockname()) as running:
        yield running


def connected(server: socket.socket, proxy: TcpProxy) -> tuple[socket.socket, socket.socket]:
    """Both ends of one connection through the proxy."""
    client = socket.create_connection(("127.0.0.1", proxy.port), timeout=SECONDS)
    accepted, _ = server.accept()
    accepted.settimeout(SECONDS)
    return client, accepted


def hears_nothing(end: socket.socket) -> bool:
    end.settimeout(0.2)
    try:
        end.recv(1)
    except TimeoutError:
        return True
    finally:
        end.settimeout(SECONDS)
    return False


def expect_nobody(proxy: TcpProxy) -> None:
    # The reset may come before connecting is over.
    with (
        pytest.raises(ConnectionResetError),
        socket.create_connection(("127.0.0.1", proxy.port), timeout=SECONDS) as client,
    ):
        client.recv(1)


def test_bytes_and_the_end_pass_both_ways(server: socket.socket, proxy: TcpProxy) -> None:
    client, accepted = connected(server, proxy)
    with client, accepted:
        client.sendall(b"question")
        assert accepted.recv(100) == b"question"
        accepted.sendall(b"answer")
        accepted.shutdown(socket.SHUT_WR)
        assert client.makefile("rb").read() == b"answer"
        client.sendall(b"thanks")
        assert accepted.recv(100) == b"thanks"


def test_what_a_stall_holds_back_arrives_after_it(server: socket.socket, proxy: TcpProxy) -> None:
    client, accepted = connected(server, proxy)
    with client, accepted:
        proxy.stall()
        client.sendall(b"late")
        accepted.close()
        assert hears_nothing(client)
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=SECONDS) as other:
            other.sendall(b"new")
            proxy.heal()
            second, _ = server.accept()
            with second:
                assert second.recv(100) == b"new"


def test_a_stall_makes_a_sender_block_in_the_end(server: socket.socket, proxy: TcpProxy) -> None:
    client, accepted = connected(server, proxy)
    with client, accepted:
        proxy.stall()
        client.settimeout(0.5)
        with pytest.raises(TimeoutError):
            client.sendall(bytes(64 * 1024 * 1024))


@pytest.mark.parametrize("held", ["to_server", "to_client"])
def test_half_open_holds_back_one_way(server: socket.socket, proxy: TcpProxy, held: Direction) -> None:
    client, accepted = connected(server, proxy)
    with client, accepted:
        proxy.half_open(held)
        near, far = (client, accepted) if held == "to_server" else (accepted, client)
        near.sendall(b"lost on the way")
        assert hears_nothing(far)
        far.sendall(b"this passes")
        assert near.recv(100) == b"this passes"
        proxy.heal()
        assert far.recv(100) == b"lost on the way"


def test_a_cut_resets_what_is_open_and_what_comes(server: socket.socket, proxy: TcpProxy) -> None:
    client, accepted = connected(server, proxy)
    with client, accepted:
        proxy.cut()
        for end in (client, accepted):
            with pytest.raises(ConnectionResetError):
                end.recv(1)
        expect_nobody(proxy)
    proxy.heal()
    client, accepted = connected(server, proxy)
    with client, accepted:
        client.sendall(b"again")
        assert accepted.recv(100) == b"again"


def test_a_server_that_is_not_there_refuses(server: socket.socket, proxy: TcpProxy) -> None:
    server.close()
    expect_nobody(proxy)
