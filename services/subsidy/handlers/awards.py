"""Awards: granted by the office, or opened by an enrolment that another service tells of."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Self

from chassis import clock
from chassis.bulk import Bulk
from chassis.stream import Received
from chassis.transaction import Transaction
from contracts import rehab
from contracts import subsidy as messages
from contracts.message import BulkReply
from kernel.money import Money
from kernel.periods import Period
from kernel.regions import RegionCode
from kernel.rulebook import RuleView
from services.subsidy import replies, repository
from services.subsidy.domain.amounts import Basis, price
from services.subsidy.domain.award import Award, Claim, KnownAwards
from services.subsidy.domain.duration import check_first
from services.subsidy.domain.eligibility import Holder, decide
from services.subsidy.domain.overlaps import decide_overlaps
from services.subsidy.domain.proofs import decide_proofs
from services.subsidy.domain.record import check_past
from services.subsidy.domain.schemes import Scheme
from services.subsidy.domain.wording import step
from services.subsidy.handlers.leads import close_granted
from services.subsidy.handlers.proofs import Proofs, of_people
from services.subsidy.handlers.prospects import lock_people

People = Mapping[str, tuple[str, Holder]]


def grant_awards(tx: Transaction, message: messages.GrantAwards) -> BulkReply:
    """Grant what the scheme's rules admit on the day of granting; a claim granted before is left as it is."""
    bulk = Bulk(message)
    items = list(bulk.items())
    granting = Granting.load(tx, {item.ref for item in items}, {item.person_id for item in items})
    today = clock.office_day(tx.now)
    for entry in bulk:
        with entry.deciding():
            check_past(entry.item.granted_on, today, "granted_on")
            award, is_new = granting.grant(tx, _claim(entry.item, granting.heads))
            (entry.created if is_new else entry.unchanged)(award.id)
    granting.save(tx)
    return bulk.reply()


@dataclass
class Granting:
    """What is known when a command grants, kept up with each grant. heads: who stands for each person."""

    heads: Mapping[str, str]
    people: People
    known: KnownAwards
    proofs: Proofs
    rules_on: Callable[[date], RuleView]
    new: list[Award] = field(default_factory=list)

    @classmethod
    def load(cls, tx: Transaction, refs: Collection[str], person_ids: Collection[str]) -> Self:
        """Read what claims with these numbers, of these persons, are about.

        The persons are locked: of two schemes that exclude each other the later one is refused.
        """
        heads = repository.heads(tx, person_ids)
        lock_people(tx, set(heads.values()))
        people = repository.people(tx, set(heads.values()))
        homes = {holder.household_id for _, holder in people.values() if holder.household_id}
        known = KnownAwards(repository.known_awards(tx, refs, heads, homes))
        return cls(heads, people, known, of_people(tx, heads), cache(tx.rules.at))

    def grant(self, tx: Transaction, claim: Claim) -> tuple[Award, bool]:
        """The award and whether it is new; one granted before is left as it is. Raises what the rules do."""
        if not self._may_know(tx, claim):
            raise repository.unknown_person()
        if (before := self.known.same_as(claim)) is not None:
            tx.within(before.region)
            return before, False
        award = self._proven(self.admit(tx.new_id(), claim))
        self.known.add(award)
        self.new.append(award)
        return award, True

    def _may_know(self, tx: Transaction, claim: Claim) -> bool:
        """Whether the person lives in the caller's regions, or the number names an award there: what somebody
        elsewhere is granted is for nobody here to ask.
        """
        named = self.known.named(claim.ref)
        return claim.person_id in self.people or (named is not None and tx.caller.covers(named.region))

    def admit(self, award_id: str, claim: Claim) -> Award:
        """The award that the claim would lead to once its proofs are there; nothing is kept.

        Raises what the rules do.
        """
        award = _grant(award_id, claim, self.people, self.known, self.rules_on)
        self.known.check_household(award)
        return award

    def _proven(self, award: Award) -> Award:
        scheme = Scheme.of(self.rules_on(award.granted_on).within(RegionCode(award.region)), award.scheme)
        seen = self.proofs.get((award.person_id, award.scheme), ())
        proven = decide_proofs(scheme, award.variant, seen, award.granted_on)
        return replace(award, decision=award.decision + proven)

    def save(self, tx: Transaction) -> None:
        """Write the new awards, tell of them, and close the leads that they were the answer to."""
        repository.add_awards(tx, self.new)
        for award in self.new:
            tx.record(_award_granted(award))
            if (benefit := _recorded(award, self.rules_on)) is not None:
                tx.record(benefit)
        close_granted(tx, self.new)


