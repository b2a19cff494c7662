"""What becomes of awards when the registry tells of their persons, or a certificate's last day passes.

Decided once, in the transaction in which the event is taken. A rebuild makes the copies of facts anew, beside
the awards: it decides nothing (decision 0014).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache

from chassis.jobs import Job
from chassis.stream import Received
from chassis.transaction import Transaction
from contracts import registry
from contracts import subsidy as messages
from contracts.message import Event
from kernel.periods import Period
from kernel.regions import RegionCode
from services.subsidy import change_repository
from services.subsidy.change_repository import Followed
from services.subsidy.domain.award import Award
from services.subsidy.domain.changes import Change, News, changes
from services.subsidy.domain.eligibility import Holder
from services.subsidy.domain.schemes import Scheme
from services.subsidy.handlers.copies import HOUSEHOLD_CHANGES, PERSON_CHANGES
from services.subsidy.known_facts import KnownFacts, people_of

JOB = "subsidy.certificates"
AWARDS_PER_STEP = 500

_BEGINNINGS = {registry.PersonRegistered, registry.CertificateIssued, registry.HouseholdRegistered}
_DECIDING = ({*PERSON_CHANGES} | {*HOUSEHOLD_CHANGES}) - _BEGINNINGS
"""Events after which an award may have to change. A first certificate ends none, and brings none back."""
_ENDS = {"death": "death", "moved_away": "moved_away", "not_moved": "moved_away"}
"""Reasons of a cancellation for which awards end, whatever the scheme asks for."""


@dataclass
class Book:
    """Awards as they stand while changes follow, what followed, and the new awards among them."""

    tx: Transaction
    awards: dict[str, Award]
    followed: list[Followed] = field(default_factory=list)
    new: list[Award] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._rules_on = cache(self.tx.rules.at)
        self._touched: dict[str, Award] = {}

    def judge(self, award: Award, holder: Holder, news: News, cause: str, received: Received | None) -> None:
        """Let the news change one award."""
        rules = self._rules_on(max(news.day, award.granted_on)).within(RegionCode(award.region))
        for change in changes(Scheme.of(rules, award.scheme), award, holder, news):
            award = self._follow(award, change, cause, received)

    def save(self) -> None:
        """Write everything down."""
        change_repository.save(self.tx, self.followed, self._touched, self.new)

    def _follow(self, award: Award, change: Change, cause: str, received: Received | None) -> Award:
        """Make one change; returns the award that goes on."""
        followed = Followed(self.tx.new_id(), award, change, cause)
        self.followed.append(followed)
        goes_on = self._changed(followed)
        self.tx.record(_told(followed, goes_on), received)
        return goes_on

    def _changed(self, followed: Followed) -> Award:
        award, change = followed.award, followed.change
        match change.action:
            case "stop":
                return self._put(replace(award, last_period=change.period, sole=False))
            case "hold":
                return self._put(replace(award, held_from=change.period))
            case "release":
                return self._put(replace(award, held_from=None))
        assert change.variant is not None  # noqa: S101 - a regrade names it
        if change.period <= award.period:
            return self._put(replace(award, variant=change.variant))
        before = Period.parse(change.period).previous().text
        self._put(replace(award, last_period=before, sole=False))
        successor = replace(
            award,
            id=self.tx.new_id(),
            # The office has no number for it; that of the change is in no file of an office.
            ref=followed.id,
            variant=change.variant,
            period=change.period,
            granted_on=change.happened_on,
            applied_on=None,
            decision=change.decision,
        )
        self.new.append(successor)
        return self._put(successor)

    def _put(self, award: Award) -> Award:
        self.awards[award.id] = self._touched[award.id] = award
        return award


def follow_news(tx: Transaction, events: Iterable[Received]) -> None:
    """Decide on awards paid monthly, event by event in their order; call it before the copies change."""
    told = [(received, received.event) for received in events if type(received.event) in _DECIDING]
    plain = [event for _, event in told if event is not None]
    if not plain:
        return
    people = people_of(tx, plain)
    book = Book(tx, change_repository.monthly(tx, people))
    if not book.awards:
        return
    facts = KnownFacts(tx, people, plain)
    for received, event in told:
        assert event is not None  # noqa: S101 - of a class above
        touched = facts.fold(event)
        for award in [each for each in book.awards.values() if each.person_id in touched]:
            book.judge(award, facts.holder(award.person_id), _news(event, award), received.id, received)
    book.save()


def certificate_step(tx: Transaction, job: Job) -> bool:
    """Stop the next awards whose certificate's last day has passed, which no event tells, and those granted
    while the news that would have stopped them came in.
    """
    day = date.fromisoformat(job.key)
    found = change_repository.without_certificate(tx, day, job.cursor.get("award_id", ""), AWARDS_PER_STEP)
    book = Book(tx, {award.id: award for award, _ in found})
    for award, holder in found:
        book.judge(award, holder, News(day), f"day {job.key}", None)
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
        case registry.CertificateMovedIn() if not _same_county(event.region, award.region):
            return News(event.day, ends="moved_away")
        case registry.CertificateFrozen():
            return News(event.day, frozen=event.reason)
        case registry.PersonCorrected():
            return News(event.effective_on)
    return News(event.day)


def _same_county(region: str, other: str) -> bool:
    """Whether one county pays for both: the hukou's county does (rules: decided by the place of hukou)."""
    return RegionCode(region).at_level("county") == RegionCode(other).at_level("county")


def _told(followed: Followed, goes_on: Award) -> Event:
    award, change = followed.award, followed.change
    about = {
        "region": award.region,
        "award_id": award.id,
        "person_id": award.person_id,
        "scheme": award.scheme,
        "variant": award.variant,
        "reason": change.reason,
    }
    match change.action:
        case "stop":
            return messages.AwardStopped(**about, last_period=change.period, stopped_on=change.happened_on)
        case "hold":
            return messages.AwardHeld(**about, first_period=change.period, held_on=change.happened_on)
        case "release":
            return messages.AwardReleased(**about, first_period=change.period, released_on=change.happened_on)
    return messages.AwardRegraded(
        **about | {"variant": goes_on.variant},
        previous_variant=award.variant,
        successor_id=goes_on.id,
        first_period=goes_on.period if goes_on.id == award.id else change.period,
        regraded_on=change.happened_on,
    )
