"""Calls of the embedded office from another process of the same machine, over HTTP on the loopback address.

The in-process broker ends at the process; this carries the same calls, with the same tokens and answers, so
that a command line can speak to an office that is already running.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import orjson

from chassis.rpc import Answer, GuardedRpc, Refused
from chassis.runtime import Context, Runtime

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BODY_BYTES_MAX = 32 * 1024 * 1024


class Bridge:
    """Serves ``POST /rpc/<service>/<method>``; the body and the answer are nameko's own."""

    def __init__(self, runtimes: Mapping[str, Runtime]) -> None:
        self._runtimes = runtimes

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        body = self._answer(environ).body()
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, environ: "WSGIEnvironment") -> Answer:
        if environ["REQUEST_METHOD"] != "POST":
            return _refused("request.malformed", "Call by POST.")
        service, _, method = environ["PATH_INFO"].removeprefix("/rpc/").partition("/")
        runtime = self._runtimes.get(service)
        endpoint = runtime.service.endpoints().get(method) if runtime else None
        if runtime is None or endpoint is None:
            return _refused("request.unknown_method", "There is no service or method of this name.")
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length > BODY_BYTES_MAX:
            return _refused("request.too_large", f"A call holds at most {BODY_BYTES_MAX} bytes.")
        try:
            body = orjson.loads(environ["wsgi.input"].read(length))
        except orjson.JSONDecodeError:
            return _refused("request.malformed", "The body is no JSON.")
        fields = body.get("kwargs") if isinstance(body, dict) and not body.get("args") else None
        if not isinstance(fields, dict):
            return _refused("request.malformed", "The body holds args (empty) and kwargs.")
        token = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ") or None
        return GuardedRpc.answer(runtime, endpoint, fields, Context(token, environ.get("HTTP_TRACEPARENT")))


def _refused(code: str, text: str) -> Answer:
    return Answer(None, Refused(code, text, {}, "invalid"))
