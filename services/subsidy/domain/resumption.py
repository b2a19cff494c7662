"""How an award paid monthly goes on after its end, when its person is entitled again (恢复发放).

By the rule of the reason for which it ended. Where that asks the person first, or there is none, nothing is
granted: somebody has to ask.
"""

from dataclasses import dataclass
from datetime import date

from kernel.errors import Refusal
from kernel.periods import Period
from services.subsidy.domain.amounts import check_priced
from services.subsidy.domain.award import Award, Trace
from services.subsidy.domain.duration import back_paid
from services.subsidy.domain.eligibility import Finding, Holder, judge
from services.subsidy.domain.schemes import Scheme
from services.subsidy.domain.wording import step

ASK = "ask"
WITHOUT_GAP = "without_gap"
RESUMPTIONS = (ASK, WITHOUT_GAP, "this_month", "next_month")


@dataclass(frozen=True, slots=True)
class Resumption:
    """What follows an award that has ended. first: its first month, None where the person is to be asked."""

    variant: str
    first: str | None
    decision: Trace


def resumed(
    scheme: Scheme, award: Award, holder: Holder, before: Holder, day: date, ended: str
) -> Resumption | None:
    """What follows from news of that day for an award that has an end; None where they do not make its
    person entitled again.

    before: the person as known before the news. ended: why the award ended.
    """
    assert award.last_period is not None  # noqa: S101 - one without an end goes on anyhow
    after_end = Period.parse(award.last_period).next()
    # News may be older than the end that they show to be wrong.
    judged_on = max(day, award.granted_on, after_end.start)
    fitting = _fitting(scheme, award, holder, judged_on)
    if fitting is None or _fitting(scheme, award, before, judged_on) is not None:
        return None
    variant, findings = fitting
    decision = [step(each.rule, "符合。") for each in findings]
    rule = scheme.stated(f"resume.{ended}")
    if rule is None or rule.text == ASK:
        return Resumption(variant, None, decision)
    if rule.text == WITHOUT_GAP:
        first = after_end
    else:
        month = Period.of(day, "month")
        first = back_paid(scheme, month if rule.text == "this_month" else month.next())
        first = max(first, after_end, key=lambda each: each.start)
    return Resumption(variant, first.text, [*decision, step(rule, f"自{first.text}起恢复发放。")])


def _fitting(scheme: Scheme, award: Award, holder: Holder, day: date) -> tuple[str, list[Finding]] | None:
    """The variant that admits the person and has a rate, the award's own first, and what was found."""
    for variant in dict.fromkeys((award.variant, *scheme.variants)):
        findings = list(judge(scheme, holder, day, variant))
        if not any(each.broken for each in findings) and priced(scheme, variant):
            return variant, findings
    return None


def priced(scheme: Scheme, variant: str) -> bool:
    """Whether the variant has a rate."""
    try:
        check_priced(scheme, variant)
    except Refusal:
        return False
    return True
