"""deploy/rabbitmq on a real RabbitMQ: what each user needs, and what it is refused."""

import re
import runpy
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import amqp.exceptions
import eventlet
import pytest
import yaml
from kombu import Connection, Exchange, Queue

from chassis import topology
from chassis.office import Office, migrate, service_class
from chassis.rpc_client import EXCHANGE, RpcClient
from chassis.service import Service
from chassis.token_source import TokenSource
from contracts.catalogue import SERVICES, SUBSCRIPTIONS
from tests.deploy.office_servers import DEPLOY, OfficePostgres, OfficeRabbitMQ, office_rabbitmq, settings_of
from tests.deploy.watched import broker_metrics
from tests.support.platform import OFFICE
from tests.support.sink.service import SinkService
from tests.support.source.service import SourceService

SECONDS = 30
ROLES = {"registry": "rpc,jobs", "rehab": "rpc,follow,jobs", "relay": "relay"}


@pytest.fixture(scope="module")
def broker(secrets_dir: Path) -> Iterator[OfficeRabbitMQ]:
    with office_rabbitmq(secrets_dir) as server:
        yield server


@pytest.fixture(scope="module")
def office(broker: OfficeRabbitMQ, databases: OfficePostgres) -> Iterator[RpcClient]:
    """Source, sink and relay as processes apart, each with its own broker user and database role."""
    databases.migrate(SourceService, SinkService)
    for service in SERVICES:
        if service not in {SourceService.name, SinkService.name}:
            databases.migrate(_like(service))
    databases.script("privileges.sh")
    with Connection(broker.url_of("topology")) as connection:
        topology.declare(connection, embedded=False)
    services: dict[str, tuple[type[Service], ...]] = {
        "registry": (SourceService,),
        "rehab": (SinkService,),
        "relay": (SourceService, SinkService),
    }
    tokens = TokenSource(databases.secrets / "tokens")
    everything = frozenset({"clerk", "system", "auditor"})
    with ExitStack() as stack:
        for user, classes in services.items():
            settings = settings_of(
                user, broker.url_of(user), databases.url(user), databases.secrets, ROLES[user]
            )
            stack.enter_context(Office(settings, classes))
        yield stack.enter_context(
            RpcClient(
                broker.url_of("operator"), lambda: tokens.token("me", everything, (OFFICE,), OFFICE), 10
            )
        )


def _like(service: str) -> type[Service]:
    """The source's tables for a service that does not run here, for privileges.sh goes to every database."""
    return type("Stand", (SourceService,), {"name": service, "directory": SourceService.directory})


def wait_for(condition: Callable[[], Any], what: str) -> None:
    with eventlet.Timeout(SECONDS, AssertionError(f"not in {SECONDS} s: {what}")):
        while not condition():
            eventlet.sleep(0.05)


def test_the_committed_definitions_are_what_the_code_needs() -> None:
    generated = runpy.run_path(str(DEPLOY / "rabbitmq" / "generate.py"))["text"]()
    committed = (DEPLOY / "rabbitmq" / "definitions.json").read_text("utf-8")
    assert committed == generated, "run: python deploy/rabbitmq/generate.py"


def test_calls_are_answered_and_events_flow_with_each_user_s_own_rights(office: RpcClient) -> None:
    items = [{"code": f"341524{n:06d}", "name": f"n{n}", "valid_from": "2024-01-01"} for n in range(1, 51)]
    office.call("registry", "record_regions", {"idempotency_key": "fifty-regions", "items": items})

    def followed() -> bool:
        follows = office.call("rehab", "show_status", {})["follows"]
        return [(stream["source"], stream["position"]) for stream in follows] == [("registry", 50)]

    wait_for(followed, "fifty events at the sink")
    assert office.call("registry", "show_status", {})["published"] == 50


def test_a_follower_reads_what_the_broker_lost_from_the_owner(
    office: RpcClient, broker: OfficeRabbitMQ, databases: OfficePostgres
) -> None:
    """The sink asks the source over RPC, with its own user."""
    tokens = TokenSource(databases.secrets / "tokens")
    with RpcClient(broker.url_of("rehab"), lambda: tokens.system_token("rehab", OFFICE), 10) as client:
        assert client.call("registry", "events_after", {"position": 0})["last"] >= 0


def test_every_service_runs_with_its_own_user_and_rights(
    office: RpcClient, broker: OfficeRabbitMQ, tmp_path: Path
) -> None:
    """The real ones: they take calls and follow whom they follow, and need declare nothing."""
    others = [name for name in SERVICES if name not in {SourceService.name, SinkService.name}]
    with ExitStack() as stack:
        for service in others:
            database = f"sqlite:///{tmp_path}/{{service}}.db"
            settings = settings_of(
                service, broker.url_of(service), database, broker.secrets, "rpc,follow,jobs"
            )
            migrate(settings, service)
            stack.enter_context(Office(settings, (service_class(service),)))
        for service in others:
            assert office.call(service, "show_status", {})["recorded"] == 0
            for source in SUBSCRIPTIONS.get(service, ()):
                queue = topology.event_queue(service, source, embedded=False).name
                wait_for(partial(is_consumed, broker, queue), f"a consumer on {queue}")


def is_consumed(broker: OfficeRabbitMQ, queue: str) -> bool:
    with channel_of(broker, "topology") as channel:
        return bool(channel.queue_declare(queue, passive=True).consumer_count)


