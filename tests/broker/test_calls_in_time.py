"""A call ends within its deadline, also when the broker takes nothing and says nothing."""

from urllib.parse import urlsplit

import eventlet
import pytest
from kombu import Connection

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


def said_about(client: RpcClient, service: str) -> str:
    with pytest.raises(Unavailable) as unavailable:
        client.call(service, "anything", {})
    return str(unavailable.value)
