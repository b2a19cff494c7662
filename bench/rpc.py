"""A call through the entrypoint beside an echo of raw kombu and of others' servers, by the same raw client.

Ours checks the token, the role and the contract, opens a transaction on PostgreSQL, validates the reply,
measures and logs; the others answer with what they got.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from bench.client import Client
from bench.measure import Figure, Row, Stopwatch, Turn, interleaved
from bench.office import OFFICE, databases, runtime
from bench.processes import running
from chassis.token_source import TokenSource
from tests.support.servers import PostgresServer, RabbitMQServer
from tests.support.source.service import SourceService

SECONDS = 1.5
ROUNDS = 3
FIELDS = {"refs": ["household-1", "household-2"]}
NAMEKO = {"args": [], "kwargs": FIELDS}
PEERS = {"nameko": "stock nameko", "aio_pika": "aio-pika JsonRPC", "faststream": "FastStream"}


class Caller:
    """Calls one server and measures its process."""

    def __init__(self, server: psutil.Process, client: Client, body: Mapping[str, Any]) -> None:
        self.server = server
        self._client = client
        self._body = body

    def turn(self, in_flight: int) -> Turn:
        """Calls answered in some seconds."""
        watch = Stopwatch(self.server)
        return watch.turn(len(self._client.run(lambda: self._body, in_flight, SECONDS)))


def authorised(folder: Path, role: str) -> dict[str, str]:
    """Headers of a call in a role, for the office whose keys lie in the folder."""
    tokens = TokenSource(folder / "tokens")
    return {"nameko.auth_token": tokens.token("bench", frozenset({role}), (OFFICE,), OFFICE)}


def callers(stack: ExitStack, url: str, folder: Path, database_url: str) -> dict[str, Caller]:
    """Every server, started, with its client."""
    runtime(SourceService, folder, url, database_url.format(service="registry")).close()
    service = "tests.support.source.service:SourceService"
    ours = stack.enter_context(
        running("bench.processes", "office", service, url, folder, database_url, "rpc")
    )
    servers = {kind: stack.enter_context(running("bench.echoes", kind, url)) for kind in ("raw", *PEERS)}
    headers = authorised(folder, "auditor")
    clients = {
        "raw": Client(url, "", "bench.raw"),
        "nameko": Client(url, "nameko-rpc", "stock.echo"),
        "aio_pika": Client(url, "", "bench.aio_pika", type="call"),
        "faststream": Client(url, "", "bench.faststream"),
    }
    bodies = {"nameko": NAMEKO}
    return {
        "ours": Caller(
            ours, Client(url, "nameko-rpc", "registry.resolve_households", headers=headers), NAMEKO
        ),
        **{kind: Caller(servers[kind], clients[kind], bodies.get(kind, FIELDS)) for kind in servers},
    }


def rows(pg: PostgresServer, mq: RabbitMQServer) -> list[Row]:
    with (
        TemporaryDirectory() as name,
        mq.vhost() as url,
        databases(pg, "registry") as database_url,
        ExitStack() as stack,
    ):
        found = callers(stack, url, Path(name), database_url)

        def measured(in_flight: int) -> dict[str, Figure]:
            ways = {kind: lambda caller=caller: caller.turn(in_flight) for kind, caller in found.items()}
            return interleaved(ROUNDS, **ways)

        return [
            Row(
                f"RPC, {label}",
                "calls/s",
                floor,
                figure["ours"],
                figure["raw"],
                "echo on raw kombu",
                {title: figure[kind] for kind, title in PEERS.items()},
            )
            for label, floor, figure in (
                ("one in flight", 0.55, measured(1)),
                ("50 in flight", 0.45, measured(50)),
            )
        ]
