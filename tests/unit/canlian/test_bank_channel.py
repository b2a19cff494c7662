"""The channel to a bank repeats what may be repeated, under the same key, and leaves a failing bank alone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from canlian.bank import channel as bank_channel
from canlian.bank.breaker import FAILURES_MAX, PAUSE_SECONDS
from canlian.bank.channel import TRIES, BankRefused, BankUnavailable, Channel, UnknownBatch

Reply = httpx.Response | Exception


class Line:
    """A channel whose other end answers as told, on a clock that only sleeping moves."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.asked: list[httpx.Request] = []
        self.now = 0.0
        self.slept: list[float] = []
        self.channel = Channel(
            "https://bank.example/v1/", "secret", sleep=self._sleep, clock=lambda: self.now
        )
        headers = self.channel._http.headers
        self.channel._http = httpx.Client(transport=httpx.MockTransport(self._answer), headers=headers)

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        reply = self.replies.pop(0) if self.replies else httpx.Response(500)
        if isinstance(reply, Exception):
            raise reply
        return reply

    def send(self) -> None:
        self.channel.send("b1", "f" * 64, b"file")


def test_a_batch_is_put_under_its_own_name_and_key() -> None:
    line = Line(httpx.Response(202))

    line.send()

    [asked] = line.asked
    assert (asked.method, str(asked.url)) == ("PUT", "https://bank.example/v1/batches/b1")
    assert asked.headers["Idempotency-Key"] == f"b1-{'f' * 64}"
    assert asked.headers["Authorization"] == "Bearer secret"
    assert asked.content == b"file"


@pytest.mark.parametrize(
    "fault",
    [
        httpx.ConnectError("no"),
        httpx.ReadTimeout("no"),
        httpx.RemoteProtocolError("cut"),
        httpx.Response(500),
        httpx.Response(503),
        httpx.Response(429),
    ],
)
def test_what_has_no_proper_answer_is_repeated_under_the_same_key(fault: Reply) -> None:
    line = Line(fault, fault, httpx.Response(200))

    line.send()

    assert [each.headers["Idempotency-Key"] for each in line.asked] == [f"b1-{'f' * 64}"] * 3
    assert line.slept == [1.0, 2.0]


@pytest.mark.parametrize(
    ("status", "code"), [(409, "bank.batch_differs"), (400, "bank.refused"), (302, "bank.refused")]
)
def test_a_no_is_not_repeated(status: int, code: str) -> None:
    line = Line(httpx.Response(status, headers={"Location": "http://elsewhere"}, text="王小明"))

    with pytest.raises(BankRefused) as told:
        line.send()

    assert told.value.code == code
    assert "王小明" not in str(told.value)
    assert len(line.asked) == 1


@pytest.mark.parametrize(
    ("asked", "paused"),
    [("7", 7.0), ("9999", 60.0), ("-5", 1.0), ("soon", 1.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 1.0)],
)
def test_the_bank_may_ask_for_a_pause_but_not_for_ever(asked: str, paused: float) -> None:
    line = Line(httpx.Response(429, headers={"Retry-After": asked}), httpx.Response(200))

    line.send()

    assert line.slept == [paused]


def test_a_pause_until_an_hour_of_the_clock_is_kept() -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    line = Line(httpx.Response(503, headers={"Retry-After": until}), httpx.Response(200))

    line.send()

    assert line.slept == [60.0]


def test_after_failures_in_a_row_the_bank_is_left_alone_then_asked_once() -> None:
    line = Line()

    def fail() -> int:
        before = len(line.asked)
        with pytest.raises(BankUnavailable):
            line.send()
        return len(line.asked) - before

    assert [fail(), fail(), fail()] == [TRIES, FAILURES_MAX - TRIES, 0]
    line.now += PAUSE_SECONDS
    assert [fail(), fail()] == [1, 0]
    line.now += PAUSE_SECONDS
    line.replies = [httpx.Response(200)]
    line.send()
    assert fail() == TRIES


def test_receipts_are_there_not_yet_or_of_no_known_batch() -> None:
    line = Line(httpx.Response(200, content=b"R|b1"), httpx.Response(204), httpx.Response(404))

    assert line.channel.receipt("b1", 1) == b"R|b1"
    assert line.channel.receipt("b1", 2) is None
    with pytest.raises(UnknownBatch):
        line.channel.receipt("b2", 1)
    assert [each.url.path for each in line.asked] == [
        "/v1/batches/b1/receipts/1",
        "/v1/batches/b1/receipts/2",
        "/v1/batches/b2/receipts/1",
    ]


def test_an_answer_without_an_end_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bank_channel, "RECEIPT_BYTES_MAX", 10)
    line = Line(*[httpx.Response(200, content=b"x" * 11)] * TRIES)

    with pytest.raises(BankUnavailable):
        line.channel.receipt("b1", 1)


@pytest.mark.parametrize("make", [lambda: Channel("http://bank.example", "t"), lambda: Channel("bank", "t")])
def test_an_address_that_tells_accounts_to_the_network_is_refused(make: Callable[[], Channel]) -> None:
    with pytest.raises(BankRefused) as told:
        make()

    assert told.value.code == "bank.insecure"
