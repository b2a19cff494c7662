"""What becomes of awards when the registry tells of their persons, or a certificate's last day passes.

Decided once, in the transaction in which the event is taken. A rebuild makes the copies of facts anew, beside
the awards: it decides nothing (decision 0014).
"""

from collections.abc import Iterable
from datetime import date

from chassis.jobs import Job
from chassis.stream import Received
from chassis.transaction import Transaction
from contracts import registry
from contracts.message import Event
from services.subsidy import change_repository
from services.subsidy.domain.award import Award
from services.subsidy.domain.changes import News
from services.subsidy.handlers.award_book import Book, same_county
from services.subsidy.handlers.copies import HOUSEHOLD_CHANGES, PERSON_CHANGES
from services.subsidy.handlers.known_facts import Known, KnownFacts, people_of

JOB = "subsidy.certificates"
AWARDS_PER_STEP = 500

_BEGINNINGS = {registry.PersonRegistered, registry.HouseholdRegistered}
_DECIDING = ({*PERSON_CHANGES} | {*HOUSEHOLD_CHANGES}) - _BEGINNINGS
"""Events after which an award may have to change. A new certificate ends none, but may bring one back."""
_ENDS = {"death": "death", "moved_away": "moved_away", "not_moved": "moved_away"}
"""Reasons of a cancellation for which awards end, whatever the scheme asks for."""


def follow_news(tx: Transaction, events: Iterable[Received]) -> None:
    """Decide on awards paid monthly, event by event in their order; call it before the copies change."""
    told = [(received, received.event) for received in events if type(received.event) in _DECIDING]
    plain = [event for _, event in told if event is not None]
    if not plain:
        return
    people = people_of(tx, plain)
    awards = change_repository.monthly(tx, people)
    if not awards:
        return
    over = [award.id for award in awards.values() if award.last_period is not None]
    book = Book(tx, awards, change_repository.ended(tx, over))
    facts = KnownFacts(tx, people, plain)
    for received, event in told:
        assert event is not None  # noqa: S101 - of a class above
        before = facts.fold(event)
        mine = [each for each in book.awards.values() if each.person_id in before]
        for award in mine:
            was = before[award.person_id].holder if _is_last(award, mine, facts) else None
            now = facts.known(award.person_id)
            book.judge(award, now, was, _news(event, award), received.id, received)
    book.save()


def _is_last(award: Award, awards: Iterable[Award], facts: KnownFacts) -> bool:
    """Whether no other award of the scheme, by either record of the person, ends later."""
    return all(
        (other.last_period or "9999-12", other.id) <= (award.last_period or "9999-12", award.id)
        for other in awards
        if other.scheme == award.scheme and facts.head(other.person_id) == facts.head(award.person_id)
    )


def certificate_step(tx: Transaction, job: Job) -> bool:
    """Stop the next awards whose certificate's last day has passed, which no event tells, and those granted
    while the news that would have stopped them came in.
    """
    day = date.fromisoformat(job.key)
    found = change_repository.without_certificate(tx, day, job.cursor.get("award_id", ""), AWARDS_PER_STEP)
    book = Book(tx, {award.id: award for award, _ in found})
    for award, holder in found:
        now = Known(award.person_id, award.region, holder)
        book.judge(award, now, None, News(day), f"day {job.key}", None)
    book.save()
    job.done += len(found)
    if found:
        job.cursor["award_id"] = found[-1][0].id
    return not found


def _news(event: Event, award: Award) -> News:
    match event:
        case registry.CertificateCancelled():
            return News(event.day, ends=_ENDS.get(event.reason))
        case registry.CertificateMovedOut():
            return News(event.day, ends="moved_away")
        case registry.CertificateMovedIn() if not same_county(event.region, award.region):
            return News(event.day, ends="moved_away")
        case registry.CertificateFrozen():
            return News(event.day, frozen=event.reason)
        case registry.PersonCorrected():
            return News(event.effective_on)
    return News(event.day)
