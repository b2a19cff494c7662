"""Recording what became of findings: who is to verify them, what was found, what followed."""

from typing import Any

from chassis.bulk import Bulk
from chassis.filing import Register, fields_of, record_steps
from chassis.rows import Row
from chassis.transaction import Transaction
from contracts.message import BulkReply
from contracts.registry import inquiries as messages
from services.registry.domain.match_finding import Act, Finding, decide
from services.registry.match_tables import match_finding_acts, match_findings


def record_match_finding_acts(tx: Transaction, message: messages.RecordMatchFindingActs) -> BulkReply:
    """Record steps of findings; the office's reference is the key."""
    return record_steps(tx, Bulk(message), _REGISTER, fields_of(Act))


_EVENTS: dict[str, type[messages.MatchFindingEvent]] = {
    "assign": messages.MatchFindingAssigned,
    "verify": messages.MatchFindingVerified,
    "close": messages.MatchFindingClosed,
}


def _event(file: Row, act: Act, _after: Finding) -> messages.MatchFindingEvent:
    told: dict[str, Any] = {**file, "finding_id": file["id"], "acted_on": act.acted_on}
    told |= {"outcome": act.outcome, "result": act.result, "due_on": act.due_on}
    kind = _EVENTS[act.action]
    return kind(**{name: value for name, value in told.items() if name in kind.model_fields})


_REGISTER = Register(
    "registry.match_finding", match_findings, match_finding_acts, Finding, Act, decide, _event
)