@contextmanager
def channel_of(broker: OfficeRabbitMQ, user: str) -> Iterator[Any]:
    with Connection(broker.url_of(user)) as connection, connection.channel() as channel:
        yield channel


def publish(exchange: str, key: str) -> Callable[[Any], None]:
    def act(channel: Any) -> None:
        channel.confirm_select()
        channel.basic_publish_confirm(channel.prepare_message(b"{}"), exchange=exchange, routing_key=key)

    return act


def consume(queue: str) -> Callable[[Any], None]:
    return lambda channel: channel.basic_consume(queue)


def listen(exchange: str, key: str, queue: str) -> Callable[[Any], None]:
    return lambda channel: channel.queue_bind(queue, exchange, key)


def declare(queue: str) -> Callable[[Any], None]:
    return lambda channel: channel.queue_declare(queue, durable=True, auto_delete=False)


FOREIGN: dict[str, tuple[str, Callable[[Any], None]]] = {
    "pay without being asked": ("rehab", publish("nameko-rpc", "subsidy.approve_disbursement")),
    "read another's events through a call": ("rehab", publish("nameko-rpc", "employment.events_after")),
    "write into a queue by its name": ("rehab", publish("", "rpc-subsidy")),
    "tell events of another": ("rehab", publish("registry.events", "registry.region_recorded.v1")),
    "tell its own events past the relay": ("rehab", publish("rehab.events", "rehab.person_enrolled.v1")),
    "take another's calls": ("rehab", consume("rpc-registry")),
    "take another's events": ("rehab", consume("subsidy.registry.events")),
    "follow whom it does not follow": ("rehab", listen("subsidy.events", "#", "rehab.registry.events")),
    "listen to another's calls": ("rehab", listen("nameko-rpc", "subsidy.*", "rpc-rehab")),
    "listen to all calls and answers": ("rehab", listen("nameko-rpc", "#", "rpc-rehab")),
    "read the dead letters": ("rehab", consume("dead-letters")),
    "delete the queue of another": ("rehab", lambda channel: channel.queue_delete("subsidy.registry.events")),
    "make queues": ("registry", declare("intruder")),
    "call, being the relay": ("relay", publish("nameko-rpc", "registry.events_after")),
    "answer, being the relay": ("relay", publish("nameko-rpc", "0" * 32)),
    "read events, being the relay": ("relay", consume("rehab.registry.events")),
    "publish what is no event": ("relay", publish("registry.events", "subsidy.payment_made.v1")),
    "tell events, being the operator": ("operator", publish("registry.events", "registry.x.v1")),
    "take calls, being the operator": ("operator", consume("rpc-registry")),
    "listen, being the operator": ("operator", listen("nameko-rpc", "registry.*", "rpc-registry")),
    "call, being the topology": ("topology", publish("nameko-rpc", "registry.events_after")),
    "tell events, being the topology": ("topology", publish("registry.events", "registry.x.v1")),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_nobody_does_what_is_another_s(office: RpcClient, broker: OfficeRabbitMQ, what: str) -> None:
    user, act = FOREIGN[what]
    with channel_of(broker, user) as channel, pytest.raises(amqp.exceptions.AccessRefused):
        act(channel)


def test_what_is_refused_to_others_is_allowed_to_its_owner(office: RpcClient, broker: OfficeRabbitMQ) -> None:
    """Else the refusals above would prove nothing but a misspelt name."""
    with channel_of(broker, "relay") as channel:
        for source in SERVICES:
            publish(f"{source}.events", f"{source}.something_done.v1")(channel)
    with channel_of(broker, "rehab") as channel:
        publish("nameko-rpc", "registry.events_after")(channel)
        publish("nameko-rpc", "0" * 32)(channel)
        consume("rehab.registry.events")(channel)


def test_nobody_gets_in_with_another_password_and_there_is_no_guest(broker: OfficeRabbitMQ) -> None:
    port = urlsplit(broker.url()).port
    for user in ("registry", "guest"):
        with pytest.raises(amqp.exceptions.AccessRefused):
            Connection(f"amqp://{user}:guest@127.0.0.1:{port}/office").connect()


def test_every_queue_is_there_before_any_service_starts(broker: OfficeRabbitMQ) -> None:
    """Imported with the very arguments that the code declares: else declaring them again would be refused."""
    names = [
        f"{consumer}.{source}.events" for consumer, sources in SUBSCRIPTIONS.items() for source in sources
    ]
    with Connection(broker.url_of("topology")) as connection:
        topology.declare(connection, embedded=False)
        for name in [*names, "dead-letters"]:
            Queue(name).bind(connection.channel()).queue_declare(passive=True)
        Exchange(EXCHANGE.name, passive=True).bind(connection.channel()).declare()


def test_the_broker_s_metrics_that_alerts_and_dashboards_use_exist(
    office: RpcClient, broker: OfficeRabbitMQ
) -> None:
    configuration = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text("utf-8"))
    exposed: set[str] = set()
    for job in configuration["scrape_configs"]:
        if job["static_configs"][0]["targets"] == ["rabbitmq:15692"]:
            query = "&".join(
                f"{key}={value}" for key, values in job.get("params", {}).items() for value in values
            )
            url = f"http://127.0.0.1:{broker.metrics_port}{job.get('metrics_path', '/metrics')}?{query}"
            with urllib.request.urlopen(url, timeout=10) as response:
                exposed |= set(re.findall(r"^(rabbitmq_\w+)", response.read().decode(), re.MULTILINE))
    assert broker_metrics()
    assert broker_metrics() <= exposed
