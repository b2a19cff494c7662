"""Calls and events over a broker: the one inside the process, and RabbitMQ."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import eventlet
import pytest
from kombu import Connection, Exchange, Queue
from nameko.containers import ServiceContainer
from nameko.events import event_handler
from nameko.exceptions import RemoteError
from nameko.standalone.rpc import ClusterRpcProxy
from prometheus_client import REGISTRY

from chassis import tracing
from chassis.access import TokenKeys
from chassis.migrating import upgrade
from chassis.office import AlreadyRunning, Office
from chassis.rpc import GuardedRpc, Refused
from chassis.rpc_client import RpcClient, Unavailable
from chassis.runtime import Context, Runtime
from chassis.sealing import Keys
from chassis.service import query
from chassis.settings import Settings
from chassis.token_source import TokenSource
from chassis.transaction import Transaction
from contracts import registry as messages
from tests.support.sink.service import SinkService, seen
from tests.support.source.service import SourceService

SECONDS = 30


def wait_for(condition: Callable[[], Any], what: str) -> Any:
    """Wait until a condition holds; fail by name when it does not."""
    with eventlet.Timeout(SECONDS, AssertionError(f"not in {SECONDS} s: {what}")):
        while not (value := condition()):
            eventlet.sleep(0.02)
    return value


class Platform:
    """The source and the sink on one broker, started and stopped at will."""

    def __init__(self, folder: Path, broker_url: str) -> None:
        Keys.generate(folder / "keys.json")
        TokenKeys.generate(folder / "tokens")
        self.settings = Settings(
            office="341524",
            data_dir=folder,
            broker_url=broker_url,
            database_url=f"sqlite:///{folder}/{{service}}.db",
            key_file=folder / "keys.json",
            token_key_dir=folder / "tokens",
            batch_size=50,
        )
        self.sink = Runtime(SinkService, self.settings)
        for runtime in (self.sink, Runtime(SourceService, self.settings)):
            upgrade(runtime.service, runtime.database)
        self.tokens = TokenSource(self.settings.token_keys)
        self.office: Office | None = None
        self.client = RpcClient(broker_url, self.token, 10)

    def token(self) -> str:
        return self.tokens.token("me", frozenset({"clerk", "system", "auditor"}), ("341524",), "341524")

    def start(self) -> None:
        self.office = Office(self.settings, (SourceService, SinkService))
        self.office.start()

    def stop(self) -> None:
        if self.office is not None:
            self.office.stop()
            self.office = None

    def record(self, count: int, start: int = 0, **options: Any) -> None:
        items = [
            {"code": f"341524{n:06d}", "name": f"n{n}", "valid_from": "2024-01-01"}
            for n in range(start + 1, start + count + 1)
        ]
        fields = {"idempotency_key": f"record-{start}-{count}", "items": items}
        self.client.call("registry", "record_regions", fields, **options)

    def positions(self) -> list[int]:
        with self.sink.database.read() as connection:
            return list(
                connection.execute(
                    seen.select().with_only_columns(seen.c.position).order_by(seen.c.id)
                ).scalars()
            )

    def arrived(self, count: int) -> None:
        wait_for(lambda: len(self.positions()) >= count, f"{count} events at the sink")
        assert self.positions() == list(range(1, count + 1)), "each once, in order"


@pytest.fixture
def platform(tmp_path: Path, broker_url: str) -> Iterator[Platform]:
    SinkService.poison = set()
    platform = Platform(tmp_path, broker_url)
    platform.start()
    with platform.client:
        yield platform
    platform.stop()


def metric(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def publish(platform: Platform, body: bytes | str, exchange: str, key: str, **options: Any) -> None:
    kind = Exchange(exchange, type="topic", durable=True)
    with Connection(platform.settings.broker_url) as connection, connection.Producer() as producer:
        options.setdefault("content_type", "application/json")
        producer.publish(body, exchange=kind, routing_key=key, content_encoding="utf-8", **options)


def test_events_arrive_once_in_order_with_the_trace_of_the_call(platform: Platform) -> None:
    traceparent = tracing.new()
    for n in range(4):
        platform.record(100, start=n * 100, traceparent=traceparent)
    platform.arrived(400)
    with platform.sink.database.read() as connection:
        traces = set(connection.execute(seen.select().with_only_columns(seen.c.trace_id)).scalars())
    assert traces == {tracing.trace_id(traceparent)}


@pytest.mark.parametrize(
    ("reason", "options", "body"),
    [
        ("no_reply_to", {}, '{"args": [], "kwargs": {}}'),
        ("content_type", {"reply_to": "x", "content_type": "text/plain"}, "hello"),
        ("undecodable", {"reply_to": "x"}, '{"args": ['),
    ],
)
def test_a_request_that_cannot_be_answered_is_turned_away(
    platform: Platform, reason: str, options: dict[str, str], body: str
) -> None:
    before = metric("canlian_malformed_messages_total", service="registry", reason=reason)
    publish(platform, body, "nameko-rpc", "registry.record_regions", **options)
    wait_for(
        lambda: metric("canlian_malformed_messages_total", service="registry", reason=reason) == before + 1,
        f"{reason} counted",
    )
    wait_for(lambda: dead_letters(platform) == 1, "one dead letter")
    platform.record(1)
    platform.arrived(1)


def dead_letters(platform: Platform) -> int:
    with Connection(platform.settings.broker_url) as connection, connection.channel() as channel:
        return int(
            Queue("dead-letters", durable=True).bind(channel).queue_declare(passive=True).message_count
        )


def test_wrong_arguments_unknown_methods_and_fields_are_answered(platform: Platform) -> None:
    cases: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("nothing_of_the_kind", {}, "request.unknown_method"),
        ("record_regions", {"idempotency_key": "k" * 8, "items": [{}], "extra": 1}, "request.invalid"),
        ("record_regions", {}, "request.invalid"),
    )
    for method, fields, code in cases:
        with pytest.raises(Refused) as error:
            platform.client.call("registry", method, fields)
        assert error.value.code == code


class SlowService(SourceService):
    """Does not answer before it is told to."""

    begun = eventlet.event.Event()
    told = eventlet.event.Event()

    @classmethod
    def directory(cls) -> Path:
        """Where the migrations are."""
        return SourceService.directory()

    @query(messages.ResolveHouseholds, roles=("auditor",))
    def resolve_households(
        self, _message: messages.ResolveHouseholds, tx: Transaction
    ) -> messages.Identities:
        """Wait, then tell nothing."""
        tx.no_scope("an empty answer tells nothing")
        self.begun.send()
        self.told.wait()
        return messages.Identities(found={})


def test_a_call_in_hand_is_answered_before_a_stop_and_is_not_given_back(platform: Platform) -> None:
    platform.stop()
    SlowService.begun, SlowService.told = eventlet.event.Event(), eventlet.event.Event()
    office = Office(platform.settings, (SlowService,))
    office.start()
    call = eventlet.spawn(platform.client.call, "registry", "resolve_households", {"refs": ["household-1"]})
    wait_for(SlowService.begun.ready, "the call at its handler")
    stopping = eventlet.spawn(office.stop)
    wait_for(lambda: requests(platform).consumer_count == 0, "no more calls are taken")
    SlowService.told.send()
    assert call.wait() == {"found": {}}
    stopping.wait()
    assert requests(platform).message_count == 0


def requests(platform: Platform) -> Any:
    with Connection(platform.settings.broker_url) as connection, connection.channel() as channel:
        return Queue("rpc-registry").bind(channel).queue_declare(passive=True)


def test_a_forged_an_expired_and_a_missing_token_are_refused(platform: Platform, tmp_path: Path) -> None:
    other = tmp_path / "forger"
    TokenKeys.generate(other)
    forged = TokenSource(other).token("me", frozenset({"clerk"}), ("341524",), "341524")
    for token, code in ((forged, "access.token_forged"), (" ", "access.token_malformed")):
        with pytest.raises(Refused) as error:
            platform.record(1, token=token)
        assert error.value.code == code
    assert metric("canlian_token_refusals_total", service="registry", code="access.token_forged") >= 1


def test_what_is_no_event_goes_to_the_dead_letters_and_the_rest_flows_on(platform: Platform) -> None:
    platform.record(3)
    for body in ("{broken", "[1]", '{"no": "headers"}'):
        publish(platform, body, "registry.events", "registry.region_recorded.v1")
    platform.record(3, start=3)
    platform.arrived(6)
    wait_for(lambda: dead_letters(platform) == 3, "three dead letters")


def test_what_the_broker_lost_is_read_from_the_owner(platform: Platform, tmp_path: Path) -> None:
    platform.record(10)
    platform.arrived(10)
    platform.stop()
    source = Runtime(SourceService, platform.settings)
    call = {
        "idempotency_key": "while-down",
        "items": [{"code": "341524900000", "name": "n", "valid_from": "2024-01-01"}],
    }
    endpoint = SourceService.endpoints()["record_regions"]
    assert GuardedRpc.answer(source, endpoint, call, Context(platform.token())).error is None
    platform.start()
    publish_to_nobody(platform)
    platform.arrived(11)


def test_events_flow_while_nobody_answers_for_the_source(platform: Platform) -> None:
    platform.stop()
    settings = platform.settings.model_copy(update={"roles": frozenset({"relay", "follow"})})
    platform.office = Office(settings, (SourceService, SinkService))
    platform.office.start()
    source = Runtime(SourceService, settings)
    call = {
        "idempotency_key": "no-answer",
        "items": [{"code": "341524900000", "name": "n", "valid_from": "2024-01-01"}],
    }
    endpoint = SourceService.endpoints()["record_regions"]
    assert GuardedRpc.answer(source, endpoint, call, Context(platform.token())).error is None
    platform.arrived(1)


def publish_to_nobody(platform: Platform) -> None:
    """Empty the sink's queue, as a broker that lost its disk would."""
    with Connection(platform.settings.broker_url) as connection, connection.channel() as channel:
        channel.queue_purge("rehab.registry.events")


