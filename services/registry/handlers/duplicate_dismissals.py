"""Saying of pairs that look like one person that they are two."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.rows import Row, rows_by
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from kernel.errors import Conflict, NotFound
from services.registry.domain.record import check_alike
from services.registry.duplicate_tables import duplicate_dismissals, duplicates
from services.registry.handlers.lookup import mine
from services.registry.homes import homes_of


def dismiss_duplicates(tx: Transaction, message: messages.DismissDuplicates) -> BulkReply:
    """Dismiss pairs; the office's reference is the key."""
    tx.no_scope("each record is checked against the regions of both persons")
    bulk = Bulk(message)
    locked = sa.select(duplicates).order_by(duplicates.c.id).with_for_update()
    pairs = rows_by(tx, locked, duplicates.c.id, {item.duplicate_id for item in bulk.items()})
    homes = homes_of(tx, {each for pair in pairs.values() for each in (pair["first_id"], pair["second_id"])})
    dismissals = duplicate_dismissals
    known = rows_by(tx, sa.select(dismissals), dismissals.c.ref, {item.ref for item in bulk.items()})
    rows: list[Row] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.DismissalItem = entry.item
            pair = pairs.get(item.duplicate_id)
            if pair is None or not all(mine(tx, homes[pair[name]]) for name in ("first_id", "second_id")):
                raise NotFound(
                    "registry.unknown_duplicate",
                    "No such pair was found in the caller's regions.",
                    field="duplicate_id",
                )
            told = {"duplicate_id": item.duplicate_id, "dismissed_on": item.dismissed_on}
            if same := known.get(item.ref):
                check_alike("dismissal", [name for name, value in told.items() if same[name] != value])
                entry.unchanged(same["id"])
                continue
            known[item.ref] = _dismiss(tx, pair, item.ref, item.dismissed_on)
            rows.append(known[item.ref])
            entry.created(known[item.ref]["id"])
    tx.insert(dismissals, rows)
    _save(tx, [pairs[row["duplicate_id"]] for row in rows])
    return bulk.reply()


def _dismiss(tx: Transaction, pair: Row, ref: str, day: date) -> Row:
    """The dismissal of a pair, and the pair after it. Raises Conflict("registry.duplicate_state")."""
    if pair["state"] != "open":
        raise Conflict(
            "registry.duplicate_state", f"The pair is {pair['state']} already.", field="duplicate_id"
        )
    pair |= {"state": "dismissed", "dismissed_signs": pair["signs"]}
    return {
        "id": tx.new_id(),
        "ref": ref,
        "duplicate_id": pair["id"],
        "dismissed_on": day,
        "signs": pair["signs"],
        "recorded_by": tx.caller.subject,
        "recorded_at": tx.now,
    }


def _save(tx: Transaction, pairs: list[Row]) -> None:
    names = ("state", "dismissed_signs")
    looked_at: list[dict[str, Any]] = [
        {"pair": pair["id"], **{name: pair[name] for name in names}} for pair in pairs
    ]
    if looked_at:
        tx.execute(sa.update(duplicates).where(duplicates.c.id == sa.bindparam("pair")), looked_at)
