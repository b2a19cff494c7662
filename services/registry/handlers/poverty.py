"""Recording what the poverty office tells of persons: their entry, and each change of it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from chassis.bulk import Bulk
from chassis.filing import Register, fields_of, record_steps
from chassis.rows import Row
from chassis.transaction import Transaction
from contracts.message import BulkReply
from contracts.registry import inquiries as messages
from kernel.rulebook import RuleView
from services.registry.domain.poverty import Act, Poverty, decide, recorded
from services.registry.handlers.person_files import PersonFile, open_files
from services.registry.inquiry_tables import poverty_acts, poverty_files


@dataclass(frozen=True, slots=True)
class FirstEntry:
    """What an entry's reference stands for."""

    person_id: str
    first_state: Any
    recorded_on: date
    first_as_of: date


def record_poverty_files(tx: Transaction, message: messages.RecordPovertyFiles) -> BulkReply:
    """Record entries; the office's reference is the key."""
    return open_files(tx, message, _FILE)


def _told(item: messages.PovertyFileItem) -> FirstEntry:
    return FirstEntry(item.person_id, item.state, item.recorded_on, item.as_of)


def _begin(told: FirstEntry, _birth_date: date, _rules: RuleView) -> Poverty:
    return recorded(told.first_state, told.recorded_on, told.first_as_of)


def _opened(file_id: str, region: str, told: FirstEntry) -> messages.PovertyRecorded:
    return messages.PovertyRecorded(
        region=region,
        file_id=file_id,
        person_id=told.person_id,
        state=told.first_state,
        recorded_on=told.recorded_on,
        as_of=told.first_as_of,
    )


_FILE = PersonFile("poverty_file", poverty_files, FirstEntry, _told, "recorded_on", _begin, _opened)


def record_poverty_acts(tx: Transaction, message: messages.RecordPovertyActs) -> BulkReply:
    """Record changes; the office's reference is the key."""
    return record_steps(tx, Bulk(message), _REGISTER, fields_of(Act))


def _event(file: Row, act: Act, after: Poverty) -> messages.PovertyEvent:
    told: dict[str, Any] = {name: file[name] for name in ("region", "person_id")}
    told |= {"file_id": file["id"], "acted_on": act.acted_on, "as_of": act.as_of}
    if act.action in {"monitor", "end_monitoring"}:
        return messages.PovertyMonitoringChanged(previous_kind=file["kind"], kind=after.kind, **told)
    return messages.PovertyStateChanged(previous_state=file["state"], state=after.state, **told)


_REGISTER = Register("registry.poverty_file", poverty_files, poverty_acts, Poverty, Act, decide, _event)
