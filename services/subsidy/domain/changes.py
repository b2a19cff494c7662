"""What news of a person do to an award paid monthly: it stops, is held, goes on, changes its variant, or is
resumed after its end.

Everything by dated rules: a scheme that has no rule for a reason leaves the award to the office.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from kernel.periods import Period
from services.subsidy.domain.award import Award, Trace
from services.subsidy.domain.duration import EXPIRED, last_month
from services.subsidy.domain.eligibility import Finding, Holder, judge
from services.subsidy.domain.resumption import priced, resumed
from services.subsidy.domain.schemes import Scheme
from services.subsidy.domain.wording import step

Action = Literal["stop", "hold", "release", "regrade", "resume", "ask"]
KEEP = "keep"
FREEZES = (KEEP, "this_month", "next_month")

ENTITLED_NO_MORE = "no_longer_entitled"
_REASONS = {
    EXPIRED: EXPIRED,
    "grade_not_admitted": "grade_changed",
    "household_excluded": "matched",
}
"""Reasons of a stop by the requirement broken; for any other, and without a rule, ENTITLED_NO_MORE."""


@dataclass(frozen=True, slots=True)
class News:
    """What came to be known, apart from the facts themselves. day: from which it holds.

    ends: the reason for which awards end whatever else holds, as a death. frozen: why the certificate was
    frozen.
    """

    day: date
    ends: str | None = None
    frozen: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What follows for an award.

    period: the last month that is paid of a stop; the first month that it is about of anything else.
    variant: the one that follows, of a regrade, and of an award that is resumed, or that the person is to be
    asked for. decision: the rules applied, for the trace.
    """

    action: Action
    reason: str
    happened_on: date
    period: str
    decision: Trace
    variant: str | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """How things stood before the news. ended: why the award ended, None where it did not or nobody knows."""

    holder: Holder
    ended: str | None = None


def changes(
    scheme: Scheme, award: Award, holder: Holder, news: News, past: Past | None = None
) -> list[Change]:
    """What the news do to the award, in their order; nothing when it goes on as it is.

    holder: the person as known with the news. While a certificate is frozen the rest is judged as if it were
    valid, so that the person is paid, or held, until the freeze ends.
    past: None for an award that is not to be resumed, whatever the news.
    """
    if news.ends is not None:
        return [*_stop(scheme, award, news.ends, news.day, [])]
    if news.frozen is not None:
        return [*_hold(scheme, award, news.frozen, news.day)]
    released = [] if holder.frozen else [*_release(scheme, award, news.day)]
    if past is not None and past.ended is not None:
        resumed = [*_resume(scheme, award, holder, news.day, past.holder, past.ended)]
        if resumed:
            return released + resumed
    return released + _judged(scheme, award, holder, news, past)


def _judged(scheme: Scheme, award: Award, holder: Holder, news: News, past: Past | None) -> list[Change]:
    """What follows from the facts as known with the news."""
    if award.last_period is not None and award.last_period < Period.of(news.day, "month").text:
        return []  # it was over before
    facts = replace(holder, certified=True) if holder.frozen else holder
    # News from before the grant do not make the person younger than on that day.
    day = max(news.day, award.granted_on)
    broken = [each for each in judge(scheme, facts, day, award.variant) if each.broken]
    if not broken:
        return _lapsed(scheme, award, holder, news.day, past.holder) if past else []
    if regraded := [*_regrade(scheme, award, facts, news.day, day, broken[0])]:
        return regraded
    # Of several requirements broken the one that ends it first, whichever was looked at first.
    ends = [end for each in broken for end in _end(scheme, award, holder, news.day, each)]
    return sorted(ends, key=lambda end: end.period)[:1]


def _end(scheme: Scheme, award: Award, holder: Holder, day: date, broken: Finding) -> Iterator[Change]:
    reason = _REASONS.get(str(broken.broken), ENTITLED_NO_MORE)
    expired = broken.broken == EXPIRED
    since = holder.expires_on if expired and holder.expires_on else day
    return _stop(scheme, award, reason, since, [step(broken.rule, "不符合。")])


