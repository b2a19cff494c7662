"""Recording disputes that screening rounds found, and their steps."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.bulk import Bulk, Entry
from chassis.fields import reading
from chassis.filing import Register, record_steps
from chassis.rows import Row, rows_among
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from kernel.errors import NotFound
from services.registry import case_repository, repository
from services.registry.case_repository import opened, sealed
from services.registry.dispute_tables import (
    DISPUTE_CONTENT,
    PARTIES,
    dispute_acts,
    disputes,
    screening_rounds,
)
from services.registry.domain.dispute import Act, Dispute, decide, found
from services.registry.domain.record import check_same
from services.registry.domain.region import check_known
from services.registry.handlers.lookup import check_person, mine
from services.registry.homes import Homes, homes_of
from services.registry.repository import Known


@dataclass(frozen=True, slots=True)
class Finding:
    """What a dispute's reference stands for."""

    round_id: str
    kind: str
    region: str
    found_on: date
    person_id: str | None
    parties: str | None = field(repr=False)
    content: str | None = field(repr=False)


@dataclass
class Desk:
    """What is known when the command begins, kept up with each dispute. rounds: rows by reference."""

    known: dict[str, Known[Finding]]
    rounds: dict[str, sa.Row[Any]]
    homes: Homes
    rows: list[Row] = field(default_factory=list)

    @classmethod
    def load(cls, tx: Transaction, bulk: Bulk) -> "Desk":
        """Read what the records are about."""
        refs = {item.round_ref for item in bulk.items()}
        held = rows_among(tx, sa.select(screening_rounds), screening_rounds.c.ref, refs)
        people = {item.person_id for item in bulk.items() if item.person_id}
        return cls(
            _known(tx, {item.ref for item in bulk.items()}),
            {row.ref: row for row in held},
            homes_of(tx, people),
        )


def record_disputes(tx: Transaction, message: messages.RecordDisputes) -> BulkReply:
    """Record disputes; the office's reference is the key."""
    tx.no_scope("each record is checked against its own region")
    bulk = Bulk(message)
    desk = Desk.load(tx, bulk)
    histories = repository.region_histories(tx, {item.region for item in bulk.items()})
    for entry in bulk:
        with entry.deciding():
            item: messages.DisputeItem = entry.item
            told = _told(tx, desk, item)
            if same := desk.known.get(item.ref):
                check_same("dispute", same.content, told)
                entry.unchanged(same.id)
                continue
            check_known(histories[item.region].values(), item.region, item.found_on)
            _record(tx, desk, entry, told)
    tx.insert(disputes, desk.rows)
    return bulk.reply()


def _told(tx: Transaction, desk: Desk, item: messages.DisputeItem) -> Finding:
    with reading("region"):
        tx.within(item.region)
    held = desk.rounds.get(item.round_ref)
    if held is None:
        raise NotFound(
            "registry.unknown_round", "The round is not recorded; record it first.", field="round_ref"
        )
    check_person(tx, desk.homes, item.person_id)
    return Finding(held.id, **item.model_dump(exclude={"ref", "round_ref"}))


def _record(tx: Transaction, desk: Desk, entry: Entry, told: Finding) -> None:
    item: messages.DisputeItem = entry.item
    with reading("found_on"):
        held_on = desk.rounds[item.round_ref].held_on
        dispute = found(told.found_on, held_on, told.kind, tx.rules.at(told.found_on))
    dispute_id = tx.new_id()
    desk.known[item.ref] = Known(dispute_id, told)
    desk.rows.append(_row(tx, dispute_id, item.ref, told, dispute))
    tx.record(
        messages.DisputeFound(
            region=told.region,
            dispute_id=dispute_id,
            kind=told.kind,
            found_on=told.found_on,
            round_id=told.round_id,
            person_id=told.person_id,
        )
    )
    entry.created(dispute_id)


def _known(tx: Transaction, refs: set[str]) -> dict[str, Known[Finding]]:
    return {
        row.ref: Known(
            row.id,
            Finding(
                row.round_id,
                row.kind,
                row.region,
                row.found_on,
                row.person_id,
                opened(tx, PARTIES, row.id, row.parties),
                opened(tx, DISPUTE_CONTENT, row.id, row.content),
            ),
        )
        for row in rows_among(tx, sa.select(disputes), disputes.c.ref, refs)
    }


def _row(tx: Transaction, dispute_id: str, ref: str, told: Finding, dispute: Dispute) -> Row:
    return {
        "id": dispute_id,
        "ref": ref,
        **asdict(told),
        "parties": sealed(tx, PARTIES, dispute_id, told.parties),
        "content": sealed(tx, DISPUTE_CONTENT, dispute_id, told.content),
        **asdict(dispute),
        "steps": 0,
        "recorded_by": tx.caller.subject,
        "recorded_at": tx.now,
    }


def record_dispute_acts(tx: Transaction, message: messages.RecordDisputeActs) -> BulkReply:
    """Record steps of disputes; the office's reference is the key."""
    bulk = Bulk(message)
    return record_steps(
        tx, bulk, _REGISTER, _acts(tx, {item.case_ref for item in bulk.items() if item.case_ref})
    )


def _acts(tx: Transaction, case_refs: set[str]) -> Callable[[messages.DisputeActItem], Act]:
    petitions = case_repository.receipts_by_ref(tx, case_refs)

    def read(item: messages.DisputeActItem) -> Act:
        if item.case_ref is None:
            return Act(item.action, item.acted_on)
        petition = petitions.get(item.case_ref)
        if petition is None or not mine(tx, petition.content.region):
            raise NotFound(
                "registry.unknown_case", "The petition is not recorded; record it first.", field="case_ref"
            )
        return Act(item.action, item.acted_on, petition.id)

    return read


_EVENTS: dict[str, type[messages.DisputeEvent]] = {
    "mediate": messages.DisputeMediated,
    "settle": messages.DisputeSettled,
    "escalate": messages.DisputeEscalated,
}


def _event(file: Row, act: Act, _after: Dispute) -> messages.DisputeEvent:
    told: dict[str, Any] = {name: file[name] for name in ("region", "kind", "found_on")}
    told |= {"dispute_id": file["id"], "acted_on": act.acted_on, "case_id": act.case_id}
    kind = _EVENTS[act.action]
    return kind(**{name: value for name, value in told.items() if name in kind.model_fields})


_REGISTER = Register("registry.dispute", disputes, dispute_acts, Dispute, Act, decide, _event)
