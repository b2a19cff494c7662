"""Recording the steps of applications. Several of one in one command are decided in their order.

The step that issues a certificate does the act on the certificate in the same transaction.
"""

from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Self

from chassis.bulk import Bulk, Entry
from chassis.fields import reading
from chassis.filing import Steps
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from kernel.errors import Conflict, Forbidden, NotFound
from kernel.workdays import Workdays
from services.registry import application_repository
from services.registry.application_repository import Filed
from services.registry.application_tables import application_acts, applications
from services.registry.domain.application import decide
from services.registry.domain.application_state import Act, Application, Office
from services.registry.handlers.application_clocks import Overdue, facts_of
from services.registry.handlers.issuing import Issuer
from services.registry.handlers.lookup import mine
from services.registry.repository import Known

_EVENTS: dict[str, type[messages.ApplicationEvent]] = {
    "accept": messages.ApplicationAccepted,
    "decline": messages.ApplicationDeclined,
    "assess": messages.AssessmentCompleted,
    "post": messages.ResultPosted,
    "dispute": messages.AssessmentDisputed,
    "reassess": messages.AssessmentCompleted,
    "approve": messages.ApplicationApproved,
    "reject": messages.ApplicationRejected,
    "forward": messages.ApplicationForwarded,
    "issue": messages.ApplicationIssued,
    "tell": messages.ApplicantTold,
    "withdraw": messages.ApplicationWithdrawn,
}
_AT_WINDOW = frozenset({"accept", "decline", "tell"})
_ANYWHERE = frozenset({"dispute", "withdraw"})


@dataclass
class File:
    """What is known when the command begins, kept up with each step that it records.

    filed: by reference. known: recorded steps by reference. steps: the new ones.
    """

    filed: dict[str, Filed]
    known: dict[str, Known[tuple[str, Act]]]
    born: dict[str, date]
    issuer: Issuer
    overdue: Overdue
    workdays: Workdays
    steps: Steps = field(default_factory=lambda: Steps(applications, application_acts))

    @classmethod
    def load(cls, tx: Transaction, bulk: Bulk) -> Self:
        """Read what the records are about, and lock it."""
        filed = application_repository.lock_applications(tx, {item.application_ref for item in bulk.items()})
        issued = {item.application_ref for item in bulk.items() if item.action == "issue"}
        return cls(
            filed,
            application_repository.steps_by_ref(tx, {item.ref for item in bulk.items()}),
            application_repository.birth_dates(tx, {each.request.person_id for each in filed.values()}),
            Issuer.load(tx, [each for ref, each in filed.items() if ref in issued]),
            Overdue(application_repository.told_overdue(tx, {each.id for each in filed.values()})),
            Workdays.of(tx.rules),
        )

    def save(self, tx: Transaction) -> None:
        """Write the applications, their steps, and the certificates."""
        self.steps.save(tx)
        self.overdue.save(tx)
        self.issuer.book.save(tx)


def record_application_acts(tx: Transaction, message: messages.RecordApplicationActs) -> BulkReply:
    """Record steps; the office's reference is the key."""
    tx.no_scope("each record is checked against the home or the window of its application")
    bulk = Bulk(message)
    file = File.load(tx, bulk)
    for entry in bulk:
        with entry.deciding():
            item: messages.ApplicationActItem = entry.item
            filed = _filed(tx, file, item)
            act = Act(**{each.name: getattr(item, each.name) for each in fields(Act)})
            if same := file.known.get(item.ref):
                if same.content != (filed.id, act):
                    raise Conflict(
                        "registry.application_act_differs",
                        "A step with this reference is recorded with other content; give a new step its own.",
                        field="ref",
                    )
                entry.unchanged(same.id)
                continue
            _record(tx, file, entry, filed, act)
    file.save(tx)
    return bulk.reply()


def _filed(tx: Transaction, file: File, item: messages.ApplicationActItem) -> Filed:
    filed = file.filed.get(item.application_ref)
    if filed is None or not (mine(tx, filed.region) or mine(tx, filed.window)):
        raise NotFound(
            "registry.unknown_application",
            "The application is not recorded; record it first.",
            field="application_ref",
        )
    if item.action not in _ANYWHERE:
        place = filed.window if item.action in _AT_WINDOW else filed.region
        if not mine(tx, place):
            raise Forbidden(
                "registry.not_your_step",
                "This step is for the other of the two divisions, the window or the applicant's home.",
                field="action",
            )
    return filed


def _record(tx: Transaction, file: File, entry: Entry, filed: Filed, act: Act) -> None:
    item: messages.ApplicationActItem = entry.item
    step_id = tx.new_id()
    with reading("acted_on"):
        office = Office(tx.rules.at(act.acted_on), file.workdays, file.born[filed.request.person_id])
        after = decide(filed.application, act, office)
        action = None
        if act.action == "issue":
            action = file.issuer.issue(tx, filed, act.acted_on, step_id)
    file.known[item.ref] = Known(step_id, (filed.id, act))
    file.filed[item.application_ref] = now = filed.after(after)
    told = {**asdict(act), "due_after": after.due_on}
    file.steps.take(tx, item.ref, filed.id, told, now.columns(), act_id=step_id)
    tx.record(_event(filed, act, after, action))
    file.overdue.tell(tx, filed, act.acted_on)
    entry.created(step_id)


def _event(filed: Filed, act: Act, after: Application, action: str | None) -> messages.ApplicationEvent:
    """Each kind of event takes the fields that it has; the others are ignored."""
    told = {
        **facts_of(filed),
        **asdict(act),
        "action": action,
        "guided": bool(act.guided),
        "met": act.category is not None,
        "level": after.level,
        "posted_until": after.posted_until,
        "late": filed.application.missed(act.acted_on),
    }
    kind = _EVENTS[act.action]
    return kind(**{name: value for name, value in told.items() if name in kind.model_fields})
