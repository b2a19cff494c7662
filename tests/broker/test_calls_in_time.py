"""A call ends within its deadline, also when the broker takes nothing and says nothing."""

from urllib.parse import urlsplit

import eventlet
import pytest
from kombu import Connection

from chassis.rpc import request_queue
from chassis.rpc_client import EXCHANGE, RpcClient, Unavailable
from tests.support.servers import RabbitMQServer
from tests.support.tcp_proxy import TcpProxy

HANGS_SECONDS = 30


def test_a_call_through_a_stalled_link_ends_unavailable_and_the_next_gets_through(
    rabbitmq_server: RabbitMQServer,
) -> None:
    with rabbitmq_server.vhost() as url:
        with Connection(url) as broker:
            EXCHANGE(broker.channel()).declare()
        address = urlsplit(url)
        with TcpProxy(address.hostname or "", address.port or 0) as proxy:
            through = url.replace(f":{address.port}/", f":{proxy.port}/")
            with RpcClient(through, lambda: "token", seconds=1) as client:
                proxy.stall()
                for _ in range(2):
                    with eventlet.Timeout(HANGS_SECONDS), pytest.raises(Unavailable, match="in time"):
                        client.call("nobody", "anything", {})
                proxy.heal()
                with eventlet.Timeout(HANGS_SECONDS):
                    while "not reached" not in said_about(client, "nobody"):
                        pass  # until it hears that no queue takes the request


def test_a_request_grows_too_old_with_its_own_deadline_not_with_the_client_s(
    rabbitmq_server: RabbitMQServer,
) -> None:
    with rabbitmq_server.vhost() as url, Connection(url) as broker:
        queue = request_queue("registry")(broker.default_channel)
        queue.declare()
        with RpcClient(url, lambda: "token", seconds=HANGS_SECONDS) as client:
            calls = [eventlet.spawn(call, client, seconds) for seconds in (20, None)]
            with eventlet.Timeout(HANGS_SECONDS):
                while queue.queue_declare(passive=True).message_count < len(calls):
                    eventlet.sleep(0.02)
            lives = {queue.get(no_ack=True).properties["expiration"] for _ in calls}
            for each in calls:
                each.kill()
    assert lives == {"20000", f"{HANGS_SECONDS}000"}


def call(client: RpcClient, seconds: float | None) -> None:
    client.call("registry", "anything", {}, seconds=seconds)


def said_about(client: RpcClient, service: str) -> str:
    with pytest.raises(Unavailable) as unavailable:
        client.call(service, "anything", {})
    return str(unavailable.value)
