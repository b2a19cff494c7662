import json
import socket
from http.client import HTTPConnection

import eventlet
import pytest
from prometheus_client.parser import text_string_to_metric_families

from chassis import metrics
from chassis.health import HealthServer

PHONE = "13812345678"


@pytest.fixture
def server():
    server = HealthServer(check_seconds=0.3)
    server.start()
    yield server
    server.stop()


def request(server, path, method="GET", body=None):
    connection = HTTPConnection(server.host, server.port, timeout=5)
    try:
        connection.request(method, path, body=body)
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def readiness(server):
    response, body = request(server, "/health/ready")
    return response.status, json.loads(body)


def test_a_free_port_is_taken_and_told(server):
    assert server.port > 0
    with pytest.raises(OSError, match="in use"):
        HealthServer(port=server.port).start()


def test_metrics_are_exposed_in_the_format_of_prometheus(server):
    metrics.RELAY_BACKLOG.labels(service="health-test").set(7)
    response, body = request(server, "/metrics")
    assert response.status == 200
    families = {family.name: family for family in text_string_to_metric_families(body.decode())}
    samples = families["canlian_relay_backlog_events"].samples
    assert [sample.value for sample in samples if sample.labels == {"service": "health-test"}] == [7]


def test_a_process_whose_hub_answers_is_alive(server):
    response, body = request(server, "/health/live")
    assert (response.status, body) == (200, b"live\n")


def test_a_process_is_ready_when_all_its_checks_are_good(server):
    server.check("database", lambda: None)
    assert readiness(server) == (
        200,
        {"ready": True, "checks": [{"name": "database", "ok": True, "detail": None}]},
    )


def test_a_bad_check_makes_it_unready_and_says_why(server):
    server.check("good", lambda: None)
    server.check("behind", lambda: "5000 events behind")
    status, answer = readiness(server)
    assert status == 503
    assert answer["ready"] is False
    assert answer["checks"][1] == {"name": "behind", "ok": False, "detail": "5000 events behind"}


def test_of_an_exception_only_the_type_is_shown_and_no_number_of_a_text(server):
    def broken():
        raise LookupError("amqp://user:password@host", PHONE)

    def late():
        raise eventlet.Timeout

    server.check("broken", broken)
    server.check("late", late)
    server.check("talkative", lambda: f"row of {PHONE}")
    _, answer = readiness(server)
    assert [check["detail"] for check in answer["checks"]] == ["LookupError", "Timeout", "row of [redacted]"]


def test_checks_that_hang_are_given_up_together_and_not_started_twice(server):
    started, release = [], eventlet.Event()

    def hanging():
        started.append(1)
        release.wait()

    for number in range(30):
        server.check(f"hanging {number}", hanging)
    server.check("good", lambda: None)
    # Waiting for each check by itself would take 9 seconds; the client gives up after 5.
    status, answer = readiness(server)
    assert status == 503
    assert [check["detail"] for check in answer["checks"]] == ["no answer within 0.3 s"] * 30 + [None]
    readiness(server)
    assert len(started) == 30
    release.send()
    assert readiness(server)[0] == 200


def test_probes_at_the_same_time_all_get_an_answer(server):
    server.check("slow", lambda: eventlet.sleep(0.05))
    probes = [eventlet.spawn(readiness, server) for _ in range(10)]
    assert {probe.wait()[0] for probe in probes} == {200}


def test_the_hub_serves_while_a_check_hangs(server):
    server.check("hanging", lambda: eventlet.sleep(60))
    probe = eventlet.spawn(readiness, server)
    eventlet.sleep(0)
    assert request(server, "/health/live")[0].status == 200
    assert probe.wait()[0] == 503


@pytest.mark.parametrize(
    "path", ["/", "/health", "/health/readyx", "/metrics/", "/x?/metrics", "/%00", "/%E6%9C%BA"]
)
def test_an_unknown_path_is_not_found(server, path):
    response, body = request(server, path)
    assert (response.status, body) == (404, b"not found\n")


@pytest.mark.parametrize("path", ["/metrics", "/health/live", "/health/ready"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_built_in_pages_are_only_read(server, path, method):
    response, _ = request(server, path, method, body=b"x" if method in {"POST", "PUT"} else None)
    assert response.status == 405
    assert response.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/metrics", "/health/live", "/health/ready"])
def test_head_answers_as_get_without_the_body(server, path):
    response, body = request(server, path, "HEAD")
    assert response.status == 200
    assert int(response.headers["Content-Length"]) > 0
    assert body == b""


def echo(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["REQUEST_METHOD"].encode(), environ["PATH_INFO"].encode(), environ["wsgi.input"].read()]


def test_a_route_gets_every_request_at_or_below_its_path(server):
    server.route("/rpc", echo)
    assert request(server, "/rpc", "POST", b"{}")[1] == b"POST/rpc{}"
    assert request(server, "/rpc/a/b")[1] == b"GET/rpc/a/b"
    assert request(server, "/rpcx")[0].status == 404


def test_the_longest_route_wins(server):
    server.route("/a/b/", echo)
    server.route("/a", lambda _environ, start_response: start_response("204 No Content", []) and [])
    assert request(server, "/a/b/c")[1] == b"GET/a/b/c"
    assert request(server, "/a/x")[0].status == 204


def test_a_route_that_fails_tells_nothing_to_the_caller(server):
    def failing(_environ, _start_response):
        raise LookupError(PHONE)

    server.route("/fail", failing)
    response, body = request(server, "/fail")
    assert (response.status, body) == (500, b"internal error\n")


def test_requests_leave_no_lines_on_standard_error(server, capfd):
    request(server, f"/x?phone={PHONE}")
    with socket.create_connection((server.host, server.port)) as raw:
        raw.sendall(b"nonsense\r\n\r\n")
        raw.recv(1000)
    assert capfd.readouterr() == ("", "")


def test_a_stopped_server_no_longer_accepts(server):
    server.stop()
    server.stop()
    with pytest.raises(ConnectionRefusedError):
        request(server, "/health/live")
