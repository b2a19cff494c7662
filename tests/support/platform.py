"""Drive one service without a broker: call its methods, feed it events, run its jobs."""

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from chassis import audit, clock, schema, stream, tracing
from chassis.access import TokenKeys
from chassis.follow import Follower
from chassis.jobs import JobRunner
from chassis.migrating import upgrade
from chassis.rpc import Answer, GuardedRpc
from chassis.runtime import Context, Runtime
from chassis.sealing import Keys
from chassis.service import Service
from chassis.settings import Settings
from chassis.stream import Received
from chassis.token_source import TokenSource
from contracts.message import Event

OFFICE = "341524"
COUNTY = "341524000000"


class Harness:
    """One service on one database. ``keys`` may be shared, to open the same database again."""

    def __init__(
        self, service: type[Service], database_url: str, office: str = OFFICE, keys: Path | None = None
    ) -> None:
        self._folder = TemporaryDirectory()
        self.keys = keys or Path(self._folder.name)
        Keys.generate(self.keys / "keys.json")
        TokenKeys.generate(self.keys / "tokens")
        settings = Settings(office=office, data_dir=self.keys)
        self.runtime = Runtime(service, settings, database_url)
        upgrade(service, self.runtime.database)
        self._tokens = TokenSource(settings.token_keys)
        self._positions: dict[str, int] = {}

    # callers ------------------------------------------------------------------------------------

    def caller(self, *roles: str, subject: str | None = None, region: str = COUNTY) -> str:
        """A token with roles in a region."""
        return self._tokens.token(subject or "-".join(roles), frozenset(roles), (region,), OFFICE)

    def clerk(self, region: str = COUNTY) -> str:
        return self.caller("clerk", region=region)

    def maker(self, subject: str = "maker", region: str = COUNTY) -> str:
        return self.caller("maker", subject=subject, region=region)

    def checker(self, subject: str = "checker", region: str = COUNTY) -> str:
        return self.caller("checker", subject=subject, region=region)

    def auditor(self, region: str = COUNTY) -> str:
        return self.caller("auditor", region=region)

    # calls --------------------------------------------------------------------------------------

    def call(self, method: str, fields: dict[str, Any], caller: str | None = None) -> dict[str, Any]:
        """Call a method as a broker would; a command without a key gets a fresh one. Raises ``Refused``."""
        endpoint = self.runtime.service.endpoints()[method]
        if endpoint.changes and "idempotency_key" not in fields:
            fields = {"idempotency_key": uuid4().hex, **fields}
        context = Context(caller or self.clerk(), tracing.new(), uuid4().hex)
        # Through JSON both ways, as on the wire.
        answer: Answer = GuardedRpc.answer(
            self.runtime, endpoint, json.loads(json.dumps(fields, default=str)), context
        )
        if answer.error is not None:
            raise answer.error
        body: dict[str, Any] = json.loads(answer.body())["result"]
        return body

    def bulk(
        self, method: str, items: Sequence[dict[str, Any]], caller: str | None = None
    ) -> list[dict[str, Any]]:
        """Call a bulk command and return its outcomes."""
        outcomes: list[dict[str, Any]] = self.call(method, {"items": list(items)}, caller)["outcomes"]
        return outcomes

    # events -------------------------------------------------------------------------------------

    def events(self) -> list[Event]:
        """Every event recorded so far, in order."""
        with self.runtime.database.read() as connection:
            rows = connection.execute(sa.select(schema.event_log).order_by(schema.event_log.c.id)).all()
        return [stream._typed(row.type, json.loads(row.data))[0] for row in rows]  # type: ignore[misc]

    def event_rows(self) -> list[sa.Row[Any]]:
        """Every row of the event log, in order."""
        with self.runtime.database.read() as connection:
            return list(connection.execute(sa.select(schema.event_log).order_by(schema.event_log.c.id)))

    def received(self, source: str, event: Event, position: int, epoch: int = 1) -> Received:
        """An event as it arrives from its source."""
        headers = {
            "id": clock.new_id(),
            "source": source,
            "type": event.TYPE,
            "time": clock.now().isoformat(),
            "subject": event.subject,
            "office": OFFICE,
            "epoch": epoch,
            "position": position,
            "traceparent": tracing.new(),
        }
        return stream.receive(headers, json.loads(event.model_dump_json()))

    def feed(self, source: str, events: Sequence[Event]) -> list[Received]:
        """Apply events as if they came next from the source; returns them as received."""
        follower = self.follower(source)
        position = follower.position()
        batch = [self.received(source, event, position + n) for n, event in enumerate(events, start=1)]
        follower.apply(batch)
        return batch

    def follower(self, source: str) -> Follower:
        return Follower(self.runtime, source, self.runtime.service.followed()[source])

    def parked(self) -> list[sa.Row[Any]]:
        with self.runtime.database.read() as connection:
            return list(connection.execute(sa.select(schema.parked_event)))

    # jobs, tables, audit ------------------------------------------------------------------------

    def run_jobs(self) -> int:
        """Run open jobs to their end; returns how many."""
        return JobRunner(self.runtime, self.runtime.service.job_steps()).run_all()

    def job_runner(self) -> JobRunner:
        return JobRunner(self.runtime, self.runtime.service.job_steps())

    def rows(self, table: sa.Table) -> list[sa.Row[Any]]:
        """All rows of one of the service's tables."""
        with self.runtime.database.read() as connection:
            return list(connection.execute(sa.select(table)))

    def audit_problems(self) -> list[str]:
        """What is wrong with the chain of the access audit."""
        with self.runtime.database.read() as connection:
            return audit.verify(connection, schema.access_audit)

    def close(self) -> None:
        self.runtime.close()
        self._folder.cleanup()
