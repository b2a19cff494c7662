"""Asking to merge two records of one person, or to undo it. Nothing changes until another person approves."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.fields import renaming
from chassis.rows import Row, rows_among, rows_by
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from kernel.errors import NotFound
from services.registry.domain.merge import check_holdings, check_two
from services.registry.domain.record import check_same
from services.registry.duplicate_tables import merges
from services.registry.handlers.lookup import check_registered, check_unmerged, mine
from services.registry.homes import Homes, homes_of
from services.registry.merge_repository import holdings_of, merge_of
from services.registry.repository import Known

KEPT = renaming({"person_id": "kept_id"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request's reference stands for. undoes: the merge to be undone, None for a merge."""

    person_id: str
    kept_id: str
    undoes: str | None
    requested_on: date


def request_merges(tx: Transaction, message: messages.RequestMerges) -> BulkReply:
    """Ask for merges; the office's reference is the key."""
    tx.no_scope("each record is checked against the regions of both persons")
    bulk = Bulk(message)
    people = {each for item in bulk.items() for each in (item.person_id, item.kept_id)}
    homes = homes_of(tx, people)
    holdings = holdings_of(tx, people)
    known = _known(tx, {item.ref for item in bulk.items()})
    rows: list[Row] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.MergeItem = entry.item
            check_both(tx, homes, item.person_id, item.kept_id)
            check_two(item.person_id, item.kept_id)
            asked = Asked(item.person_id, item.kept_id, None, item.requested_on)
            if same := known.get(item.ref):
                check_same("merge", same.content, asked)
                entry.unchanged(same.id)
                continue
            check_apart(homes, item.person_id, item.kept_id)
            check_holdings(holdings[item.person_id], holdings[item.kept_id])
            entry.created(_ask(tx, item.ref, asked, known, rows))
    tx.insert(merges, rows)
    return bulk.reply()


def request_unmerges(tx: Transaction, message: messages.RequestUnmerges) -> BulkReply:
    """Ask for the undoing of merges; the office's reference is the key."""
    tx.no_scope("each record is checked against the regions of both persons")
    bulk = Bulk(message)
    refs = {item.merge_ref for item in bulk.items()}
    made = rows_by(tx, sa.select(merges), merges.c.ref, refs)
    homes = homes_of(tx, {each for row in made.values() for each in (row["person_id"], row["kept_id"])})
    known = _known(tx, {item.ref for item in bulk.items()})
    rows: list[Row] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.UnmergeItem = entry.item
            row = mine_of(tx, homes, made.get(item.merge_ref))
            asked = Asked(row["person_id"], row["kept_id"], row["id"], item.requested_on)
            if same := known.get(item.ref):
                check_same("merge", same.content, asked)
                entry.unchanged(same.id)
                continue
            merge_of(row).check_stands()
            entry.created(_ask(tx, item.ref, asked, known, rows))
    tx.insert(merges, rows)
    return bulk.reply()


def check_both(tx: Transaction, homes: Homes, person_id: str, kept_id: str) -> None:
    """Refuse two persons who are not both registered in the caller's regions. Raises as check_registered."""
    check_registered(tx, homes, person_id)
    with KEPT:
        check_registered(tx, homes, kept_id)


def check_apart(homes: Homes, person_id: str, kept_id: str) -> None:
    """Refuse two persons of whom one leads to another already. Raises Conflict("registry.person_merged")."""
    check_unmerged(merged=person_id in homes.merged)
    with KEPT:
        check_unmerged(merged=kept_id in homes.merged)


def mine_of(tx: Transaction, homes: Homes, row: Row | None) -> Row:
    """A request about persons of the caller's regions. Raises NotFound("registry.unknown_merge")."""
    if row is None or not all(mine(tx, homes[row[name]]) for name in ("person_id", "kept_id")):
        raise NotFound(
            "registry.unknown_merge",
            "No such merge was asked for in the caller's regions.",
            field="merge_ref",
        )
    return row


def _known(tx: Transaction, refs: set[str]) -> dict[str, Known[Asked]]:
    return {
        row.ref: Known(row.id, Asked(row.person_id, row.kept_id, row.undoes_id, row.requested_on))
        for row in rows_among(tx, sa.select(merges), merges.c.ref, refs)
    }


def _ask(tx: Transaction, ref: str, asked: Asked, known: dict[str, Known[Asked]], rows: list[Row]) -> str:
    merge_id = tx.new_id()
    known[ref] = Known(merge_id, asked)
    rows.append(
        {
            "id": merge_id,
            "ref": ref,
            "undoes_id": asked.undoes,
            "person_id": asked.person_id,
            "kept_id": asked.kept_id,
            "requested_on": asked.requested_on,
            "requested_by": tx.caller.subject,
            "recorded_at": tx.now,
            "state": "requested",
        }
    )
    return merge_id
