"""What a service class is made of: a name, its tables, and methods that answer, follow or work.

A service's methods hold one line each: they hand the message and the open transaction to a handler.
"""

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import sqlalchemy as sa

from chassis import history, parked, partitions, schema, stream
from chassis.jobs import OPEN, JobStep
from chassis.rpc import GuardedRpc
from chassis.runtime import Endpoint
from chassis.subscription import Subscription
from chassis.transaction import Transaction
from contracts import stream as messages
from contracts.message import Command, Query, Request
from kernel.rulebook import RuleBook

Method = Callable[[Any, Any, Transaction], Any]


def _endpoint(base: type[Request], message: type[Request], roles: Collection[str]) -> Callable[[Method], Any]:
    if not issubclass(message, base):
        raise TypeError(f"{message.__name__} is not a {base.__name__}")

    def decorate(handler: Method) -> Any:
        endpoint = Endpoint(handler.__name__, message, frozenset(roles), handler)
        if message.TYPE.partition(".")[2] != endpoint.method:
            raise TypeError(f"{message.TYPE} cannot be served by a method called {endpoint.method}")

        handler.endpoint = endpoint  # type: ignore[attr-defined]
        return GuardedRpc.decorator(handler)

    return decorate


def command(message: type[Command], roles: Collection[str]) -> Callable[[Method], Any]:
    """Serve a command: one transaction, once per idempotency key, for callers with one of the roles."""
    return _endpoint(Command, message, roles)


def query(message: type[Query], roles: Collection[str]) -> Callable[[Method], Any]:
    """Serve a query, in a transaction that only reads."""
    return _endpoint(Query, message, roles)


def follow(source: str) -> Callable[[Method], Any]:
    """Follow a service's events: ``method(self, events, tx)`` gets them in order, a batch at a time."""

    def decorate(handler: Method) -> Any:
        handler.follows = source  # type: ignore[attr-defined]
        return Subscription.decorator(source=source, handler=handler)(handler)

    return decorate


def job(kind: str) -> Callable[[JobStep], JobStep]:
    """Work on jobs of a kind: ``method(self, job, tx)`` does one step and says whether it was the last."""

    def decorate(step: JobStep) -> JobStep:
        step.works_on = kind  # type: ignore[attr-defined]
        return step

    return decorate


def daily(kind: str) -> Callable[[JobStep], JobStep]:
    """Work on a job of this kind that starts by itself once for each day of the office (chassis/daily.py).

    It is a job like any other: short steps, ``job.key`` is the day (``"2026-11-25"``), by which it decides
    what is due; after some days without a running process there is none for the days between, so look at all
    that is due *by* the day. ``tx.caller`` is the service itself::

        @daily("registry.deadlines")
        def deadline_step(self, job: Job, tx: Transaction) -> bool:
            return deadlines.deadline_step(tx, job)  # True when all is done

    What it finds to be wrong it counts as ``found`` in its cursor, for ``canlian_daily_found_items``.
    ``canlian_daily_success_timestamp_seconds`` tells when it last ended well; the alert DailyJobLate sounds
    after 26 hours without.
    """

    def decorate(step: JobStep) -> JobStep:
        step.daily = True  # type: ignore[attr-defined]
        return job(kind)(step)

    return decorate


