"""Outreach (政策找人): on what grounds somebody is asked, and how a lead is followed up."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from typing import Self

from kernel import ladder
from kernel.errors import Invalid
from kernel.ladder import Ladder
from kernel.periods import Period
from kernel.rulebook import RuleView
from kernel.steps import Step
from services.subsidy.domain.award import Award, Trace
from services.subsidy.domain.eligibility import Finding, Holder, judge
from services.subsidy.domain.schemes import Scheme
from services.subsidy.domain.wording import step

OPEN = ("found", "contacted", "applied")
"""The states of a lead that somebody still works on."""
DECLINED = ("not_wanted", "not_entitled")
"""The states in which a lead ended without an award."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why somebody is asked. variant: the first that they fit. rules: those that they fit. to_check: what is
    not known, in Chinese.

    digest: of the rules and of the facts that they were applied to; another one is another question.
    """

    variant: str
    rules: Trace
    to_check: tuple[str, ...]
    digest: str

    @classmethod
    def of(cls, scheme: Scheme, holder: Holder, day: date, rules: RuleView) -> Self | None:
        """None for somebody who is entitled to no variant by what is known."""
        found = _fitting(scheme, holder, day)
        if found is None:
            return None
        variant, fitting = found
        trace = [step(finding.rule, "") for finding in fitting]
        key = f"outreach.to_check.{scheme.code}"
        to_check = list(rules[key].texts) if key in rules else []
        to_check += [_UNKNOWN[finding.broken] for finding in fitting if finding.broken]
        applied = [[each["rule"], each["value"], each["from"]] for each in trace]
        facts = asdict(holder)
        # A renewal is no other question.
        certified = any(key.startswith(f"{scheme.code}.certificate") for key, _, _ in applied)
        if facts.pop("expires_on") is None and certified:
            to_check.append("残疾人证有效期")
        text = json.dumps([applied, facts], sort_keys=True, ensure_ascii=False, default=sorted)
        return cls(variant, trace, tuple(to_check), sha256(text.encode()).hexdigest())


_UNKNOWN = {"age_unknown": "年龄", "household_not_admitted": "家庭困难情况"}
"""What is to be asked where a requirement is broken only because the copy does not know."""


def _fitting(scheme: Scheme, holder: Holder, day: date) -> tuple[str, list[Finding]] | None:
    """The first variant that the person fits, as far as the copy knows, and its requirements."""
    for variant in scheme.variants:
        findings = list(judge(scheme, holder, day, variant))
        if all(_fits(finding, holder) for finding in findings):
            return variant, findings
    return None


def _fits(finding: Finding, holder: Holder) -> bool:
    if finding.broken == "household_not_admitted":
        return holder.flags is None
    return finding.broken is None or finding.broken == "age_unknown"


@dataclass(frozen=True, slots=True)
class Lead(ladder.Standing):
    """Where a lead stands. reason: why the person is not entitled."""

    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Act(ladder.Act):
    """One step of a lead."""

    reason: str | None = None


_STEPS = Ladder[Lead](
    "subsidy.lead",
    {
        "contact": (Step(("found",)), "contacted"),
        "apply": (Step(("found", "contacted")), "applied"),
        "decline": (Step(OPEN), "not_wanted"),
        "exclude": (Step(OPEN, frozenset({"reason"})), "not_entitled"),
    },
)


def follow_up(lead: Lead, act: Act, rules: RuleView) -> Lead:
    """The lead after the step. Raises as Ladder.decide does, and Invalid("subsidy.unknown_reason")."""
    after = _STEPS.decide(lead, act, rules)
    if act.reason is not None and act.reason not in rules["outreach.reasons"].texts:
        raise Invalid(
            "subsidy.unknown_reason",
            "The rules know no such reason on that day; choose one that outreach.reasons lists.",
            field="reason",
        )
    return after


def covers(award: Award, scheme: str, period: str) -> bool:
    """Whether an award is what somebody would be asked to apply for. One paid monthly may begin later."""
    last = None if Period.parse(period).kind == "month" else period
    return award.scheme == scheme and award.rules_out(period, last)
