"""The three ways to the services: a broker, an office started for this command, or one that runs already."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self

import httpx
import orjson

from canlian.calling import Caller, CallRefused, CallUnavailable, Identity
from canlian.settling import remember
from chassis import logs, tracing
from chassis.office import AlreadyRunning, Office
from chassis.rpc import UNAVAILABLE, Refused
from chassis.rpc_client import RpcClient, Unavailable
from chassis.settings import Settings
from chassis.token_source import TokenSource

ADDRESS_FILE = "office.json"
STARTING_SECONDS = 30.0


@contextmanager
def connect(settings: Settings) -> Iterator[Caller]:
    """A caller of the office's services.

    With a broker, the services run elsewhere. Else the office of the data directory is started for as long
    as the context lasts; if another process runs it, calls go there.
    """
    logs.configure(settings.log_level)
    if not settings.embedded:
        with _over_broker(settings) as caller:
            yield caller
        return
    remember(settings)
    office = Office(settings)
    try:
        office.start()
    except AlreadyRunning:
        with OverHttp(settings) as caller:
            yield caller
        return
    try:
        with _over_broker(settings) as caller:
            yield caller
    finally:
        office.stop()


class _Tokens:
    """Signs for any identity, in the office's whole region, with the data directory's key."""

    def __init__(self, settings: Settings) -> None:
        self._source = TokenSource(settings.token_keys)
        self._office = settings.office

    def of(self, who: Identity) -> str:
        return self._source.token(who.subject, who.roles, (self._office,), self._office)


class OverBroker:
    """Calls as nameko sends them, over RabbitMQ or the broker inside the process."""

    def __init__(self, client: RpcClient, tokens: _Tokens) -> None:
        self._client = client
        self._tokens = tokens

    def call(self, service: str, method: str, fields: dict[str, Any], who: Identity) -> dict[str, Any]:
        try:
            return self._client.call(service, method, fields, token=self._tokens.of(who))
        except Refused as refused:
            raise CallRefused(refused.code, refused.message) from None
        except Unavailable as error:
            raise CallUnavailable(str(error)) from None


@contextmanager
def _over_broker(settings: Settings) -> Iterator[Caller]:
    tokens = _Tokens(settings)
    try:
        with RpcClient(settings.broker_url, lambda: "", settings.call_seconds) as client:
            yield OverBroker(client, tokens)
    except Unavailable as error:
        raise CallUnavailable(str(error)) from None


class OverHttp:
    """Calls of an office that another process of this machine runs."""

    def __init__(self, settings: Settings) -> None:
        self._tokens = _Tokens(settings)
        self._file = settings.data_dir / ADDRESS_FILE
        self._http = httpx.Client(timeout=settings.call_seconds, trust_env=False)
        self._address = ""

    def __enter__(self) -> Self:
        # The other process holds the lock already while it starts, and an address may be left from before.
        deadline = time.monotonic() + STARTING_SECONDS
        while not self._address:
            try:
                address = f"http://127.0.0.1:{_port(self._file)}"
                if self._http.get(f"{address}/health/live").status_code == HTTPStatus.OK:
                    self._address = address
            except (OSError, ValueError, KeyError, TypeError, httpx.TransportError):
                pass
            if not self._address:
                if time.monotonic() > deadline:
                    raise CallUnavailable(
                        "the office of this data directory runs elsewhere, but does not answer"
                    )
                time.sleep(0.2)
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def call(self, service: str, method: str, fields: dict[str, Any], who: Identity) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._tokens.of(who)}", "traceparent": tracing.new()}
        try:
            response = self._http.post(
                f"{self._address}/rpc/{service}/{method}",
                content=orjson.dumps({"args": [], "kwargs": fields}),
                headers=headers,
            )
            answer = orjson.loads(response.content)
        except (httpx.TransportError, orjson.JSONDecodeError) as error:
            raise CallUnavailable(f"{service} did not answer ({type(error).__name__})") from None
        if told := answer["error"]:
            refused = Refused(*told["exc_args"])
            if refused.kind == UNAVAILABLE:
                raise CallUnavailable(refused.message)
            raise CallRefused(refused.code, refused.message)
        result: dict[str, Any] = answer["result"]
        return result


def _port(file: Path) -> int:
    port = json.loads(file.read_text("utf-8"))["port"]
    if not isinstance(port, int):
        raise TypeError("the address file holds no port")
    return port
