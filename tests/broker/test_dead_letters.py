"""What the dead letters keep on RabbitMQ."""

from kombu import Connection, Exchange

from chassis import topology
from chassis.rpc import DEAD_LETTERS, request_queue
from tests.broker.test_office import wait_for
from tests.support.servers import RabbitMQServer

CALLS = Exchange("nameko-rpc", type="topic", durable=True)


def test_of_requests_only_what_was_turned_away_is_kept_not_what_grew_too_old(
    rabbitmq_server: RabbitMQServer,
) -> None:
    with rabbitmq_server.vhost() as url, Connection(url) as connection:
        topology.declare(connection, embedded=False)
        channel = connection.default_channel
        requests = request_queue("registry").bind(channel)
        letters = topology.dead_letter_queue(DEAD_LETTERS, embedded=False).bind(channel)
        producer = connection.Producer()
        producer.publish(b"old", exchange=CALLS, routing_key="registry.x", expiration=0.1)
        wait_for(lambda: requests.queue_declare(passive=True).message_count == 0, "the request to expire")
        producer.publish(b"wrong", exchange=CALLS, routing_key="registry.x")
        wait_for(lambda: requests.queue_declare(passive=True).message_count == 1, "the next request")
        requests.get().reject()
        kept = wait_for(letters.get, "a dead letter")
        assert bytes(kept.body) == b"wrong"
        assert letters.get() is None
