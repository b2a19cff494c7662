"""Recording proofs (凭证核验), listing them, and what grants read of them.

A room of its own because a proof is seen before an award, after a claim, and for schemes that take no claims.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.transaction import Transaction
from contracts import subsidy as messages
from contracts.message import BulkReply
from kernel.regions import RegionCode
from services.subsidy import repository
from services.subsidy.domain.proofs import Proof, check_known
from services.subsidy.domain.record import check_same
from services.subsidy.domain.schemes import Scheme
from services.subsidy.outreach_queries import page_of
from services.subsidy.proof_tables import proofs

Proofs = Mapping[tuple[str, str], list[Proof]]
_TOLD = ("person_id", "scheme", "fact", "value", "seen_on")


def record_proofs(tx: Transaction, message: messages.RecordProofs) -> BulkReply:
    """Record proofs; the office's reference is the key. They are kept with who stands for the person."""
    bulk = Bulk(message)
    items = list(bulk.items())
    heads = repository.heads(tx, {item.person_id for item in items})
    people = repository.people(tx, set(heads.values()))
    known = _by_ref(tx, {item.ref for item in items})
    new: list[dict[str, Any]] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.ProofItem = entry.item
            person_id = heads[item.person_id]
            if person_id not in people:
                raise repository.unknown_person()
            told = item.model_dump() | {"person_id": person_id}
            if (row := known.get(item.ref)) is not None:
                kept = (heads.get(row["person_id"], row["person_id"]), *(row[name] for name in _TOLD[1:]))
                check_same("proof", kept, tuple(told[name] for name in _TOLD))
                entry.unchanged(row["proof_id"])
                continue
            region, _ = people[person_id]
            rules = tx.rules.at(item.seen_on).within(RegionCode(region))
            check_known(Scheme.of(rules, item.scheme), Proof(item.fact, item.value, item.seen_on))
            row = {"proof_id": tx.new_id(), **told, "region": region}
            known[item.ref] = row | {"recorded_by": tx.caller.subject, "recorded_at": tx.now}
            new.append(known[item.ref])
            entry.created(row["proof_id"])
    tx.insert(proofs, new)
    names = messages.ProofRecorded.model_fields
    for row in new:
        tx.record(messages.ProofRecorded(**{name: row[name] for name in names}))
    return bulk.reply()


def _by_ref(tx: Transaction, refs: Collection[str]) -> dict[str, dict[str, Any]]:
    rows = tx.execute(sa.select(proofs).where(proofs.c.ref.in_(refs))).mappings()
    return {row["ref"]: dict(row) for row in rows}


def of_people(tx: Transaction, heads: Mapping[str, str]) -> Proofs:
    """The proofs of these people by who stands for each, and scheme, in the order of their recording."""
    query = sa.select(proofs).where(proofs.c.person_id.in_(heads)).order_by(proofs.c.proof_id)
    found: dict[tuple[str, str], list[Proof]] = defaultdict(list)
    for row in tx.execute(query):
        found[heads[row.person_id], row.scheme].append(Proof(row.fact, row.value, row.seen_on))
    return found


def list_proofs(tx: Transaction, message: messages.ListProofs) -> messages.ProofPage:
    """A page of proofs of the caller's regions."""
    query = sa.select(proofs).where(proofs.c.scheme == message.scheme, tx.scope(proofs.c.region))
    if message.person_id is not None:
        query = query.where(proofs.c.person_id == message.person_id)
    rows, after = page_of(tx, query, proofs.c.proof_id, message.after, message.limit)
    names = messages.ProofView.model_fields
    found = [messages.ProofView(**{name: row[name] for name in names}) for row in rows]
    return messages.ProofPage(proofs=found, after=after)
