"""Servers of the comparisons, each in a process of its own: `python -m bench.processes KIND URL FOLDER`."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def running(kind: str, url: str, folder: Path) -> Iterator[None]:
    """A server process, from when it says that it is ready."""
    command = [sys.executable, "-W", "ignore", "-m", "bench.processes", kind, url, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            while (line := process.stdout.readline()) and line.strip() != "ready":
                pass
            if not line:
                raise RuntimeError(f"the {kind} server did not start")
            yield
        finally:
            process.kill()


def echo_raw(url: str, _: Path) -> None:
    """The least that can answer: one loop, no contract, no caller, no metrics."""
    from kombu import Connection, Consumer, Queue
    from kombu.messaging import Producer

    with Connection(url) as connection:
        channel = connection.channel()
        producer = Producer(channel)

        def answer(body: object, message: object) -> None:
            properties = message.properties  # type: ignore[attr-defined]
            producer.publish(
                {"result": body, "error": None},
                routing_key=properties["reply_to"],
                correlation_id=properties["correlation_id"],
                delivery_mode=1,
            )
            message.ack()  # type: ignore[attr-defined]

        with Consumer(channel, [Queue("bench.echo")], callbacks=[answer], prefetch_count=50):
            print("ready", flush=True)
            while True:
                connection.drain_events()


def echo_nameko(url: str, _: Path) -> None:
    """Stock nameko."""
    import eventlet

    eventlet.monkey_patch()
    from nameko.containers import ServiceContainer
    from nameko.rpc import rpc

    class Stock:
        name = "stock"

        @rpc
        def echo(self, **fields: object) -> dict[str, object]:
            return fields

    container = ServiceContainer(Stock, {"AMQP_URI": url, "max_workers": 50})
    container.start()
    print("ready", flush=True)
    container.wait()


def echo_ours(url: str, folder: Path) -> None:
    """The chassis, with contract, caller, role, transaction and metrics."""
    import eventlet

    eventlet.monkey_patch()
    from bench.office import settings
    from chassis.office import Office
    from tests.support.source.service import SourceService

    office = Office(settings(folder, url, roles="rpc"), (SourceService,))
    office.start()
    print("ready", flush=True)
    while True:
        eventlet.sleep(60)


if __name__ == "__main__":
    kinds = {"raw": echo_raw, "nameko": echo_nameko, "ours": echo_ours}
    kinds[sys.argv[1]](sys.argv[2], Path(sys.argv[3]))
