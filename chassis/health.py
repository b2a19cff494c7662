"""The HTTP side of a process: metrics, liveness and readiness, and routes that the chassis adds.

Plain WSGI on eventlet's server, in the process that serves the messages: if the hub is stuck, so is this, and
whoever watches notices. It answers without asking who is there; bind it to an address that only the office's
own machines reach.
"""

import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import eventlet
import eventlet.wsgi
import structlog
from eventlet.greenthread import GreenThread
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from chassis import logs

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Check = Callable[[], str | None]

CHECK_SECONDS = 2.0
SOCKET_SECONDS = 30.0
CONNECTIONS = 50

log = structlog.get_logger(__name__)


class HealthServer:
    """Serves /metrics, /health/live, /health/ready and the routes added to it.

    port: 0 takes a free one; ``port`` tells which, once started. check_seconds: how long readiness waits for
    all of its checks together.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0, check_seconds: float = CHECK_SECONDS) -> None:
        self.host = host
        self.port = port
        self._check_seconds = check_seconds
        self._checks: dict[str, Check] = {}
        self._running: dict[str, GreenThread] = {}
        self._routes: dict[str, WSGIApplication] = {}
        self._socket: Any = None
        self._thread: GreenThread | None = None

    def check(self, name: str, check: Check) -> None:
        """Add a condition of readiness: ``check`` returns None if all is well, else says what is not.

        Of an exception only the type is shown, since its text may hold anything.
        """
        self._checks[name] = check

    def route(self, path_prefix: str, application: "WSGIApplication") -> None:
        """Hand every request at or below a path to a WSGI application; the longest prefix wins."""
        self._routes[path_prefix.rstrip("/")] = application

    def start(self) -> None:
        """Bind and serve in a green thread. Raises OSError if the address is taken."""
        self._socket = eventlet.listen((self.host, self.port), reuse_port=False)
        self.port = self._socket.getsockname()[1]
        self._thread = eventlet.spawn(
            eventlet.wsgi.server,
            self._socket,
            self,
            protocol=_Protocol,
            log_output=False,
            debug=False,
            max_size=CONNECTIONS,
            socket_timeout=SOCKET_SECONDS,
        )

    def stop(self) -> None:
        """Stop accepting; a second call does nothing."""
        if self._thread is not None:
            self._thread.kill()
            self._socket.close()
            self._thread = None

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        for prefix in sorted(self._routes, key=len, reverse=True):
            if path == prefix or path.startswith(f"{prefix}/"):
                return self._guarded(self._routes[prefix], environ, start_response)
        return self._guarded(self._built_in, environ, start_response)

    def _guarded(
        self, application: "WSGIApplication", environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        try:
            return application(environ, start_response)
        except Exception:
            log.exception("http_failed")
            return _answer(environ, start_response, HTTPStatus.INTERNAL_SERVER_ERROR, b"internal error\n")

    def _built_in(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        pages: dict[str, Callable[[], tuple[HTTPStatus, bytes, str]]] = {
            "/metrics": lambda: (HTTPStatus.OK, generate_latest(), CONTENT_TYPE_LATEST),
            "/health/live": lambda: (HTTPStatus.OK, b"live\n", "text/plain"),
            "/health/ready": self._readiness,
        }
        page = pages.get(environ.get("PATH_INFO", ""))
        if page is None:
            return _answer(environ, start_response, HTTPStatus.NOT_FOUND, b"not found\n")
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return _answer(environ, start_response, HTTPStatus.METHOD_NOT_ALLOWED, b"only GET and HEAD\n")
        return _answer(environ, start_response, *page())

    def _readiness(self) -> tuple[HTTPStatus, bytes, str]:
        results = self._run_checks()
        ready = all(result["ok"] for result in results)
        status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        return status, json.dumps({"ready": ready, "checks": results}).encode(), "application/json"

    def _run_checks(self) -> list[dict[str, Any]]:
        # A check that hangs is left alone, not killed (a killed green thread spoils its database connection),
        # and not started again beside itself, however often somebody asks.
        for name, check in self._checks.items():
            if name not in self._running or self._running[name].dead:
                self._running[name] = eventlet.spawn(_detail, check)
        threads = dict(self._running)
        with eventlet.Timeout(self._check_seconds, False):
            for thread in threads.values():
                thread.wait()
        late = f"no answer within {self._check_seconds:g} s"
        details = {name: thread.wait() if thread.dead else late for name, thread in threads.items()}
        return [{"name": name, "ok": detail is None, "detail": detail} for name, detail in details.items()]


class _Protocol(eventlet.wsgi.HttpProtocol):
    def log_message(self, *_args: object) -> None:
        """Say nothing: the standard library would write requests it cannot read to standard error."""


def _detail(check: Check) -> str | None:
    try:
        detail = check()
    except (Exception, eventlet.Timeout) as error:  # noqa: BLE001 - any failure means not ready
        return type(error).__name__
    return None if detail is None else logs.redact(detail)


def _answer(
    environ: "WSGIEnvironment",
    start_response: "StartResponse",
    status: HTTPStatus,
    body: bytes,
    content_type: str = "text/plain",
) -> list[bytes]:
    headers = [
        ("Content-Type", content_type),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
    ]
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers.append(("Allow", "GET, HEAD"))
    start_response(f"{status.value} {status.phrase}", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
