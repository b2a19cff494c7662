"""A TCP proxy that spoils a connection on purpose, in a process of its own: eventlet or not, it never waits
for the test, nor the test for it.

    with TcpProxy("127.0.0.1", 5672) as proxy:
        connect_to("127.0.0.1", proxy.port)
        proxy.stall()      # nothing gets through, and nobody is told: the other end froze
        proxy.heal()       # what was held back arrives, in order

What is held back is late, never lost, as on a real network; that one end closed is held back with the rest.
"""

import socket
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from types import TracebackType
from typing import Literal, Self

Direction = Literal["to_server", "to_client"]
DIRECTIONS: tuple[Direction, ...] = ("to_server", "to_client")
RESET = struct.pack("ii", 1, 0)


class TcpProxy:
    """Listens on ``port`` of 127.0.0.1 and passes on to a server, which need not be there yet."""

    port: int

    def __init__(self, host: str, port: int) -> None:
        self._command = [sys.executable, "-P", __file__, host, str(port)]

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self.port = int(self._answer())
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def stall(self) -> None:
        """Hold everything back, new connections too; sockets stay open."""
        self._order("stall")

    def half_open(self, direction: Direction) -> None:
        """Hold back one direction; the other passes."""
        self._order(direction)

    def cut(self) -> None:
        """Reset every connection, and new ones at once, until ``heal``."""
        self._order("cut")

    def heal(self) -> None:
        """Pass everything again."""
        self._order("heal")

    def _order(self, order: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{order}\n")
        assert self._answer() == order

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


class _Relay:
    """The proxy itself, on plain threads."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._open: dict[Direction, threading.Event] = {each: threading.Event() for each in DIRECTIONS}
        self._sockets: set[socket.socket] = set()
        self._cut = False
        self.heal()

    def listen(self) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        port: int = listener.getsockname()[1]
        return port

    def heal(self) -> None:
        self._cut = False
        for gate in self._open.values():
            gate.set()

    def hold(self, *directions: Direction) -> None:
        self.heal()
        for direction in directions:
            self._open[direction].clear()

    def cut(self) -> None:
        self._cut = True
        for held in list(self._sockets):
            self._reset(held)
        for gate in self._open.values():
            gate.set()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            client, _ = listener.accept()
            threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        self._sockets.add(client)
        for gate in self._open.values():
            gate.wait()
        try:
            if self._cut:
                raise ConnectionResetError
            server = socket.create_connection(self._server)
        except OSError:
            self._reset(client)
            return
        self._sockets.add(server)
        ways = ((client, server, self._open["to_server"]), (server, client, self._open["to_client"]))
        for source, target, gate in ways:
            threading.Thread(target=self._pass_on, args=(source, target, gate), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, gate: threading.Event) -> None:
        try:
            while data := source.recv(65536):
                gate.wait()
                target.sendall(data)
            gate.wait()
            if self._cut:
                raise ConnectionResetError
            target.shutdown(socket.SHUT_WR)
        except OSError:
            gate.wait()
            self._reset(source)
            self._reset(target)

    def _reset(self, held: socket.socket) -> None:
        self._sockets.discard(held)
        # Closed with this option a socket says so by a reset instead of an orderly end.
        with suppress(OSError):
            held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            held.shutdown(socket.SHUT_RD)  # wakes the thread that reads from it, and tells nobody
        held.close()


def main(host: str, port: str) -> None:
    """Serve, and obey one word a line, until standard input ends with the test."""
    relay = _Relay(host, int(port))
    sys.stdout.write(f"{relay.listen()}\n")
    sys.stdout.flush()
    for line in sys.stdin:
        order = line.strip()
        if order == "cut":
            relay.cut()
        else:
            relay.hold(*(each for each in DIRECTIONS if order in {each, "stall"}))
        sys.stdout.write(f"{order}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
