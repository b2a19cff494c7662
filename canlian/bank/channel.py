"""A bank's HTTP service: a batch is put once under its own name, its receipts are fetched by their numbers.

    PUT <url>/batches/<batch>               the file; 200, 201, 202: the bank has it; 409: it has another one
    GET <url>/batches/<batch>/receipts/<n>  200: the n-th receipt, from 1; 204: not yet; 404: no such batch

Both may be repeated whatever became of the last try: a receipt is only read, and a batch goes under the
Idempotency-Key `<batch>-<hash of the file>`, the same for ever. So a call without a proper answer (no
connection, no answer in time, an answer cut off, 429 and 5xx) is repeated; any other answer is not.
"""

import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import httpx

from canlian.bank.breaker import Breaker

TRIES = 4
CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 60.0
PAUSE_SECONDS_MAX = 60.0
RECEIPT_BYTES_MAX = 6_000_000
_TAKEN = {HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED}


class BankRefused(Exception):
    """The bank said no; to repeat the call would not help. code: stable."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class BankUnavailable(Exception):
    """No proper answer; what became of the call is not known, and it may be repeated."""


class UnknownBatch(Exception):
    """The bank has no batch of that name."""


class Channel:
    """The bank's service at an address. token: what the bank knows the office by.

    ca_file: certificates to trust instead of the system's. Raises BankRefused("bank.insecure") for an address
    that would tell accounts to the network. Neither answers nor files get into an error.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        ca_file: Path | None = None,
        answer_seconds: float = ANSWER_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "::1", "localhost"}:
            raise BankRefused("bank.insecure", "the bank's address must begin with https://")
        self._url = url.rstrip("/")
        self._answer_seconds = answer_seconds
        self._sleep, self._clock = sleep, clock
        self._breaker = Breaker(clock)
        self._http = httpx.Client(
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(answer_seconds, connect=CONNECT_SECONDS),
            verify=ssl.create_default_context(cafile=ca_file),
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def send(self, batch_id: str, file_hash: str, content: bytes) -> None:
        """Hand a batch over; the same one again changes nothing at the bank.

        Raises BankRefused("bank.batch_differs" when the bank has another file under this name, else
        "bank.refused"), BankUnavailable.
        """
        headers = {"Idempotency-Key": f"{batch_id}-{file_hash}", "Content-Type": "application/octet-stream"}
        status, _ = self._ask("PUT", f"batches/{batch_id}", headers, content)
        if status == HTTPStatus.CONFLICT:
            message = f"the bank has another file of batch {batch_id}; pay nothing before it is known why"
            raise BankRefused("bank.batch_differs", message)
        if status not in _TAKEN:
            raise BankRefused("bank.refused", f"the bank does not take batch {batch_id} (HTTP {status})")

    def receipt(self, batch_id: str, number: int) -> bytes | None:
        """A receipt of a batch by its number, from 1; None when it is not there yet.

        Raises UnknownBatch, BankRefused("bank.refused"), BankUnavailable.
        """
        status, content = self._ask("GET", f"batches/{batch_id}/receipts/{number}")
        if status == HTTPStatus.NO_CONTENT:
            return None
        if status == HTTPStatus.NOT_FOUND:
            raise UnknownBatch(batch_id)
        if status != HTTPStatus.OK:
            raise BankRefused("bank.refused", f"the bank gives no receipt of {batch_id} (HTTP {status})")
        return content

    def _ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, content: bytes | None = None
    ) -> tuple[int, bytes]:
        """Status and body of the first proper answer. Raises BankUnavailable when there is none."""
        problem = "it failed too often and is left alone for a while"
        for attempt in range(TRIES):
            if self._breaker.wait():
                break
            pause = 2.0**attempt
            try:
                status, body, asked = self._once(method, path, headers, content)
            except (httpx.TransportError, httpx.DecodingError) as error:
                problem = type(error).__name__
            else:
                if status != HTTPStatus.TOO_MANY_REQUESTS and status < HTTPStatus.INTERNAL_SERVER_ERROR:
                    self._breaker.succeeded()
                    return status, body
                problem = f"HTTP {status}"
                pause = max(pause, asked)
            self._breaker.failed()
            if attempt + 1 < TRIES:
                self._sleep(pause)
        raise BankUnavailable(f"the bank did not answer properly ({problem}); the same command goes on")

    def _once(
        self, method: str, path: str, headers: dict[str, str] | None, content: bytes | None
    ) -> tuple[int, bytes, float]:
        deadline = self._clock() + self._answer_seconds
        body = bytearray()
        url = f"{self._url}/{path}"
        with self._http.stream(method, url, headers=headers, content=content) as response:
            for part in response.iter_bytes():
                body += part
                if len(body) > RECEIPT_BYTES_MAX or self._clock() > deadline:
                    raise httpx.ReadTimeout("the answer is too long")
            return response.status_code, bytes(body), _asked_pause(response)


def _asked_pause(response: httpx.Response) -> float:
    """Seconds that the bank asks to wait, none of them for ever."""
    text = response.headers.get("Retry-After", "").strip()
    try:
        seconds = float(text) if text.isdigit() else _until(text)
    except ValueError:
        return 0.0
    return min(max(seconds, 0.0), PAUSE_SECONDS_MAX)


def _until(text: str) -> float:
    day = parsedate_to_datetime(text)
    return (day - datetime.now(UTC)).total_seconds() if day.tzinfo else 0.0
