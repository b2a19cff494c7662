"""Frames cut from what one read brought."""

import errno
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import eventlet
import structlog
from amqp.exceptions import UnexpectedFrame
from amqp.transport import SSLTransport, TCPTransport, _AbstractTransport

log = structlog.get_logger(__name__)

Frame = tuple[int, int, bytes]
"""Type, channel and payload."""

CHUNK = 65_536
FRAME_END = 0xCE
_NOTHING_YET = frozenset({errno.EAGAIN, errno.EINTR, errno.ENOENT})
"""Of a read that must not wait; the last one is TLS's."""
_HEADER = struct.Struct(">BHI")


class _Buffered(_AbstractTransport):
    """py-amqp's transport, reading whatever has arrived instead of the few bytes that it needs next.

    A time-out keeps what was read: the next read goes on from there.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._data = b""
        self._start = 0
        # Made here rather than at import, so that it is green where the standard library is.
        self._writing = threading.Lock()
        self._soon: list[bytes] = []
        self._gathered: bytearray | None = None

    def buffered_frame(self) -> Frame | None:
        """The next frame if all of it was read. Raises ``UnexpectedFrame`` for one without its end."""
        data, start = self._data, self._start
        if len(data) - start < _HEADER.size:
            return None
        kind, channel, size = _HEADER.unpack_from(data, start)
        begin = start + _HEADER.size
        end = begin + size
        if len(data) <= end:
            return None
        if data[end] != FRAME_END:
            raise UnexpectedFrame(f"frame ends with {data[end]:#04x} instead of {FRAME_END:#04x}")
        self._start = end + 1
        return kind, channel, data[begin:end]

    def read_frame(self, *_: object) -> Frame:
        """The next frame, waiting for it. Raises ``TimeoutError``, and ``OSError`` when the peer has gone."""
        while (frame := self.buffered_frame()) is None:
            self._fill()
        return frame

    def close(self) -> None:
        """Close the socket, and let go of what was read and is not wanted any more."""
        super().close()
        self._data, self._start = b"", 0

    def _fill(self) -> None:
        try:
            chunk = self.sock.recv(CHUNK)
        except TimeoutError:
            raise
        except OSError as error:
            if error.errno in _NOTHING_YET:
                raise TimeoutError from None
            self.connected = False
            raise
        if not chunk:
            self.connected = False
            raise OSError("Server unexpectedly closed connection")
        self._data = self._data[self._start :] + chunk
        self._start = 0

    @property
    def gathers(self) -> bool:
        """Whether what is written now waits for more."""
        return self._gathered is not None

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """Send what the block writes in pieces of about ``CHUNK`` bytes, the last one when it ends.

        After an error in the block some is not sent: drop the connection.
        """
        self._gathered = bytearray()
        try:
            yield
            rest = bytes(self._gathered)
        finally:
            self._gathered = None
        self.write(rest)

    def write(self, s: Any) -> None:
        """Send whole frames, never inside those of another writer. Raises ``OSError``."""
        if self._gathered is not None:
            self._gathered += s
            if len(self._gathered) < CHUNK:
                return
            s, self._gathered = self._gathered, bytearray()
        with self._writing:
            soon, self._soon = self._soon, []
            super().write(b"".join((*soon, s)) if soon else s)

    def write_soon(self, frames: bytes) -> None:
        """Send frames with the next write, or when the green threads that can run now have run.

        So what they answer goes in one call of the kernel. When it fails, the connection is lost, as its
        reader will see; who needs to know must be told by the broker.
        """
        self._soon.append(frames)
        if len(self._soon) == 1:
            eventlet.spawn_n(self._flush)

    def _flush(self) -> None:
        if self._soon and self.connected:
            try:
                self.write(b"")
            except OSError as error:
                log.warning("frames_not_sent", error=type(error).__name__)

    def _setup_transport(self) -> None:
        super()._setup_transport()
        self._write = self._send_all

    def _send_all(self, data: Any) -> None:
        """Send to the last byte. While another green thread waits for a frame, the socket's time-out is that
        thread's: it must not end a write, least of all in the middle of a frame.
        """
        with memoryview(data) as view:
            sent = 0
            while sent < len(view):
                if self.sock is None:
                    raise OSError("the connection was closed")
                try:
                    sent += self.sock.send(view[sent:])
                except TimeoutError:
                    continue


class BufferedTCP(_Buffered, TCPTransport):
    """Over a plain socket."""


class BufferedTLS(_Buffered, SSLTransport):
    """Over TLS."""
