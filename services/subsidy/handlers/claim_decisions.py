"""Decisions on claims. Awarding one grants it by the very code of GrantAwards, in the same transaction."""

from dataclasses import replace
from datetime import date

from chassis.bulk import Bulk
from chassis.fields import reading, renaming
from chassis.transaction import Transaction
from contracts import subsidy as messages
from contracts.message import BulkReply
from kernel.regions import RegionCode
from kernel.rulebook import RuleView
from services.subsidy import repository
from services.subsidy.claim_repository import Filed
from services.subsidy.domain.award import Award, Claim, Trace
from services.subsidy.domain.claim_grounds import first_period, found_grounds, stated_grounds
from services.subsidy.domain.claim_state import Act, Progress
from services.subsidy.domain.eligibility import Holder
from services.subsidy.domain.schemes import Scheme
from services.subsidy.handlers.awards import Granting
from services.subsidy.handlers.claim_acts import File

_FIELDS = dict.fromkeys(
    ("person_id", "scheme", "variant", "period", "cost", "days", "benefits", "applied_on"), "claim_ref"
)
"""Fields at fault in the claim itself, as a decision names them."""


def decide_claims(tx: Transaction, message: messages.DecideClaims) -> BulkReply:
    """Decide on claims; the office's reference of the decision is the key."""
    bulk = Bulk(message)
    file = File.load(tx, bulk)
    claimed = list(file.filed.values())
    granting = Granting.load(
        tx, {_award_ref(each) for each in claimed}, {each.request.person_id for each in claimed}
    )
    for entry in bulk:
        with entry.deciding():
            item: messages.ClaimDecisionItem = entry.item
            act = Act(item.action, item.acted_on, item.reason)
            if (found := file.find(tx, entry, act)) is not None:
                filed, rules = found
                after = file.after(tx, filed, act, rules)
                with reading("claim_ref"), renaming(_FIELDS):
                    after, decision, award_id = _decided(tx, granting, filed, act, after, rules)
                file.keep(tx, entry, act, after, decision, award_id)
    # The award first: the claim names it.
    granting.save(tx)
    file.save(tx)
    return bulk.reply()


def _decided(
    tx: Transaction, granting: Granting, filed: Filed, act: Act, after: Progress, rules: RuleView
) -> tuple[Progress, Trace | None, str | None]:
    """The claim after the decision, on what grounds, and the award that came of it."""
    if act.action == "award":
        award, _ = granting.grant(tx, _claim(granting, filed, act.acted_on))
        return after, award.decision, award.id
    if act.action == "approve":
        return after, _admitted(granting, filed, act.acted_on).decision, None
    if act.action == "refuse":
        reason, decision = _refused(granting, filed, act, rules)
        return replace(after, reason=reason), decision, None
    return after, None, None


def _admitted(granting: Granting, filed: Filed, day: date) -> Award:
    """The award as it would be granted on that day; nothing is kept. Raises what forbids it."""
    claim = _claim(granting, filed, day)
    return granting.known.same_as(claim) or granting.admit(filed.id, claim)


def _refused(granting: Granting, filed: Filed, act: Act, rules: RuleView) -> tuple[str, Trace]:
    if act.reason is not None:
        with reading("reason"):
            return act.reason, stated_grounds(act.reason, rules)
    region, holder = _person(granting, filed)
    scheme = Scheme.of(granting.rules_on(act.acted_on).within(RegionCode(region)), filed.request.scheme)
    return found_grounds(
        scheme, holder, act.acted_on, filed.request.variant, lambda: _admitted(granting, filed, act.acted_on)
    )


def _claim(granting: Granting, filed: Filed, granted_on: date) -> Claim:
    request = filed.request
    region, _ = _person(granting, filed)
    scheme = Scheme.of(granting.rules_on(granted_on).within(RegionCode(region)), request.scheme)
    return Claim(
        ref=_award_ref(filed),
        person_id=granting.heads[request.person_id],
        scheme=request.scheme,
        variant=request.variant,
        period=first_period(scheme, request.period, request.applied_on, granted_on),
        granted_on=granted_on,
        open_ended=scheme.open_ended,
        applied_on=request.applied_on,
        cost=request.cost,
        days=request.days,
        benefits=request.benefits,
    )


def _person(granting: Granting, filed: Filed) -> tuple[str, Holder]:
    """Where the person lives now and what is known. Raises NotFound("subsidy.unknown_person")."""
    person_id = granting.heads[filed.request.person_id]
    if person_id not in granting.people:
        raise repository.unknown_person()
    return granting.people[person_id]


def _award_ref(filed: Filed) -> str:
    """The number of the award that comes of a claim: with a space, which no reference of an office has."""
    return f"claim {filed.id}"