class Service:
    """Base of the five services. Subclasses set ``name`` and ``tables``."""

    name: ClassVar[str]
    tables: ClassVar[sa.MetaData]
    projections: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Source to the tables that hold nothing but what its events say: they can be made anew from its log.

    Such a table stands under every source that it is made from, and its rows have a key that events give.
    """

    @classmethod
    def directory(cls) -> Path:
        """The folder of the service's package."""
        return Path(inspect.getfile(cls)).parent

    @classmethod
    def rule_problems(cls, rules: RuleBook) -> Sequence[str]:
        """What is wrong with what its rules mean, which their loader cannot see; each with file and line.

        A service with such rules does not start.
        """
        del rules
        return ()

    @classmethod
    def endpoints(cls) -> dict[str, Endpoint]:
        """The methods it offers, by name."""
        return {endpoint.method: endpoint for endpoint in cls._marked("endpoint")}

    @classmethod
    def followed(cls) -> dict[str, Method]:
        """The handler of each source it follows."""
        return {handler.follows: handler for handler in cls._functions() if hasattr(handler, "follows")}

    @classmethod
    def job_steps(cls) -> dict[str, JobStep]:
        """The step function of each kind of job."""
        return {step.works_on: step for step in cls._functions() if hasattr(step, "works_on")}

    @classmethod
    def daily_jobs(cls) -> tuple[str, ...]:
        """The kinds of jobs that start by themselves every day."""
        return tuple(kind for kind, step in cls.job_steps().items() if hasattr(step, "daily"))

    @classmethod
    def _functions(cls) -> list[Any]:
        return [member for _, member in inspect.getmembers(cls, inspect.isfunction)]

    @classmethod
    def _marked(cls, mark: str) -> list[Any]:
        return [getattr(member, mark) for member in cls._functions() if hasattr(member, mark)]

    @query(messages.EventsAfter, roles=("system",))
    def events_after(self, message: messages.EventsAfter, tx: Transaction) -> messages.Events:
        """Numbered events after a position: what followers ask for when the broker lost some."""
        tx.no_scope("events hold no personal data and are read by the platform's own services")
        rows = history.events_after(tx.connection, tx.archive_dir, message.position, message.limit)
        last = tx.execute(sa.select(schema.stream.c.numbered)).scalar_one_or_none() or 0
        events = [messages.StoredEvent(**stream.stored(row, self.name, tx.office)) for row in rows]
        agrees = stream.holds(tx.connection, message.position, message.event_id, last)
        return messages.Events(events=events, last=last, agrees=agrees)

    @query(messages.ShowStatus, roles=("system", "auditor", "clerk", "maker"))
    def show_status(self, _message: messages.ShowStatus, tx: Transaction) -> messages.Status:
        """How far the service has come."""
        tx.no_scope("positions and job counts tell nothing of any region")
        own = tx.execute(sa.select(schema.stream)).one_or_none()
        log = schema.event_log
        waiting = sa.select(sa.func.count()).select_from(log).where(log.c.position.is_(None))
        recorded = (own.numbered if own else 0) + tx.execute(waiting).scalar_one()
        aside = schema.parked_event.c.source
        counts = sa.select(aside, sa.func.count().label("count")).group_by(aside)
        parked_of = {row.source: row.count for row in tx.execute(counts)}
        follows = [
            messages.FollowedStream(
                source=row.source,
                epoch=row.epoch,
                position=row.position,
                event_id=row.event_id,
                parked=parked_of.get(row.source, 0),
            )
            for row in tx.execute(sa.select(schema.checkpoint).order_by(schema.checkpoint.c.source))
        ]
        months = partitions.found(tx.connection)
        jobs = tx.execute(sa.select(schema.job).where(schema.job.c.state.in_((*OPEN, "failed"))))
        return messages.Status(
            service=self.name,
            epoch=own.epoch if own else 1,
            recorded=recorded,
            published=own.published if own else 0,
            follows=follows,
            jobs=[
                messages.JobState(
                    job_id=row.id,
                    kind=row.kind,
                    state=row.state,
                    done=row.done,
                    total=row.total,
                    error=row.error,
                )
                for row in jobs
            ],
            months_ahead=partitions.months_ahead(months, tx.now.date()),
            stray_bytes=partitions.strays(months),
        )

    @query(messages.ListParked, roles=("system", "auditor"))
    def list_parked(self, message: messages.ListParked, tx: Transaction) -> messages.ParkedEvents:
        """Events that this service could not apply."""
        tx.no_scope("events hold no personal data; operators of the whole office look at them")
        return parked.listed(tx, message)

    @command(messages.RedriveParked, roles=("system",))
    def redrive_parked(self, message: messages.RedriveParked, tx: Transaction) -> messages.Redriven:
        """Apply a subject's parked events again."""
        tx.no_scope("operators of the whole office mend its streams")
        return parked.redrive(tx, message, parked.handler_of(self.followed(), message.source), self)

    @command(messages.DiscardParked, roles=("system",))
    def discard_parked(self, message: messages.DiscardParked, tx: Transaction) -> messages.Redriven:
        """Give one parked event up for good."""
        tx.no_scope("operators of the whole office mend its streams")
        return parked.discard(tx, message, self.name)
