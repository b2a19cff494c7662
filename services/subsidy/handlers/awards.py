"""Awards: granted by the office, or opened by an enrolment that another service tells of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache

from chassis.bulk import Bulk
from chassis.stream import Received
from chassis.transaction import Transaction
from contracts import rehab
from contracts import subsidy as messages
from contracts.message import BulkReply
from kernel.errors import NotFound
from kernel.periods import Period
from kernel.rulebook import RuleView
from services.subsidy import repository
from services.subsidy.domain.award import Award, Claim, KnownAwards
from services.subsidy.domain.eligibility import Holder, decide
from services.subsidy.domain.schemes import Scheme

People = Mapping[str, tuple[str, Holder]]


def grant_awards(tx: Transaction, message: messages.GrantAwards) -> BulkReply:
    """Grant what the scheme's rules admit on the day of granting; a claim granted before is left as it is."""
    bulk = Bulk(message)
    items = list(bulk.items())
    heads = repository.heads(tx, {item.person_id for item in items})
    people = repository.people(tx, set(heads.values()))
    known = KnownAwards(repository.known_awards(tx, {item.ref for item in items}, heads))
    rules_on = cache(tx.rules.at)
    new: list[Award] = []
    for entry in bulk:
        with entry.deciding():
            claim = Claim(**entry.item.model_dump())
            claim = replace(claim, person_id=heads[claim.person_id])
            if (before := known.same_as(claim)) is not None:
                tx.within(before.region)
                entry.unchanged(before.id)
            else:
                award = _grant(tx.new_id(), claim, people, rules_on)
                known.add(award)
                new.append(award)
                entry.created(award.id)
    repository.add_awards(tx, new)
    for award in new:
        tx.record(_award_granted(award))
    return bulk.reply()


def _grant(award_id: str, claim: Claim, people: People, rules_on: Callable[[date], RuleView]) -> Award:
    if claim.person_id not in people:
        raise NotFound(
            "subsidy.unknown_person",
            "The person isn't known here, or lives outside the caller's regions; if the registry has just "
            "registered the person, send the award again in a moment, with a new idempotency key.",
            field="person_id",
        )
    region, holder = people[claim.person_id]
    scheme = Scheme.of(rules_on(claim.granted_on), claim.scheme)
    decision = decide(scheme, holder, claim.granted_on)
    variant, period = scheme.variant(claim.variant), scheme.period(claim.period)
    scheme.rate(rules_on(period.start), variant)  # an award without a rate would hold up the whole run
    return Award(
        id=award_id,
        ref=claim.ref,
        person_id=claim.person_id,
        scheme=scheme.code,
        variant=variant,
        period=period.text,
        region=region,
        granted_on=claim.granted_on,
        decision=decision,
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
            rules = rules_on(event.enrolled_on)
            programme = f"{received.source}.{event.programme}"
            for scheme in Scheme.opened_by_enrolment(rules, tx.rules.keys(), programme):
                award = _opened(tx.new_id(), heads[event.person_id], scheme, event)
                opened.setdefault(award.key, (award, received))
    if not opened:
        return
    known = {award.key for award in repository.known_awards(tx, (), heads)}
    new = [(award, received) for key, (award, received) in opened.items() if key not in known]
    repository.add_awards(tx, (award for award, _ in new))
    for award, received in new:
        tx.record(_award_granted(award), received)


def _opened(award_id: str, person_id: str, scheme: Scheme, event: rehab.PersonEnrolled) -> Award:
    return Award(
        id=award_id,
        enrolment_id=event.enrolment_id,
        person_id=person_id,
        scheme=scheme.code,
        variant=scheme.variant(event.mode),
        period=Period.of(event.enrolled_on, scheme.cadence).text,
        region=event.region,
        granted_on=event.enrolled_on,
        decision=[scheme.opened_by.trace()],
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
    )