def test_duplicates_and_messages_out_of_order_change_nothing(platform: Platform) -> None:
    platform.record(20)
    platform.arrived(20)
    events = platform.client.call("registry", "events_after", {"position": 0})["events"]
    for event in [*reversed(events), *events]:
        publish(
            platform,
            json.dumps(event["data"]),
            "registry.events",
            event["headers"]["type"],
            headers=event["headers"],
        )
    platform.record(5, start=20)
    platform.arrived(25)


def test_a_restart_in_the_middle_loses_nothing_and_repeats_nothing(platform: Platform) -> None:
    platform.record(200)
    platform.stop()
    platform.start()
    platform.record(200, start=200)
    platform.arrived(400)


def test_poison_is_parked_and_counted_while_others_flow(platform: Platform) -> None:
    SinkService.poison = {"n3"}
    platform.record(5)
    wait_for(lambda: len(platform.positions()) == 4, "the others")
    status = platform.client.call("rehab", "show_status", {})
    assert [(f["source"], f["position"], f["parked"]) for f in status["follows"]] == [("registry", 5, 1)]
    assert metric("canlian_parked_events", consumer="rehab", source="registry") >= 1


class Foreigner:
    """A nameko service that knows nothing of the chassis."""

    name = "foreigner"
    got: list[dict[str, Any]] = []  # noqa: RUF012 - shared with the test on purpose

    @event_handler("registry", "registry.region_recorded.v1")
    def listen(self, payload: dict[str, Any]) -> None:
        self.got.append(payload)


