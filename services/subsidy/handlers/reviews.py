"""What came of reviews: an award stands and is paid on, or is stopped by the rule of the reason."""

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any

from chassis import clock
from chassis.bulk import Bulk
from chassis.transaction import Transaction
from contracts import subsidy as messages
from contracts.message import BulkReply
from kernel.errors import Conflict, Invalid, NotFound
from kernel.regions import RegionCode
from services.subsidy import change_repository, review_repository
from services.subsidy.change_repository import Followed
from services.subsidy.domain.award import Award, Stop, Trace
from services.subsidy.domain.changes import Change
from services.subsidy.domain.duration import last_month
from services.subsidy.domain.record import check_same
from services.subsidy.domain.review import REVIEWED, Review, released
from services.subsidy.domain.schemes import Scheme
from services.subsidy.handlers.stops import award_stopped


def record_reviews(tx: Transaction, message: messages.RecordReviews) -> BulkReply:
    """Record reviews, due or not. Where one award followed another one, a review counts for both."""
    bulk = Bulk(message)
    items = list(bulk.items())
    people = review_repository.people_of(tx, {item.award_id for item in items})
    known = review_repository.reviews(tx, {item.ref for item in items})
    book = Book(tx, change_repository.monthly(tx, set(people.values())))
    today = clock.office_day(tx.now)
    for entry in bulk:
        with entry.deciding():
            item: messages.ReviewItem = entry.item
            review = Review(**item.model_dump(exclude={"ref"}))
            if item.award_id not in people:
                raise NotFound(
                    "subsidy.unknown_award",
                    "There is no such award, or it lies outside the caller's regions.",
                    field="award_id",
                )
            if item.ref in known:
                review_id, before = known[item.ref]
                check_same("review", before, review)
                entry.unchanged(review_id)
                continue
            if item.award_id not in book.awards:
                raise Invalid(
                    "subsidy.not_open_ended",
                    "The award is for one period and ends by itself; there is nothing to review.",
                    field="award_id",
                )
            review.check(book.awards[item.award_id], today)
            review_id = tx.new_id()
            book.follow(review_id, review)
            known[item.ref] = book.new[item.ref] = (review_id, review)
            entry.created(review_id)
    book.save()
    return bulk.reply()


@dataclass
class Book:
    """Awards as they stand while reviews follow, and what is to be written."""

    tx: Transaction
    awards: dict[str, Award]
    new: dict[str, tuple[str, Review]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._rules_on = cache(self.tx.rules.at)
        self._touched: dict[str, Award] = {}
        self._followed: list[Followed] = []
        self._stops: list[tuple[Stop, Trace]] = []

    def follow(self, review_id: str, review: Review) -> None:
        """Let a review change the awards of its person and scheme that go on or wait for it."""
        named = self.awards[review.award_id]
        chain = [
            each
            for each in self.awards.values()
            if (each.person_id, each.scheme) == (named.person_id, named.scheme)
            and (each.last_period is None or each.review_held_from is not None)
        ]
        if review.outcome == "to_stop":
            chain = self._stopped(chain, review)
        self.tx.record(
            messages.AwardReviewed(
                **about(named), outcome=review.outcome, means=review.means, reviewed_on=review.reviewed_on
            )
        )
        for award in chain:
            self._release(award, review_id, review)
            day = max(award.reviewed_on or award.granted_on, review.reviewed_on)
            self._put(replace(award, reviewed_on=day, review_held_from=None))

    def save(self) -> None:
        """Write everything down."""
        change_repository.add_stops(self.tx, self._stops)
        change_repository.save(self.tx, self._followed, self._touched, [])
        review_repository.add_reviews(self.tx, self.new, self._touched)

    def _stopped(self, chain: list[Award], review: Review) -> list[Award]:
        """The awards with their last month by the rule of the reason; only an earlier end can follow."""
        assert review.reason is not None and review.happened_on is not None  # noqa: S101, PT018 - checked
        ends = [
            (award, *last_month(self._scheme(award, review.happened_on), review.reason, review.happened_on))
            for award in chain
        ]
        later = [each for each in ends if each[0].last_period is None or each[1].text < each[0].last_period]
        if not later:
            raise Conflict("subsidy.already_stopped", "The award ends by then already.", field="happened_on")
        stopped = {}
        for award, last, decision in later:
            stop_id = self.tx.new_id()
            # The office has no number for the stop; that of the stop itself is in no file of an office.
            stop = Stop(stop_id, stop_id, award.id, review.reason, review.happened_on, last.text)
            self._stops.append((stop, decision))
            self.tx.record(award_stopped(award, stop))
            stopped[award.id] = replace(award, last_period=last.text, sole=False)
        return [stopped.get(award.id, award) for award in chain]

    def _release(self, award: Award, review_id: str, review: Review) -> None:
        """Tell that months which waited for the review are due, if there are any."""
        first = award.review_held_from
        if first is None or (award.last_period is not None and award.last_period < first):
            return
        decision = released(self._scheme(award, review.reviewed_on), first)
        change = Change("release", REVIEWED, review.reviewed_on, first, decision)
        self._followed.append(Followed(self.tx.new_id(), award, change, f"review {review_id}"))
        self.tx.record(
            messages.AwardReleased(
                **about(award), reason=REVIEWED, first_period=first, released_on=review.reviewed_on
            )
        )

    def _scheme(self, award: Award, day: date) -> Scheme:
        return Scheme.of(self._rules_on(day).within(RegionCode(award.region)), award.scheme)

    def _put(self, award: Award) -> None:
        self.awards[award.id] = self._touched[award.id] = award


def about(award: Award) -> dict[str, Any]:
    """What every event of an award tells."""
    return {
        "region": award.region,
        "award_id": award.id,
        "person_id": award.person_id,
        "scheme": award.scheme,
        "variant": award.variant,
    }
