"""Recording requests for legal help, and their steps."""

from dataclasses import asdict, dataclass, field
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
from kernel.errors import NotFound
from kernel.workdays import Workdays
from services.registry import case_repository
from services.registry.case_repository import opened, sealed
from services.registry.domain.legal_aid import Act, Matter, decide, requested
from services.registry.domain.record import check_same
from services.registry.handlers.lookup import check_person
from services.registry.homes import Homes, homes_of
from services.registry.legal_aid_tables import MATTER_CONTENT, legal_agencies, legal_aid, legal_aid_acts
from services.registry.repository import Known


@dataclass(frozen=True, slots=True)
class Request:
    """What a matter's reference stands for."""

    person_id: str
    agency_id: str
    kind: str
    requested_on: date
    content: str | None = field(repr=False)


@dataclass
class Desk:
    """What is known when the command begins, kept up with each request."""

    known: dict[str, Known[Request]]
    agencies: dict[str, str]
    homes: Homes
    workdays: Workdays
    rows: list[Row] = field(default_factory=list)

    @classmethod
    def load(cls, tx: Transaction, bulk: Bulk) -> "Desk":
        """Read what the records are about."""
        return cls(
            _known(tx, {item.ref for item in bulk.items()}),
            case_repository.ids_by_ref(tx, legal_agencies, {item.agency_ref for item in bulk.items()}),
            homes_of(tx, {item.person_id for item in bulk.items()}),
            Workdays.of(tx.rules),
        )


def record_legal_aid(tx: Transaction, message: messages.RecordLegalAid) -> BulkReply:
    """Record requests; the office's reference is the key."""
    tx.no_scope("each record is checked against the region of its person")
    bulk = Bulk(message)
    desk = Desk.load(tx, bulk)
    for entry in bulk:
        with entry.deciding():
            item: messages.LegalAidItem = entry.item
            check_person(tx, desk.homes, item.person_id)
            agency_id = desk.agencies.get(item.agency_ref)
            if agency_id is None:
                raise NotFound(
                    "registry.unknown_agency",
                    "The agency is not registered; register it first.",
                    field="agency_ref",
                )
            told = Request(item.person_id, agency_id, item.kind, item.requested_on, item.content)
            if same := desk.known.get(item.ref):
                check_same("legal_aid", same.content, told)
                entry.unchanged(same.id)
                continue
            _record(tx, desk, entry, told)
    tx.insert(legal_aid, desk.rows)
    return bulk.reply()


def _known(tx: Transaction, refs: set[str]) -> dict[str, Known[Request]]:
    return {
        row.ref: Known(
            row.id,
            Request(
                row.person_id,
                row.agency_id,
                row.kind,
                row.requested_on,
                opened(tx, MATTER_CONTENT, row.id, row.content),
            ),
        )
        for row in rows_among(tx, sa.select(legal_aid), legal_aid.c.ref, refs)
    }


def _record(tx: Transaction, desk: Desk, entry: Entry, told: Request) -> None:
    with reading("requested_on"):
        matter = requested(told.requested_on, told.kind, tx.rules.at(told.requested_on), desk.workdays)
    matter_id = tx.new_id()
    region = desk.homes[told.person_id]
    desk.known[entry.item.ref] = Known(matter_id, told)
    desk.rows.append(
        {
            "id": matter_id,
            "ref": entry.item.ref,
            **asdict(told),
            "region": region,
            "content": sealed(tx, MATTER_CONTENT, matter_id, told.content),
            **asdict(matter),
            "steps": 0,
            "recorded_by": tx.caller.subject,
            "recorded_at": tx.now,
        }
    )
    tx.record(
        messages.LegalAidRequested(
            region=region,
            matter_id=matter_id,
            person_id=told.person_id,
            agency_id=told.agency_id,
            kind=told.kind,
            requested_on=told.requested_on,
            decision_due_on=matter.decision_due_on,
        )
    )
    entry.created(matter_id)


def record_legal_aid_acts(tx: Transaction, message: messages.RecordLegalAidActs) -> BulkReply:
    """Record steps of matters; the office's reference is the key."""
    return record_steps(tx, Bulk(message), _REGISTER, fields_of(Act))


_EVENTS: dict[str, type[messages.LegalAidEvent]] = {
    "grant": messages.LegalAidGranted,
    "refuse": messages.LegalAidRefused,
    "give": messages.LegalAidGiven,
}


def _event(file: Row, act: Act, _after: Matter) -> messages.LegalAidEvent:
    told: dict[str, Any] = {
        name: file[name] for name in ("region", "person_id", "agency_id", "kind", "requested_on")
    }
    told |= {"matter_id": file["id"], "late": act.acted_on > file["decision_due_on"], **asdict(act)}
    kind = _EVENTS[act.action]
    return kind(**{name: value for name, value in told.items() if name in kind.model_fields})


_REGISTER = Register("registry.legal_aid", legal_aid, legal_aid_acts, Matter, Act, decide, _event)