def test_a_plain_nameko_service_calls_and_listens(platform: Platform) -> None:
    config = {"AMQP_URI": platform.settings.broker_url}
    container = ServiceContainer(Foreigner, config)
    container.start()
    context = {"auth_token": platform.token()}
    item = {"code": "341524000001", "name": "n", "valid_from": "2024-01-01"}
    with ClusterRpcProxy(config, context_data=context, timeout=10) as cluster:
        reply = cluster.registry.record_regions(idempotency_key=uuid4().hex, items=[item])
        assert reply["outcomes"][0]["outcome"] == "created"
        with pytest.raises((RemoteError, Refused), match=r"access\.role|request\.invalid"):
            cluster.registry.record_regions(idempotency_key="short", items=[])
    wait_for(lambda: Foreigner.got, "the event at the foreign service")
    assert Foreigner.got[0]["region"] == "341524000001"
    container.stop()


def test_a_service_that_is_not_there_is_unavailable_in_time(platform: Platform) -> None:
    with pytest.raises(Unavailable):
        platform.client.call("nobody", "anything", {}, seconds=1)


def test_one_process_alone_owns_an_embedded_data_directory(tmp_path: Path) -> None:
    settings = Settings(office="341524", data_dir=tmp_path, broker_url=f"inproc://localhost/{uuid4().hex}")
    with Office(settings, (SourceService,)), pytest.raises(AlreadyRunning):
        Office(settings, (SourceService,)).start()
