"""What a service does with a request, a batch of events or a job, apart from how they arrive.

Nothing here knows nameko or a broker: tests call it directly, and another framework could.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from pydantic import ValidationError

from chassis import clock, metrics, replies, schema
from chassis.access import Caller, Verifier
from chassis.database import Database, DatabaseAway, is_away
from chassis.sealing import Keys, Vault
from chassis.settings import Settings
from chassis.token_source import TokenSource
from chassis.transaction import ScopeUnchecked, Transaction
from chassis.validation import explain
from contracts.message import BulkReply, Command, Reply, Request
from kernel.errors import Forbidden, Invalid
from kernel.rulebook import RuleBook, RuleFileError

if TYPE_CHECKING:
    from chassis.service import Service

ATTEMPTS = 5
RUNTIMES = "CANLIAN_RUNTIMES"
"""Key of nameko's configuration under which each service's runtime stands."""


@dataclass(frozen=True)
class Endpoint:
    """One method that a service offers: its contract, who may call it, and the handler."""

    method: str
    message: type[Request]
    roles: frozenset[str]
    handler: Callable[[Any, Any, Transaction], Reply]

    @property
    def changes(self) -> bool:
        """Whether it is a command, which may write."""
        return issubclass(self.message, Command)


@dataclass(frozen=True)
class Context:
    """What travels beside a request: the caller's token and the trace."""

    token: str | None = None
    traceparent: str | None = None
    call_id: str | None = None


def _rules(service: "type[Service]", settings: Settings) -> RuleBook:
    """The rules of a service for the office. Raises RuleFileError."""
    own = None
    if settings.rules_dir is not None:
        own = own_rules(service, settings.rules_dir)
    folder = service.directory() / "rules"
    return RuleBook.load(folder, settings.office, own) if folder.is_dir() else RuleBook({})


def own_rules(service: "type[Service]", rules_dir: Path) -> Path:
    """Where the office keeps rule files for a service; there may be none.

    Raises RuleFileError when the folder of them all does not exist, or names something that is no service: a
    misspelt folder would be a rule that never holds.
    """
    if not rules_dir.is_dir():
        raise RuleFileError(f"{rules_dir}: no such directory, expected a folder for each service")
    known = {path.name for path in service.directory().parent.iterdir() if path.is_dir()}
    for folder in sorted(path for path in rules_dir.iterdir() if path.is_dir()):
        if folder.name not in known:
            raise RuleFileError(f"{folder}: no such service, expected the name of one")
    return rules_dir / service.name


