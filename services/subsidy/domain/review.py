"""Reviews of awards that go on from month to month (定期复核): when they are due, and what comes of them."""

from dataclasses import dataclass
from datetime import date, timedelta

from kernel.errors import Conflict, Invalid
from kernel.periods import Period
from services.subsidy.domain.award import Award, Trace
from services.subsidy.domain.schemes import Scheme
from services.subsidy.domain.wording import step

REVIEWED = "reviewed"
OVERDUE = "review_overdue"


@dataclass(frozen=True, slots=True)
class Review:
    """What came of a review, as the office tells it. reason, happened_on: of an award that is to stop."""

    award_id: str
    outcome: str
    means: str
    reviewed_on: date
    document: str
    reason: str | None
    happened_on: date | None

    def check(self, award: Award, today: date) -> None:
        """Whether it can be recorded.

        Raises Invalid("subsidy.review_reason") unless exactly what is to stop has a reason and its day,
        Invalid("subsidy.review_day") for a review before the grant or after today, and
        Conflict("subsidy.award_ended") for an award that has ended and has no month that waits for a review.
        """
        told = [each for each in (self.reason, self.happened_on) if each is not None]
        if len(told) != (2 if self.outcome == "to_stop" else 0):
            raise Invalid(
                "subsidy.review_reason",
                "What is to stop needs a reason and its day; what stands has neither.",
                field="reason",
            )
        if not award.granted_on <= self.reviewed_on <= today:
            raise Invalid(
                "subsidy.review_day",
                "A review lies between the grant and today; correct its day.",
                field="reviewed_on",
            )
        if award.last_period is not None and award.review_held_from is None:
            raise Conflict(
                "subsidy.award_ended", "The award has ended; there is nothing to review.", award_id=award.id
            )


def due_on(scheme: Scheme, since: date) -> date | None:
    """The last day of the next review: of the month that lies so many months after that of the last one, or
    of the grant. None where the scheme has no rule of how often.
    """
    rule = scheme.stated("review_months")
    if rule is None:
        return None
    month = Period.of(since, "month")
    for _ in range(rule.integer):
        month = month.next()
    return month.last_day


def latest_since(months: int, due_by: date) -> date:
    """The last day from which a review every so many months is due by that day."""
    month = Period.of(due_by + timedelta(days=1), "month")
    for _ in range(months + 1):
        month = month.previous()
    return month.last_day


def held(scheme: Scheme, due: date) -> tuple[str, Trace] | None:
    """The first month that waits for a review that was due on that day; None where the award is paid on."""
    rule = scheme.stated(OVERDUE)
    if rule is None:
        return None
    month = Period.of(due + timedelta(days=1), "month")
    first = month if rule.text == "this_month" else month.next()
    return first.text, [step(rule, f"复核逾期，自{first.text}起暂停发放。")]


def released(scheme: Scheme, held_from: str) -> Trace:
    """Why the months that waited are due after all."""
    rule = scheme.stated(OVERDUE) or scheme.stated("review_months")
    return [step(rule, f"已复核，自{held_from}起暂停的月份补发。")] if rule else []
