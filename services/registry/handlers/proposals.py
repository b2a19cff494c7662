"""Recording proposals that the office has to answer, and their steps."""

from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.bulk import Bulk, Entry
from chassis.fields import reading
from chassis.filing import Register, fields_of, record_steps
from chassis.rows import Row, rows_among
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from kernel.errors import Conflict
from services.registry import repository
from services.registry.case_repository import opened, sealed
from services.registry.domain.proposal import Act, Proposal, assigned, decide
from services.registry.domain.record import check_same
from services.registry.domain.region import check_known
from services.registry.proposal_tables import PROPOSERS, proposal_acts, proposals
from services.registry.repository import Known


@dataclass(frozen=True, slots=True)
class Task:
    """What a proposal's reference stands for."""

    kind: str
    session: str
    number: str
    title: str
    proposer: str
    role: str
    key: bool
    region: str
    officer: str
    assigned_on: date
    proposers: str | None = field(repr=False)


@dataclass
class Desk:
    """What is known when the command begins, kept up with each proposal.

    numbers: kind, session and number of the proposals recorded.
    """

    known: dict[str, Known[Task]]
    numbers: set[tuple[str, str, str]]
    rows: list[Row] = field(default_factory=list)


def record_proposals(tx: Transaction, message: messages.RecordProposals) -> BulkReply:
    """Record proposals; the office's reference is the key, and a number of a session is taken once."""
    tx.no_scope("each record is checked against its own region")
    bulk = Bulk(message)
    histories = repository.region_histories(tx, {item.region for item in bulk.items()})
    desk = Desk(
        _known(tx, {item.ref for item in bulk.items()}), _numbers(tx, {item.number for item in bulk.items()})
    )
    for entry in bulk:
        with entry.deciding():
            item: messages.ProposalItem = entry.item
            with reading("region"):
                tx.within(item.region)
            told = Task(**item.model_dump(exclude={"ref"}))
            if same := desk.known.get(item.ref):
                check_same("proposal", same.content, told)
                entry.unchanged(same.id)
                continue
            check_known(histories[item.region].values(), item.region, item.assigned_on)
            _record(tx, desk, entry, told)
    tx.insert(proposals, desk.rows)
    return bulk.reply()


def _known(tx: Transaction, refs: set[str]) -> dict[str, Known[Task]]:
    names = [each.name for each in fields(Task) if each.name != "proposers"]
    return {
        row.ref: Known(
            row.id,
            Task(
                **{name: getattr(row, name) for name in names},
                proposers=opened(tx, PROPOSERS, row.id, row.proposers),
            ),
        )
        for row in rows_among(tx, sa.select(proposals), proposals.c.ref, refs)
    }


def _numbers(tx: Transaction, numbers: set[str]) -> set[tuple[str, str, str]]:
    taken = sa.select(proposals.c.kind, proposals.c.session, proposals.c.number)
    return {(row.kind, row.session, row.number) for row in rows_among(tx, taken, proposals.c.number, numbers)}


def _record(tx: Transaction, desk: Desk, entry: Entry, told: Task) -> None:
    if (told.kind, told.session, told.number) in desk.numbers:
        raise Conflict(
            "registry.proposal_number_taken",
            "A proposal of this number and session is recorded under another reference.",
            field="number",
        )
    with reading("assigned_on"):
        proposal = assigned(told.assigned_on, told.kind, told.role, tx.rules.at(told.assigned_on))
    proposal_id = tx.new_id()
    desk.known[entry.item.ref] = Known(proposal_id, told)
    desk.numbers.add((told.kind, told.session, told.number))
    desk.rows.append(
        {
            "id": proposal_id,
            "ref": entry.item.ref,
            **asdict(told),
            "proposers": sealed(tx, PROPOSERS, proposal_id, told.proposers),
            **asdict(proposal),
            "steps": 0,
            "recorded_by": tx.caller.subject,
            "recorded_at": tx.now,
        }
    )
    tx.record(
        messages.ProposalAssigned(
            region=told.region,
            proposal_id=proposal_id,
            kind=told.kind,
            role=told.role,
            assigned_on=told.assigned_on,
            proposer=told.proposer,
            key=told.key,
            reply_due_on=proposal.reply_due_on,
        )
    )
    entry.created(proposal_id)


def record_proposal_acts(tx: Transaction, message: messages.RecordProposalActs) -> BulkReply:
    """Record steps of proposals; the office's reference is the key."""
    return record_steps(tx, Bulk(message), _REGISTER, fields_of(Act))


_EVENTS: dict[str, type[messages.ProposalEvent]] = {
    "consult": messages.ProposalConsulted,
    "extend": messages.ProposalExtended,
    "reply": messages.ProposalReplied,
    "rate": messages.ProposalRated,
}


def _event(file: Row, act: Act, after: Proposal) -> messages.ProposalEvent:
    told: dict[str, Any] = {name: file[name] for name in ("region", "kind", "role", "assigned_on")}
    told |= {"proposal_id": file["id"], "reply_due_on": after.reply_due_on, **asdict(act)}
    told["late"] = act.acted_on > file["reply_due_on"]
    kind = _EVENTS[act.action]
    return kind(**{name: value for name, value in told.items() if name in kind.model_fields})


_REGISTER = Register("registry.proposal", proposals, proposal_acts, Proposal, Act, decide, _event)
