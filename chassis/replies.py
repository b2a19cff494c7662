"""Idempotency: a command's reply is kept under the caller and the key, in the command's own transaction."""

import sqlalchemy as sa

from chassis import schema
from chassis.sealing import Sealed
from chassis.transaction import Transaction
from kernel.errors import Conflict

_INPUT = Sealed("reply.input")


def find(tx: Transaction, key: str, method: str, body: str) -> str | None:
    """The reply that this caller's key has got before, as JSON.

    Raises ``Conflict`` ``request.key_reused`` when the key was used with another input.
    """
    reply = schema.reply
    query = sa.select(reply.c.method, reply.c.input_hash, reply.c.reply)
    row = tx.execute(query.where(reply.c.caller == tx.caller.subject, reply.c.key == key)).one_or_none()
    if row is None:
        return None
    # Under every index key, so that a key's rotation does not make an old command look new.
    if row.input_hash not in _INPUT.indexes(tx.vault, f"{method} {body}"):
        raise Conflict(
            "request.key_reused",
            "This idempotency key was used with another input; take a new key for a new command.",
            method=row.method,
        )
    return str(row.reply)


def keep(tx: Transaction, key: str, method: str, body: str, reply: str) -> None:
    """Keep a reply; it commits with the state that it tells of.

    Of the input only a keyed hash is kept: it may hold an ID number, which a plain hash would give away.
    """
    tx.execute(
        sa.insert(schema.reply).values(
            caller=tx.caller.subject,
            key=key,
            method=method,
            input_hash=_INPUT.index(tx.vault, f"{method} {body}"),
            reply=reply,
            replied_at=tx.now,
        )
    )
