"""What an operator does with events that were set aside: look, apply again after a fix, give up."""

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from chassis import schema
from chassis.follow import Handler, attempt, checkpoint_of
from chassis.stream import aware, receive
from chassis.transaction import Transaction
from contracts import stream as messages
from kernel.errors import NotFound

_parked = schema.parked_event


def listed(tx: Transaction, message: messages.ListParked) -> messages.ParkedEvents:
    """The parked events asked for, in the order of their streams."""
    wanted: list[sa.ColumnElement[bool]] = [sa.true()]
    if message.source is not None:
        wanted.append(_parked.c.source == message.source)
    if message.subject is not None:
        wanted.append(_parked.c.subject == message.subject)
    total = tx.execute(sa.select(sa.func.count()).select_from(_parked).where(*wanted)).scalar_one()
    query = sa.select(_parked).where(*wanted).order_by(_parked.c.source, _parked.c.position)
    events = [
        messages.ParkedEvent(
            parked_id=row.id,
            source=row.source,
            position=row.position,
            type=row.type,
            subject=row.subject,
            reason=row.reason,
            parked_at=aware(row.parked_at),
            data=json.loads(row.data),
        )
        for row in tx.execute(query.limit(message.limit))
    ]
    return messages.ParkedEvents(events=events, total=total)


def redrive(
    tx: Transaction, message: messages.RedriveParked, handler: Handler, instance: Any
) -> messages.Redriven:
    """Apply a subject's parked events again, in order, up to the first that still fails.

    The follower waits meanwhile, so that a later event of the subject comes after these or is among them.
    Raises ``NotFound`` ``parked.none`` when nothing of the subject is parked.
    """
    checkpoint_of(tx.connection, instance.name, message.source, lock=True)
    rows = tx.execute(
        sa.select(_parked)
        .where(_parked.c.source == message.source, _parked.c.subject == message.subject)
        .order_by(_parked.c.epoch, _parked.c.position)
        .with_for_update()
    ).all()
    if not rows:
        raise NotFound("parked.none", "No event of this subject is parked here.", source=message.source)
    applied, reason = 0, None
    mark = tx.event_mark()
    with tx.connection.begin_nested() as savepoint:
        for row in rows:
            reason = _apply(tx, row, handler, instance)
            if reason is not None:
                break
            _decide(tx, row, "redriven", "applied after a fix")
            applied += 1
        if message.dry_run:
            savepoint.rollback()
            tx.forget_events(mark)
    return messages.Redriven(applied=applied, left=len(rows) - applied, reason=reason)


def discard(tx: Transaction, message: messages.DiscardParked, consumer: str) -> messages.Redriven:
    """Give one parked event up. Raises ``NotFound`` ``parked.none`` for an unknown row."""
    of_id = sa.select(_parked).where(_parked.c.id == message.parked_id)
    if (row := tx.execute(of_id).one_or_none()) is not None:
        checkpoint_of(tx.connection, consumer, row.source, lock=True)
        row = tx.execute(of_id).one_or_none()
    if row is None:
        raise NotFound("parked.none", "No parked event has this number.", parked_id=message.parked_id)
    others = tx.execute(
        sa.select(sa.func.count())
        .select_from(_parked)
        .where(_parked.c.source == row.source, _parked.c.subject == row.subject, _parked.c.id != row.id)
    ).scalar_one()
    if not message.dry_run:
        _decide(tx, row, "discarded", message.reason)
    return messages.Redriven(applied=0, left=others, reason=None)


def handler_of(followed: dict[str, Callable[..., Any]], source: str) -> Handler:
    """The handler of a source. Raises ``NotFound`` ``parked.source`` when the service does not follow it."""
    handler = followed.get(source)
    if handler is None:
        raise NotFound("parked.source", "This service does not follow that source.", source=source)
    return handler


def _apply(tx: Transaction, row: sa.Row[Any], handler: Handler, instance: Any) -> str | None:
    event = receive(json.loads(row.headers), json.loads(row.data))
    if event.event is None:
        return event.problem
    return attempt(tx, instance, handler, [event])


def _decide(tx: Transaction, row: sa.Row[Any], decision: str, reason: str) -> None:
    """Take the row off the list, and write down who decided what."""
    tx.execute(
        sa.insert(schema.parked_decision).values(
            consumer=row.consumer,
            source=row.source,
            epoch=row.epoch,
            position=row.position,
            subject=row.subject,
            decision=decision,
            reason=reason,
            decided_by=tx.caller.subject,
            decided_at=tx.now,
        )
    )
    tx.execute(sa.delete(_parked).where(_parked.c.id == row.id))
