"""Recording the steps of cases. Several steps of one case in one command are decided in their order."""

from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from chassis.bulk import Bulk, Entry
from chassis.fields import reading
from chassis.filing import Steps
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from kernel.errors import Conflict, NotFound
from kernel.workdays import Workdays
from services.registry import case_repository
from services.registry.case_repository import Filed, Step, sealed
from services.registry.case_tables import ACT_TEXT, case_acts, cases
from services.registry.domain.case import Act, Case, Terms, decide
from services.registry.handlers.deadlines import Overdue
from services.registry.handlers.lookup import mine
from services.registry.repository import Known

_EVENTS: dict[str, type[messages.CaseEvent]] = {
    "accept": messages.CaseAccepted,
    "decline": messages.CaseDeclined,
    "assign": messages.CaseAssigned,
    "extend": messages.CaseExtended,
    "answer": messages.CaseAnswered,
    "rate": messages.CaseRated,
}


@dataclass
class Book:
    """What is known when the command begins, kept up with each step that it records.

    filed: by reference. known: recorded steps by reference. steps: the new ones.
    """

    filed: dict[str, Filed]
    known: dict[str, Known[Step]]
    units: dict[str, str]
    overdue: Overdue
    workdays: Workdays
    terms: dict[tuple[date, str], Terms] = field(default_factory=dict)
    steps: Steps = field(default_factory=lambda: Steps(cases, case_acts))

    @classmethod
    def load(cls, tx: Transaction, bulk: Bulk) -> "Book":
        """Read what the records are about, and lock their cases."""
        filed = case_repository.lock_cases(tx, {item.case_ref for item in bulk.items()})
        return cls(
            filed,
            case_repository.steps_by_ref(tx, {item.ref for item in bulk.items()}),
            case_repository.units_by_ref(tx, {item.unit_ref for item in bulk.items() if item.unit_ref}),
            Overdue(case_repository.told_overdue(tx, {each.id for each in filed.values()})),
            Workdays.of(tx.rules),
        )

    def save(self, tx: Transaction) -> None:
        """Write the cases and their steps."""
        self.steps.save(tx)
        self.overdue.save(tx)


def record_case_acts(tx: Transaction, message: messages.RecordCaseActs) -> BulkReply:
    """Record steps; the office's reference is the key."""
    tx.no_scope("each record is checked against the region of its case")
    bulk = Bulk(message)
    book = Book.load(tx, bulk)
    for entry in bulk:
        with entry.deciding():
            item: messages.CaseActItem = entry.item
            filed = _filed(tx, book, item.case_ref)
            told = _told(book, item, filed)
            if same := book.known.get(item.ref):
                if same.content != told:
                    raise Conflict(
                        "registry.case_act_differs",
                        "A step with this reference is recorded with other content; give a new step its own.",
                        field="ref",
                    )
                entry.unchanged(same.id)
                continue
            _record(tx, book, entry, filed, told)
    book.save(tx)
    return bulk.reply()


def _filed(tx: Transaction, book: Book, ref: str) -> Filed:
    filed = book.filed.get(ref)
    if filed is None or not mine(tx, filed.region):
        raise NotFound(
            "registry.unknown_case", "The case is not recorded; record it first.", field="case_ref"
        )
    return filed


def _told(book: Book, item: messages.CaseActItem, filed: Filed) -> Step:
    unit_id = book.units.get(item.unit_ref) if item.unit_ref is not None else None
    if item.unit_ref is not None and unit_id is None:
        raise NotFound(
            "registry.unknown_unit", "The unit is not registered; register it first.", field="unit_ref"
        )
    return Step(
        filed.id,
        item.action,
        item.acted_on,
        item.reason,
        unit_id,
        item.officer,
        item.extended_by,
        item.outcome,
        item.satisfied,
        item.text,
    )


def _record(tx: Transaction, book: Book, entry: Entry, filed: Filed, step: Step) -> None:
    item: messages.CaseActItem = entry.item
    with reading("acted_on"):
        key = (step.acted_on, filed.channel)
        if key not in book.terms:
            book.terms[key] = Terms.of(tx.rules.at(step.acted_on), filed.channel)
        act = Act(
            item.action,
            step.acted_on,
            step.reason,
            step.unit_id,
            step.officer,
            step.extended_by,
            step.outcome,
            step.satisfied,
        )
        after = decide(filed.case, act, book.terms[key], book.workdays)
    step_id = tx.new_id()
    book.known[item.ref] = Known(step_id, step)
    book.filed[item.case_ref] = now = replace(filed, steps=filed.steps + 1, case=after)
    state = {"steps": now.steps, **case_repository.case_columns(after)}
    book.steps.take(tx, item.ref, filed.id, _columns(tx, step_id, step, after), state, act_id=step_id)
    tx.record(_event(filed, step, after))
    if item.action in {"accept", "decline", "answer"}:
        book.overdue.tell(tx, filed, step.acted_on)
    entry.created(step_id)


def _columns(tx: Transaction, step_id: str, step: Step, after: Case) -> dict[str, Any]:
    told = {each.name: getattr(step, each.name) for each in fields(step) if each.name != "case_id"}
    text = sealed(tx, ACT_TEXT, step_id, step.text)
    return told | {"text": text, "answer_due_after": after.answer_due_on}


def _event(filed: Filed, step: Step, after: Case) -> messages.CaseEvent:
    """Each kind of event takes the fields that it has; the others are ignored."""
    told = {
        "region": filed.region,
        "case_id": filed.id,
        "channel": filed.channel,
        "matter": filed.matter,
        "received_on": filed.received_on,
        "acted_on": step.acted_on,
        "reason": step.reason,
        "unit_id": step.unit_id,
        "outcome": step.outcome,
        "satisfied": step.satisfied,
        "answer_due_on": after.answer_due_on,
        "late": filed.case.missed(step.acted_on) is not None,
    }
    kind = _EVENTS[step.action]
    return kind(**{name: value for name, value in told.items() if name in kind.model_fields})