def _stop(scheme: Scheme, award: Award, reason: str, day: date, why: Trace) -> Iterator[Change]:
    for each in (reason, ENTITLED_NO_MORE):
        if (rule := scheme.stated(f"stop.{each}")) is None:
            continue
        last, decision = last_month(scheme, each, day)
        period = last.text
        if award.held_from is not None and award.held_from <= period:
            period = _before(award.held_from)
            # Said, for nobody else would tell the person that these months are not paid any more.
            outcome = f"自{award.held_from}起暂停的月份不再补发，发放至{period}。"
            decision = [*decision, step(rule, outcome)]
        if award.last_period is None or period < award.last_period:
            yield Change("stop", each, day, period, why + decision)
        return


def _lapsed(scheme: Scheme, award: Award, holder: Holder, day: date, before: Holder) -> list[Change]:
    """The end and the resumption of an award whose certificate had expired before it was renewed, where the
    daily look has not seen it.
    """
    if award.last_period is not None or before.expires_on is None or day <= before.expires_on:
        return []
    broken = next((each for each in judge(scheme, before, day, award.variant) if each.broken), None)
    if broken is None or broken.broken != EXPIRED:
        return []
    found = [*_stop(scheme, award, EXPIRED, before.expires_on, [step(broken.rule, "不符合。")])]
    for stop in list(found):
        over = replace(award, last_period=stop.period)
        found += _resume(scheme, over, holder, day, before, EXPIRED)
    return found


def _resume(
    scheme: Scheme, award: Award, holder: Holder, day: date, before: Holder, ended: str
) -> Iterator[Change]:
    """The award goes on, or its person is to be asked, when the news make them entitled again."""
    found = resumed(scheme, award, holder, before, day, ended)
    if found is not None:
        yield Change(
            "ask" if found.first is None else "resume",
            ended,
            day,
            found.first or Period.of(day, "month").text,
            found.decision,
            found.variant,
        )


def _hold(scheme: Scheme, award: Award, reason: str, day: date) -> Iterator[Change]:
    rule = scheme.stated(f"freeze.{reason}")
    if rule is None or rule.text == KEEP or award.held_from is not None:
        return
    month = Period.of(day, "month")
    first = month if rule.text == "this_month" else month.next()
    if award.last_period is not None and award.last_period < first.text:
        return
    yield Change("hold", reason, day, first.text, [step(rule, f"自{first.text}起暂停发放。")])


def _release(scheme: Scheme, award: Award, day: date) -> Iterator[Change]:
    if award.held_from is None:
        return
    rule = scheme.stated("certificate", award.variant)
    outcome = f"冻结已解除，恢复发放，自{award.held_from}起暂停的月份补发。"
    yield Change("release", "thawed", day, award.held_from, [step(rule, outcome)] if rule else [])


def _regrade(
    scheme: Scheme, award: Award, facts: Holder, since: date, day: date, broken: Finding
) -> Iterator[Change]:
    """The first variant, in the order of the scheme, that admits the person and has a rate."""
    rule = scheme.stated("regraded_from")
    if rule is None:
        return
    month = Period.of(since, "month")
    first = month if rule.text == "this_month" else month.next()
    if award.last_period is not None and award.last_period < first.text:
        return
    for variant in scheme.variants:
        findings = list(judge(scheme, facts, day, variant))
        if any(each.broken for each in findings) or not priced(scheme, variant):
            continue
        why = [step(broken.rule, "不符合原档次。"), *(step(each.rule, "符合。") for each in findings)]
        decision = [*why, step(rule, f"自{max(first.text, award.period)}起按新档次发放。")]
        yield Change("regrade", "facts_changed", since, first.text, decision, variant)
        return


def _before(month: str) -> str:
    return Period.parse(month).previous().text
