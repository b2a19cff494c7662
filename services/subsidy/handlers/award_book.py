"""Awards of some people while news of them are gone through: each change is made, kept and told."""

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache

from chassis.stream import Received
from chassis.transaction import Transaction
from contracts import subsidy as messages
from contracts.message import Event
from kernel.periods import Period
from kernel.regions import RegionCode
from services.subsidy import change_repository
from services.subsidy.change_repository import Followed
from services.subsidy.domain.award import Award
from services.subsidy.domain.changes import Change, News, Past, changes
from services.subsidy.domain.eligibility import Holder
from services.subsidy.domain.outreach import Grounds
from services.subsidy.domain.schemes import Scheme
from services.subsidy.handlers.known_facts import Known
from services.subsidy.handlers.leads import close_granted
from services.subsidy.handlers.prospects import Prospect, raise_leads, still_unserved


@dataclass
class Book:
    """Awards as they stand while changes follow, what followed, the new awards and those resumed among them,
    and whom to ask.

    ended: why the awards that have an end ended.
    """

    tx: Transaction
    awards: dict[str, Award]
    ended: dict[str, str] = field(default_factory=dict)
    followed: list[Followed] = field(default_factory=list)
    new: list[Award] = field(default_factory=list)
    resumed: list[Award] = field(default_factory=list)
    prospects: list[Prospect] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._rules_on = cache(self.tx.rules.at)
        self._touched: dict[str, Award] = {}

    def judge(
        self,
        award: Award,
        now: Known,
        before: Holder | None,
        news: News,
        cause: str,
        received: Received | None,
    ) -> None:
        """Let the news change one award. before: None for one that another award has followed."""
        scheme = self._scheme(award.scheme, award.region, max(news.day, award.granted_on))
        past = None if before is None else Past(before, self.ended.get(award.id))
        for change in changes(scheme, award, now.holder, news, past):
            if change.action == "ask" or (
                change.action == "resume" and not same_county(now.region, award.region)
            ):
                self._ask(change, award, now)
            else:
                award = self._follow(award, change, cause, received)

    def save(self) -> None:
        """Write everything down."""
        change_repository.save(self.tx, self.followed, self._touched, self.new)
        close_granted(self.tx, self.resumed)
        raise_leads(self.tx, still_unserved(self.tx, self.prospects))

    def _scheme(self, code: str, region: str, day: date) -> Scheme:
        return Scheme.of(self._rules_on(day).within(RegionCode(region)), code)

    def _ask(self, change: Change, award: Award, now: Known) -> None:
        day = max(change.happened_on, award.granted_on)
        scheme = self._scheme(award.scheme, now.region, day)
        grounds = Grounds.of(scheme, now.holder, day, self._rules_on(day))
        if grounds is not None:
            rule = scheme.stated(f"stop.{change.reason}")
            why = rule.title if rule and rule.title else f"停发：{change.reason}"
            grounds = replace(grounds, to_check=(f"{why}，已发放至{award.last_period}", *grounds.to_check))
            about = (now.person_id, now.region, award.scheme, change.period, change.happened_on)
            self.prospects.append(Prospect(*about, cause="ended_award", grounds=grounds))

    def _follow(self, award: Award, change: Change, cause: str, received: Received | None) -> Award:
        """Make one change; returns the award that goes on."""
        followed = Followed(self.tx.new_id(), award, change, cause)
        self.followed.append(followed)
        goes_on = self._changed(followed)
        if change.action == "resume":
            self.resumed.append(goes_on)
        self.tx.record(_told(followed, goes_on), received)
        return goes_on

    def _changed(self, followed: Followed) -> Award:
        award, change = followed.award, followed.change
        match change.action:
            case "stop":
                self.ended[award.id] = change.reason
                return self._put(replace(award, last_period=change.period, sole=False))
            case "hold":
                return self._put(replace(award, held_from=change.period))
            case "release":
                return self._put(replace(award, held_from=None))
        assert change.variant is not None  # noqa: S101 - a regrade and a resumption name it
        goes_on = replace(award, variant=change.variant)
        if change.action == "resume":
            goes_on = replace(goes_on, last_period=None, sole=True, held_from=None)
        if change.period <= award.period:
            granted = award.granted_variant or award.variant
            return self._put(replace(goes_on, granted_variant=granted))
        if change.action == "regrade":
            before = Period.parse(change.period).previous().text
            self._put(replace(award, last_period=before, sole=False))
        successor = replace(
            goes_on,
            id=self.tx.new_id(),
            # The office has no number for it; that of the change is in no file of an office.
            ref=followed.id,
            period=change.period,
            granted_on=change.happened_on,
            applied_on=None,
            decision=change.decision,
            granted_variant=None,
        )
        self.new.append(successor)
        return self._put(successor)

    def _put(self, award: Award) -> Award:
        self.awards[award.id] = self._touched[award.id] = award
        return award


def same_county(region: str, other: str) -> bool:
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
    follows = {
        "variant": goes_on.variant,
        "successor_id": goes_on.id,
        "first_period": goes_on.period if goes_on.id == award.id else change.period,
    }
    if change.action == "resume":
        return messages.AwardResumed(**about | follows, resumed_on=change.happened_on)
    return messages.AwardRegraded(
        **about | follows, previous_variant=award.variant, regraded_on=change.happened_on
    )
