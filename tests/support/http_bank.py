"""A bank's HTTP service that does what banks do: slow, repeating itself, failing after it accepted, answering
by parts, for another batch, with rubbish, or not now.

It pays what it accepts, once for each idempotency key, and says so in receipts that are made once.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from threading import Lock, Thread
from urllib.parse import urlsplit

from tests.support.bank import Bank

TOKEN = "known-to-the-bank"
SLOW_SECONDS = 0.6
FAULTS = (
    "slow",
    "error",
    "late error",
    "cut",
    "late cut",
    "halved",
    "busy",
    "rubbish",
    "elsewhere",
    "repeated",
)


@dataclass
class HttpBank:
    """What the bank knows. faults: what may go wrong, one chosen at each call. calls: method, path, fault."""

    random: Random = field(default_factory=lambda: Random(0))  # noqa: S311 - to repeat a failure
    faults: tuple[str, ...] = ()
    bank: Bank = field(default_factory=Bank)
    receipts: dict[str, list[bytes]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    calls: list[tuple[str, str, str]] = field(default_factory=list)
    hook: Callable[[int, str], None] = lambda _number, _moment: None
    url: str = ""

    def accept(self, batch: str, key: str, file: bytes) -> int:
        """Take a file: pay from it the first time, know it again the next."""
        if batch in self.keys:
            return 200 if self.keys[batch] == key else 409
        self.keys[batch] = key
        places = [int(line[1]) for line in Bank.read(file)[1]]
        first = set(self.random.sample(places, self.random.randint(1, len(places))))
        parts = [part for part in (first, set(places) - first) if part]
        self.receipts[batch] = [self.bank.answer(file, places=part) for part in parts]
        return 202

    def receipt(self, batch: str, number: int, fault: str) -> tuple[int, bytes]:
        """The answer to a question for a receipt."""
        if batch not in self.receipts:
            return 404, b""
        own = self.receipts[batch]
        if number > len(own):
            return 204, b""
        right = own[number - 1]
        other = [each for name, told in self.receipts.items() if name != batch for each in told]
        wrong = {
            "rubbish": b"R|" + self.random.randbytes(40),
            "halved": right[: len(right) // 2],
            "elsewhere": self.random.choice(other or [right]),
            "repeated": own[self.random.randrange(number)],
        }
        return 200, wrong.get(fault, right)

    def fault(self) -> str:
        """What goes wrong this time; mostly nothing."""
        return self.random.choice((*self.faults, *[""] * len(self.faults))) if self.faults else ""


class _Server(ThreadingHTTPServer):
    """Serves a bank; one call at a time does something."""

    daemon_threads = True

    def __init__(self, bank: HttpBank) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bank = bank
        self.lock = Lock()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except OSError:
            self.close_connection = True  # the caller is gone, or was killed

    def do_PUT(self) -> None:
        self._serve(self.rfile.read(int(self.headers["Content-Length"])))

    def do_GET(self) -> None:
        self._serve(b"")

    def _serve(self, content: bytes) -> None:
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self._answer(401, b"")
            return
        status, told, fault = self._done(content)
        if fault == "slow":
            time.sleep(SLOW_SECONDS)  # longer than the caller waits
        if fault.endswith("cut"):
            self.close_connection = True
        else:
            self._answer(status, told)

    def _done(self, content: bytes) -> tuple[int, bytes, str]:
        """What was asked for is done, or not, or it is done and nobody is told."""
        bank = self.server.bank
        with self.server.lock:
            fault = bank.fault()
            bank.calls.append((self.command, self.path, fault))
            number = len(bank.calls)
            bank.hook(number, "before")
            if fault in {"error", "cut", "busy"}:
                return 429 if fault == "busy" else 500, b"busy: 6217000000000000001", fault
            _, _, batch, *rest = urlsplit(self.path).path.split("/")
            if self.command == "PUT":
                status, told = bank.accept(batch, self.headers["Idempotency-Key"], content), b""
            else:
                status, told = bank.receipt(batch, int(rest[1]), fault)
            bank.hook(number, "after")
            return 500 if fault == "late error" else status, told, fault

    def _answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "7")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if status != 204:
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def serving(bank: HttpBank) -> Iterator[HttpBank]:
    """The bank at an address of this machine."""
    server = _Server(bank)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    bank.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield bank
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
