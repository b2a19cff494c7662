"""What the dead letters keep on RabbitMQ."""

from typing import Any

from kombu import Connection, Exchange, Queue

from chassis import topology
from chassis.rpc import DEAD_LETTERS, request_queue
from tests.broker.test_office import wait_for
from tests.support.servers import RabbitMQServer

CALLS = Exchange("nameko-rpc", type="topic", durable=True)


def confirming(url: str) -> Connection:
    """A publish over it ends when the queue has the message; RabbitMQ may count a queue before."""
    return Connection(url, transport_options={"confirm_publish": True})


def test_of_requests_only_what_was_turned_away_is_kept_not_what_grew_too_old(
    rabbitmq_server: RabbitMQServer,
) -> None:
    with rabbitmq_server.vhost() as url, confirming(url) as connection:
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


def test_what_was_turned_away_goes_when_its_days_are_over(rabbitmq_server: RabbitMQServer) -> None:
    with rabbitmq_server.vhost() as url, confirming(url) as connection:
        topology.declare(connection, embedded=False)
        channel = connection.default_channel
        requests = request_queue("registry").bind(channel)
        letters = topology.dead_letter_queue(DEAD_LETTERS, embedded=False).bind(channel)
        gone = Queue("gone", durable=True)(channel)
        gone.declare()
        short: Any = topology.dead_letter_queue("short", embedded=False, days=1 / 86_400)
        # What leaves it by its age goes on to a queue where it is seen.
        short.queue_arguments |= {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": gone.name}
        short(channel).declare()
        connection.Producer().publish(b"wrong", exchange=CALLS, routing_key="registry.x")
        wait_for(requests.get, "the request").reject()
        left = wait_for(gone.get, "the letter to grow too old")
        assert bytes(left.body) == b"wrong"
        last = left.headers["x-death"][0]
        assert (last["queue"], last["reason"]) == ("short", "expired")
        assert short(channel).queue_declare(passive=True).message_count == 0
        assert wait_for(letters.get, "the same letter where it is kept for days") is not None