def _recorded(award: Award, rules_on: Callable[[date], RuleView]) -> messages.BenefitRecorded | None:
    """What a benefit is worth that nobody will be paid for; None for an award that is paid out."""
    rules = rules_on(Period.parse(award.period).start)
    scheme = Scheme.of(rules.within(RegionCode(award.region)), award.scheme)
    if not scheme.recorded_only:
        return None
    worth, _ = price(scheme, award.variant, Basis(award.cost, award.days))
    return messages.BenefitRecorded(
        region=award.region,
        award_id=award.id,
        person_id=award.person_id,
        scheme=award.scheme,
        variant=award.variant,
        period=award.period,
        worth=str(worth),
        household_id=award.household_id,
        granted_on=award.granted_on,
    )


def _claim(item: messages.AwardItem, heads: Mapping[str, str]) -> Claim:
    """What the item asks for. heads: who stands for each person.

    That it is open-ended shows in its period: only monthly awards have a month.
    """
    return Claim(
        ref=item.ref,
        person_id=heads[item.person_id],
        scheme=item.scheme,
        variant=item.variant,
        period=item.period,
        granted_on=item.granted_on,
        open_ended=Period.parse(item.period).kind == "month",
        applied_on=item.applied_on,
        cost=None if item.cost is None else Money.yuan(item.cost),
        days=item.days,
        benefits=replies.benefits(item.benefits),
    )


def _grant(
    award_id: str,
    claim: Claim,
    people: People,
    known: KnownAwards,
    rules_on: Callable[[date], RuleView],
) -> Award:
    if claim.person_id not in people:
        raise repository.unknown_person()
    region, holder = people[claim.person_id]
    scheme = Scheme.of(rules_on(claim.granted_on).within(RegionCode(region)), claim.scheme)
    variant, period = scheme.variant(claim.variant), scheme.period(claim.period)
    decision = decide(scheme, holder, claim.granted_on, variant)
    decision += check_first(scheme, period, claim.applied_on or claim.granted_on, claim.granted_on)
    # An award that cannot be priced would hold up the whole run.
    then = replace(scheme, rules=rules_on(period.start).within(RegionCode(region)))
    amount, _ = price(then, variant, Basis(claim.cost, claim.days))
    decision += decide_overlaps(scheme, claim.benefits, known.schemes_beside(claim), amount)
    return Award(
        id=award_id,
        ref=claim.ref,
        person_id=claim.person_id,
        scheme=scheme.code,
        variant=variant,
        period=period.text,
        last_period=None if scheme.open_ended else period.text,
        sole=scheme.open_ended or scheme.once,
        region=region,
        granted_on=claim.granted_on,
        decision=decision,
        cost=claim.cost,
        days=claim.days,
        applied_on=claim.applied_on,
        household_id=holder.household_id,
        for_household=scheme.for_household,
    )


def open_awards(tx: Transaction, events: Sequence[Received]) -> None:
    """Open the awards that enrolments lead to, the first enrolment of a person and a period counting.

    Who may be enrolled was decided where it was done, and the event says where it counts.
    """
    rules_on = cache(tx.rules.at)
    enrolled = {each.event.person_id for each in events if isinstance(each.event, rehab.PersonEnrolled)}
    heads = repository.heads(tx, enrolled)
    opened: dict[tuple[str, str, str], tuple[Award, Received]] = {}
    for received in events:
        event = received.event
        if isinstance(event, rehab.PersonEnrolled):
            rules = rules_on(event.enrolled_on).within(RegionCode(event.region))
            programme = f"{received.source}.{event.programme}"
            for scheme in Scheme.opened_by_enrolment(rules, programme):
                award = _opened(tx.new_id(), heads[event.person_id], scheme, event)
                opened.setdefault(award.key, (award, received))
    if not opened:
        return
    known = {award.key for award in repository.known_awards(tx, (), heads)}
    new = [(award, received) for key, (award, received) in opened.items() if key not in known]
    repository.add_awards(tx, (award for award, _ in new))
    for award, received in new:
        tx.record(_award_granted(award), received)
    close_granted(tx, [award for award, _ in new])


def _opened(award_id: str, person_id: str, scheme: Scheme, event: rehab.PersonEnrolled) -> Award:
    period = Period.of(event.enrolled_on, scheme.cadence).text
    [only, *others] = scheme.variants
    # A programme without modes opens a scheme of one kind.
    variant = only if event.mode is None and not others else scheme.variant(event.mode)
    return Award(
        id=award_id,
        enrolment_id=event.enrolment_id,
        person_id=person_id,
        scheme=scheme.code,
        variant=variant,
        period=period,
        last_period=period,
        sole=scheme.once,
        region=event.region,
        granted_on=event.enrolled_on,
        decision=[step(scheme.opened_by, "")],
    )


def _award_granted(award: Award) -> messages.AwardGranted:
    return messages.AwardGranted(
        region=award.region,
        award_id=award.id,
        person_id=award.person_id,
        scheme=award.scheme,
        variant=award.variant,
        period=award.period,
        granted_on=award.granted_on,
        ahead=Period.parse(award.period).start > award.granted_on,
    )
