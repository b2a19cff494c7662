"""Recording the steps of claims. Several of one in one command are decided in their order."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Self

from chassis import clock
from chassis.bulk import Bulk, Entry
from chassis.fields import reading
from chassis.filing import Steps
from chassis.transaction import Transaction
from contracts import subsidy as messages
from contracts.message import BulkReply
from kernel.errors import Forbidden, NotFound
from kernel.regions import RegionCode
from kernel.rulebook import RuleView
from kernel.workdays import Workdays
from services.subsidy import claim_repository
from services.subsidy.claim_repository import Filed
from services.subsidy.claim_tables import claim_acts, claims
from services.subsidy.domain.award import Trace
from services.subsidy.domain.claim import advance
from services.subsidy.domain.claim_grounds import stated_grounds
from services.subsidy.domain.claim_state import Act, Office, Progress, seat
from services.subsidy.domain.record import check_past, check_same
from services.subsidy.domain.schemes import Scheme
from services.subsidy.handlers.claim_clocks import Overdue, facts_of

_AT_WINDOW = frozenset({"ask", "complete", "accept", "decline", "push", "tell"})
_ANYWHERE = frozenset({"object", "withdraw", "hide_name"})
_LEVELS = {"check": "township", "review": "county"}


@dataclass
class File:
    """What is known when the command begins, kept up with each step that it records.

    filed: by reference. known: recorded steps by reference, each with its claim. examiners: who ever
    checked or reviewed, by claim and step. steps: the new ones.
    """

    filed: dict[str, Filed]
    known: dict[str, tuple[str, str, Act]]
    examiners: dict[tuple[str, str], frozenset[str]]
    overdue: Overdue
    workdays: Workdays
    steps: Steps = field(default_factory=lambda: Steps(claims, claim_acts))

    @classmethod
    def load(cls, tx: Transaction, bulk: Bulk) -> Self:
        """Read what the records are about, and lock it."""
        tx.no_scope("each record is checked against the home or the window of its claim")
        filed = claim_repository.lock_claims(tx, {item.claim_ref for item in bulk.items()})
        return cls(
            filed,
            claim_repository.steps_by_ref(tx, {item.ref for item in bulk.items()}),
            claim_repository.examiners(tx, {each.id for each in filed.values()}),
            Overdue(claim_repository.told_overdue(tx, {each.id for each in filed.values()})),
            Workdays.of(tx.rules),
        )

    def find(self, tx: Transaction, entry: Entry, act: Act) -> tuple[Filed, RuleView] | None:
        """The claim of the step and the rules at its home; None for a step that is recorded already.

        Raises NotFound("subsidy.unknown_claim"), Forbidden("subsidy.not_your_step"),
        Conflict("subsidy.ref_reused"), Invalid("subsidy.day_to_come").
        """
        filed = self.filed.get(entry.item.claim_ref)
        if filed is None or not any(map(tx.caller.covers, (filed.region, filed.window))):
            raise NotFound(
                "subsidy.unknown_claim", "The claim is not recorded; record it first.", field="claim_ref"
            )
        with reading("acted_on"):
            rules = tx.rules.at(act.acted_on).within(RegionCode(filed.region))
            _check_place(tx, filed, act, rules)
        if (same := self.known.get(entry.item.ref)) is None:
            check_past(act.acted_on, clock.office_day(tx.now), "acted_on")
            return filed, rules
        check_same("step", same[1:], (filed.id, act))
        entry.unchanged(same[0])
        return None

    def after(self, tx: Transaction, filed: Filed, act: Act, rules: RuleView) -> Progress:
        """Where the step leads to. Raises what the steps of a claim forbid."""
        with reading("acted_on"):
            notice = Scheme(filed.request.scheme, rules).stated("notice_days")
            days = None if notice is None else notice.integer
            checkers, reviewers = (
                self.examiners.get((filed.id, action), frozenset()) for action in ("check", "review")
            )
            office = Office(rules, self.workdays, tx.caller.subject, days, checkers, reviewers)
            return advance(filed.progress, act, office)

    def keep(
        self,
        tx: Transaction,
        entry: Entry,
        act: Act,
        after: Progress,
        decision: Trace | None = None,
        award_id: str | None = None,
    ) -> None:
        """Record the step and tell of it."""
        filed = self.filed[entry.item.claim_ref]
        now = filed.after(after, award_id)
        told = {
            **asdict(act),
            "due_after": after.due_on,
            "decision": None if decision is None else json.dumps(decision, ensure_ascii=False),
        }
        act_id = self.steps.take(tx, entry.item.ref, filed.id, told, now.columns())
        self.filed[entry.item.claim_ref] = now
        self.known[entry.item.ref] = act_id, filed.id, act
        tx.record(_event(filed, act, now))
        self.overdue.tell(tx, filed, act.acted_on)
        entry.created(act_id)

    def save(self, tx: Transaction) -> None:
        """Write the claims and their steps."""
        self.steps.save(tx)
        self.overdue.save(tx)


def record_claim_acts(tx: Transaction, message: messages.RecordClaimActs) -> BulkReply:
    """Record steps that decide nothing, or decline at the window; the office's reference is the key."""
    bulk = Bulk(message)
    file = File.load(tx, bulk)
    for entry in bulk:
        with entry.deciding():
            item: messages.ClaimActItem = entry.item
            act = Act(item.action, item.acted_on, item.reason)
            if (found := file.find(tx, entry, act)) is not None:
                filed, rules = found
                after = file.after(tx, filed, act, rules)
                grounds = None
                if act.reason is not None:
                    with reading("reason"):
                        grounds = stated_grounds(act.reason, rules)
                # What a check found decides nothing yet.
                file.keep(tx, entry, act, after, grounds if act.action == "decline" else None)
    file.save(tx)
    return bulk.reply()


def _check_place(tx: Transaction, filed: Filed, act: Act, rules: RuleView) -> None:
    """Whether the caller's regions take in the division that takes this step."""
    if act.action in _ANYWHERE:
        return
    office = RegionCode.parse(tx.office)
    if act.action in _AT_WINDOW:
        # What a window of another office did is recorded at home.
        place = filed.window if RegionCode(filed.window).within(office) else filed.region
    else:
        place = seat(filed.region, _LEVELS.get(act.action) or rules["claims.levels"].texts[-1])
    if not tx.caller.covers(place):
        raise Forbidden(
            "subsidy.not_your_step",
            "This step is for another division: the window, the township of the home, or its county.",
            field="action",
        )


def _event(before: Filed, act: Act, now: Filed) -> messages.ClaimEvent:
    """Each kind of event takes the fields that it has; the others are ignored."""
    told = {
        **facts_of(now),
        "action": act.action,
        "acted_on": act.acted_on,
        "state": now.progress.state,
        "reason": now.progress.reason,
        "award_id": now.award_id,
        "clock": before.progress.clock,
        "late": before.progress.missed(act.acted_on),
    }
    kind = _EVENTS.get(act.action, messages.ClaimMoved)
    return kind(**{name: value for name, value in told.items() if name in kind.model_fields})


_EVENTS: Mapping[str, type[messages.ClaimEvent]] = {
    "approve": messages.ClaimApproved,
    "award": messages.ClaimGranted,
    "decline": messages.ClaimRefused,
    "refuse": messages.ClaimRefused,
}
