"""Recording petitions and hotline calls as they come in."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from chassis.bulk import Bulk, Entry
from chassis.fields import reading
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from kernel.errors import NotFound
from kernel.rulebook import RuleView
from kernel.workdays import Workdays
from services.registry import case_repository, repository
from services.registry.case_repository import Receipt, sealed
from services.registry.case_tables import CONTENT, PETITIONER, cases
from services.registry.domain.case import Case, Terms, check_matter, received
from services.registry.domain.record import check_same
from services.registry.domain.region import check_known
from services.registry.handlers.lookup import check_person, mine
from services.registry.homes import Homes, homes_of
from services.registry.repository import Known


@dataclass
class Desk:
    """What is known when the command begins, kept up with each case. views: rules by the day asked for."""

    known: dict[str, Known[Receipt]]
    homes: Homes
    workdays: Workdays
    views: dict[date, RuleView] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)

    def rules(self, tx: Transaction, day: date) -> RuleView:
        """The rules in force on a day."""
        if day not in self.views:
            self.views[day] = tx.rules.at(day)
        return self.views[day]


def record_cases(tx: Transaction, message: messages.RecordCases) -> BulkReply:
    """Record cases; the office's reference is the key."""
    tx.no_scope("each record is checked against its own region")
    bulk = Bulk(message)
    refs = {ref for item in bulk.items() for ref in (item.ref, item.repeat_of) if ref is not None}
    people = {item.person_id for item in bulk.items() if item.person_id is not None}
    histories = repository.region_histories(tx, {item.region for item in bulk.items()})
    desk = Desk(
        case_repository.receipts_by_ref(tx, refs),
        homes_of(tx, people),
        Workdays.of(tx.rules),
    )
    for entry in bulk:
        with entry.deciding():
            item: messages.CaseItem = entry.item
            told = _told(tx, desk, item)
            if same := desk.known.get(item.ref):
                check_same("case", same.content, told)
                entry.unchanged(same.id)
                continue
            check_known(histories[item.region].values(), item.region, item.received_on)
            _record(tx, desk, entry, told)
    tx.insert(cases, desk.rows)
    return bulk.reply()


def _told(tx: Transaction, desk: Desk, item: messages.CaseItem) -> Receipt:
    with reading("region"):
        tx.within(item.region)
    check_person(tx, desk.homes, item.person_id)
    earlier = desk.known.get(item.repeat_of) if item.repeat_of is not None else None
    if item.repeat_of is not None and (earlier is None or not mine(tx, earlier.content.region)):
        raise NotFound(
            "registry.unknown_case", "The earlier case is not recorded; record it first.", field="repeat_of"
        )
    return Receipt(
        item.channel,
        item.matter,
        item.region,
        item.received_on,
        item.person_id,
        item.persons,
        item.reached,
        item.skipped_level,
        earlier.id if earlier else None,
        item.petitioner,
        item.content,
    )


def _record(tx: Transaction, desk: Desk, entry: Entry, told: Receipt) -> None:
    with reading("received_on"):
        rules = desk.rules(tx, told.received_on)
        check_matter(rules, told.matter)
        case = received(told.received_on, Terms.of(rules, told.channel), desk.workdays)
        group = told.persons >= rules["case.group_persons"].integer
    case_id = tx.new_id()
    desk.known[entry.item.ref] = Known(case_id, told)
    desk.rows.append(_row(tx, case_id, entry.item.ref, told, case))
    tx.record(
        messages.CaseReceived(
            region=told.region,
            case_id=case_id,
            channel=told.channel,
            matter=told.matter,
            received_on=told.received_on,
            person_id=told.person_id,
            persons=told.persons,
            group=group,
            reached=told.reached,
            skipped_level=told.skipped_level,
            repeat_of=told.repeat_of,
            repeat=told.repeat_of is not None,
            notice_due_on=case.notice_due_on,
        )
    )
    entry.created(case_id)


def _row(tx: Transaction, case_id: str, ref: str, told: Receipt, case: Case) -> dict[str, Any]:
    return {
        "id": case_id,
        "ref": ref,
        "channel": told.channel,
        "matter": told.matter,
        "region": told.region,
        "received_on": told.received_on,
        "person_id": told.person_id,
        "persons": told.persons,
        "reached": told.reached,
        "skipped_level": told.skipped_level,
        "repeat_of": told.repeat_of,
        "petitioner": sealed(tx, PETITIONER, case_id, told.petitioner),
        "content": sealed(tx, CONTENT, case_id, told.content),
        **case_repository.case_columns(case),
        "steps": 0,
        "recorded_by": tx.caller.subject,
        "recorded_at": tx.now,
    }