class Runtime:
    """One service of one office, with its database (by default the one of the settings), keys and rules."""

    def __init__(self, service: "type[Service]", settings: Settings, database_url: str | None = None) -> None:
        self.service = service
        self.settings = settings
        self.instance = service()
        self.recorded = threading.Event()
        """Set after a commit of this process that recorded events, so that the relay need not wait."""
        self.database = Database(database_url or settings.database(service.name), settings.max_workers + 4)
        self.vault = Vault(Keys.load(settings.keys))
        self.verifier = Verifier.load(settings.token_keys, audience=service.name)
        self._signer = TokenSource(settings.token_keys)
        self.rules = _rules(service, settings)
        if problems := service.rule_problems(self.rules):
            raise RuleFileError("\n".join(problems))

    def execute(self, endpoint: Endpoint, fields: dict[str, Any], context: Context) -> dict[str, Any]:
        """Serve a request and return its reply, ready for JSON.

        Raises a ``Refusal`` of the kernel for what is not allowed or not possible, ``DatabaseAway`` when the
        same request may be sent again, and any other exception for a fault. A command whose key was used
        before returns the first reply without doing it again. Two writers that collide on a unique key are
        both served, one after the other.
        """
        caller = self.verifier.verify(context.token)
        if not caller.roles & endpoint.roles:
            raise Forbidden(
                "access.role",
                f"{endpoint.method} needs one of the roles {', '.join(sorted(endpoint.roles))}.",
                method=endpoint.method,
            )
        try:
            message = endpoint.message.model_validate(fields)
        except ValidationError as error:
            raise Invalid(
                "request.invalid", f"{endpoint.method} was not understood: {explain(error)[1]}."
            ) from None
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._attempt(endpoint, message, caller, context, alone=attempt > 1)
            except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
                if attempt < ATTEMPTS and may_pass(error):
                    continue
                if is_away(error):
                    raise DatabaseAway from error
                raise
        raise AssertionError("unreachable")

    def _attempt(
        self, endpoint: Endpoint, message: Request, caller: Caller, context: Context, *, alone: bool
    ) -> dict[str, Any]:
        with self.transaction(caller, write=endpoint.changes) as tx:
            if alone:
                # Those that collided go one after the other: all at once they would only collide again.
                self.database.queue_up(tx.connection, endpoint.method)
            tx.traceparent = context.traceparent
            tx.correlation_id = context.call_id
            if isinstance(message, Command) and message.KEEP_REPLY:
                return self._once(endpoint, message, tx)
            return self._handle(endpoint, message, tx).model_dump(mode="json")

    def _once(self, endpoint: Endpoint, message: Command, tx: Transaction) -> dict[str, Any]:
        body = message.model_dump_json(exclude={"idempotency_key"})
        known = replies.find(tx, message.idempotency_key, endpoint.method, body)
        if known is not None:
            tx.no_scope("the reply was given to this caller before")
            return endpoint.message.REPLY.model_validate_json(known).model_dump(mode="json")
        reply = self._handle(endpoint, message, tx)
        if reply.final:
            replies.keep(tx, message.idempotency_key, endpoint.method, body, reply.model_dump_json())
        return reply.model_dump(mode="json")

    def _handle(self, endpoint: Endpoint, message: Request, tx: Transaction) -> Reply:
        reply = endpoint.handler(self.instance, message, tx)
        if isinstance(reply, BulkReply):
            self._count_rejected(endpoint, reply)
        if not tx.scope_checked:
            raise ScopeUnchecked(f"{self.service.name}.{endpoint.method} checked no region")
        return reply

    def _count_rejected(self, endpoint: Endpoint, reply: BulkReply) -> None:
        for outcome in reply.outcomes:
            if outcome.error is not None:
                labels = {"service": self.service.name, "method": endpoint.method, "code": outcome.error.code}
                metrics.REJECTED.labels(**labels).inc()

    @contextmanager
    def transaction(self, caller: Caller, write: bool = True) -> Iterator[Transaction]:
        """One transaction for a caller; recorded events are written at its end."""
        with self.database.write() if write else self.database.read() as connection:
            settings = self.settings
            tx = Transaction(
                connection, caller, self.rules, self.vault, settings.office, settings.archive_dir
            )
            yield tx
            recorded = tx.flush_events()
        if recorded:
            self.recorded.set()

    @staticmethod
    def now() -> datetime:
        """The present instant."""
        return clock.now()

    def token(self) -> str:
        """A token of the service itself, for reading other services' logs."""
        return self._signer.system_token(self.service.name, self.settings.office)

    def system(self) -> Caller:
        """The service itself as caller, for the events it follows."""
        return Caller.system(self.service.name, self.settings.office)

    def check(self) -> str | None:
        """Whether the database answers and has its tables; a condition of readiness."""
        with self.database.read() as connection:
            connection.execute(sa.select(schema.stream).limit(0))
        return None

    def close(self) -> None:
        """Give back what the runtime holds."""
        self.database.close()


def may_pass(error: sa.exc.SQLAlchemyError) -> bool:
    """Whether doing it again at once may work: a unique key taken a moment ago, a lock, a lost connection."""
    if not isinstance(error, sa.exc.DBAPIError):
        return False
    code = getattr(error.orig, "pgcode", None)
    return (
        isinstance(error, sa.exc.IntegrityError)
        or code in {"40001", "40P01", "55P03"}
        or getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
        or error.connection_invalidated
    )
