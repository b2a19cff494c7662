"""Servers that answer a call with what they were asked: the raw one, and peers as their users write them."""

import asyncio
from typing import Any

from bench.processes import ready, run

IN_FLIGHT = 50
"""Calls that each server takes at the same time."""


def raw(url: str) -> None:
    """The least that can answer: one loop on kombu, no contract, no caller, no metrics."""
    from kombu import Connection, Consumer, Queue
    from kombu.messaging import Producer

    with Connection(url) as connection:
        channel = connection.channel()
        producer = Producer(channel)

        def answer(body: Any, message: Any) -> None:
            producer.publish(
                {"result": body, "error": None},
                routing_key=message.properties["reply_to"],
                correlation_id=message.properties["correlation_id"],
                delivery_mode=1,
            )
            message.ack()

        with Consumer(channel, [Queue("bench.raw")], callbacks=[answer], prefetch_count=IN_FLIGHT):
            ready()
            while True:
                connection.drain_events()


def nameko(url: str) -> None:
    """Nameko's own entrypoint: a persistent, confirmed answer from a pool of workers."""
    import eventlet

    eventlet.monkey_patch()
    from nameko.containers import ServiceContainer
    from nameko.rpc import rpc

    class Stock:
        name = "stock"

        @rpc
        def echo(self, **fields: object) -> dict[str, object]:
            return fields

    container = ServiceContainer(Stock, {"AMQP_URI": url, "max_workers": IN_FLIGHT})
    container.start()
    ready()
    container.wait()


def aio_pika(url: str) -> None:
    """aio-pika's JSON RPC on asyncio."""
    from aio_pika import connect_robust
    from aio_pika.patterns import JsonRPC

    async def echo(**fields: object) -> dict[str, object]:
        return {"result": fields, "error": None}

    async def serve() -> None:
        connection = await connect_robust(url)
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=IN_FLIGHT)
        rpc = await JsonRPC.create(channel)
        await rpc.register("bench.aio_pika", echo, durable=True)
        ready()
        await asyncio.Future()

    asyncio.run(serve())


def faststream(url: str) -> None:
    """FastStream's subscriber, whose return value is the answer."""
    from faststream import FastStream
    from faststream.rabbit import Channel, RabbitBroker, RabbitQueue

    broker = RabbitBroker(url, logger=None)
    app = FastStream(broker, logger=None)
    app.after_startup(ready)

    @broker.subscriber(
        RabbitQueue("bench.faststream", durable=True),
        channel=Channel(prefetch_count=IN_FLIGHT),
        persistent=False,
    )
    async def echo(fields: dict[str, Any]) -> dict[str, Any]:
        return {"result": fields, "error": None}

    asyncio.run(app.run())


if __name__ == "__main__":
    run({"raw": raw, "nameko": nameko, "aio_pika": aio_pika, "faststream": faststream})
