"""What every connection to the broker keeps to: how soon a dead peer is noticed, and questions that end."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import eventlet
from kombu import Connection

HEARTBEAT_SECONDS = 10
"""Either side gives a silent peer up after two of these: another process takes its work over in 20 seconds.
A process that does not look after its connection for so long, because it computes, is taken for dead.
"""
QUESTION_SECONDS = 5.0


@contextmanager
def asking(broker_url: str, seconds: float = QUESTION_SECONDS) -> Iterator[Connection]:
    """A connection for a question that must end: a frozen broker takes connections and never answers.

    Raises ``TimeoutError`` after ``seconds``, and whatever error of the broker stands in the way.
    """
    connection = Connection(broker_url, connect_timeout=seconds)
    limit = eventlet.Timeout(seconds)
    try:
        yield connection
    except eventlet.Timeout as timeout:
        if timeout is not limit:
            raise
        raise TimeoutError(f"the broker did not answer in {seconds:g} s") from None
    finally:
        limit.cancel()
        with suppress(OSError):
            connection.collect()


def check(broker_url: str) -> str | None:
    """Whether the broker opens a channel, which needs no right; a condition of readiness."""
    with asking(broker_url) as connection:
        connection.channel()
    return None
