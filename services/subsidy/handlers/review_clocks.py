"""Every day: awards whose review is due get on the work list; what is overdue is told, and held by rule."""

from dataclasses import replace
from datetime import date, timedelta

from chassis.jobs import Job
from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.regions import RegionCode
from kernel.rulebook import RuleView
from services.subsidy import change_repository, review_repository
from services.subsidy.change_repository import Followed
from services.subsidy.domain.award import Award
from services.subsidy.domain.changes import Change
from services.subsidy.domain.review import OVERDUE, due_on, held, latest_since
from services.subsidy.domain.schemes import Scheme, parted
from services.subsidy.handlers.reviews import about

JOB = "subsidy.reviews"
AWARDS_PER_STEP = 500
_BEGIN = ("0001-01-01", "")


def review_step(tx: Transaction, job: Job) -> bool:
    """List the next awards, scheme by scheme, then tell of the next that are overdue; true when none is left.

    The cursor holds the scheme and where its awards are.
    """
    day = date.fromisoformat(job.key)
    rules = tx.rules.at(day)
    if not job.cursor:
        review_repository.sweep(tx)
    schemes = sorted(_months(rules))
    past = job.cursor.setdefault("schemes", 0)
    if past < len(schemes):
        page = _list_next(tx, job, schemes[past], rules)
        job.cursor["after"] = page or None
        job.cursor["schemes"] += 0 if page else 1
        return False
    late = review_repository.untold(tx, day, AWARDS_PER_STEP)
    if late:
        _tell(tx, job, late, rules)
    return not late


def _months(rules: RuleView) -> dict[str, int]:
    """The least months between reviews of any division, by scheme."""
    found: dict[str, int] = {}
    for key in rules.keys():  # noqa: SIM118 -- no dict
        code, _, name = parted(key)[0].partition(".")
        if name == "review_months":
            found[code] = min(found.get(code, rules[key].integer), rules[key].integer)
    return found


def _list_next(tx: Transaction, job: Job, code: str, rules: RuleView) -> tuple[str, str] | None:
    """Put the next awards of a scheme on the work list; tells the last one looked at."""
    due_by = date.fromisoformat(job.key) + timedelta(days=rules["review.soon_days"].integer)
    after = job.cursor.get("after") or _BEGIN
    since = latest_since(_months(rules)[code], due_by)
    page = review_repository.unlisted(tx, code, since, (after[0], after[1]), AWARDS_PER_STEP)
    # Locked and read again: a review that came between has moved its day.
    due = [
        (award, last)
        for award in review_repository.lock(tx, [award_id for _, award_id in page])
        if (last := due_on(_scheme(award, rules), award.reviewed_on or award.granted_on)) and last <= due_by
    ]
    review_repository.list_due(tx, due)
    job.done += len(due)
    return (page[-1][0].isoformat(), page[-1][1]) if page else None


def _tell(tx: Transaction, job: Job, late: dict[str, date], rules: RuleView) -> None:
    """Tell that reviews are overdue, and hold the awards where their rule says so."""
    awards = review_repository.lock(tx, late)
    # Read again: a review that came between has taken its award off the list.
    still = review_repository.untold(tx, date.fromisoformat(job.key), len(late), late)
    followed: list[Followed] = []
    waiting: dict[str, Award] = {}
    for award in awards:
        if award.id not in still:
            continue
        overdue_on = still[award.id] + timedelta(days=1)
        tx.record(messages.ReviewOverdue(**about(award), overdue_on=overdue_on))
        rule = held(_scheme(award, rules), still[award.id])
        if rule is None or award.review_held_from is not None:
            continue
        first, decision = rule
        change = Change("hold", OVERDUE, overdue_on, first, decision)
        followed.append(Followed(tx.new_id(), award, change, f"day {job.key}"))
        waiting[award.id] = replace(award, review_held_from=first)
        tx.record(messages.AwardHeld(**about(award), reason=OVERDUE, first_period=first, held_on=overdue_on))
    change_repository.save(tx, followed, waiting, [])
    review_repository.told(tx, late)
    job.done += len(still)


def _scheme(award: Award, rules: RuleView) -> Scheme:
    return Scheme(award.scheme, rules.within(RegionCode(award.region)))
