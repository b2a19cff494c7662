"""Recording children who may be out of school, and what became of them."""

from dataclasses import dataclass
from datetime import date

from chassis.bulk import Bulk
from chassis.filing import Register, fields_of, record_steps
from chassis.rows import Row
from chassis.transaction import Transaction
from contracts.message import BulkReply
from contracts.registry import inquiries as messages
from kernel.rulebook import RuleView
from services.registry.domain.schooling import Act, Schooling, decide, suspected
from services.registry.handlers.person_files import PersonFile, open_files
from services.registry.inquiry_tables import schooling, schooling_acts


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What a child's reference stands for."""

    person_id: str
    suspected_on: date


def record_schooling(tx: Transaction, message: messages.RecordSchooling) -> BulkReply:
    """Record children; the office's reference is the key."""
    return open_files(tx, message, _FILE)


def _told(item: messages.SchoolingItem) -> Suspicion:
    return Suspicion(item.person_id, item.suspected_on)


def _begin(told: Suspicion, birth_date: date, rules: RuleView) -> Schooling:
    return suspected(told.suspected_on, birth_date, rules)


def _opened(file_id: str, region: str, told: Suspicion) -> messages.SchoolingSuspected:
    return messages.SchoolingSuspected(
        region=region, schooling_id=file_id, person_id=told.person_id, suspected_on=told.suspected_on
    )


_FILE = PersonFile("schooling", schooling, Suspicion, _told, "suspected_on", _begin, _opened)


def record_schooling_acts(tx: Transaction, message: messages.RecordSchoolingActs) -> BulkReply:
    """Record steps; the office's reference is the key."""
    return record_steps(tx, Bulk(message), _REGISTER, fields_of(Act))


def _event(file: Row, act: Act, after: Schooling) -> messages.SchoolingChanged:
    return messages.SchoolingChanged(
        region=file["region"],
        schooling_id=file["id"],
        person_id=file["person_id"],
        acted_on=act.acted_on,
        previous_state=file["state"],
        state=after.state,
        form=act.form,
        reason=act.reason,
    )


_REGISTER = Register("registry.schooling", schooling, schooling_acts, Schooling, Act, decide, _event)
