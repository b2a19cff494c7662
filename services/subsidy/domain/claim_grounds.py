"""On what grounds a claim is refused, and from which period one is granted."""

from collections.abc import Callable
from datetime import date

from kernel.errors import Conflict, Invalid, Refusal
from kernel.periods import Period
from kernel.rulebook import RuleView
from services.subsidy.domain.award import Trace
from services.subsidy.domain.eligibility import Holder, judged
from services.subsidy.domain.schemes import Scheme
from services.subsidy.domain.wording import step


def stated_grounds(reason: str, rules: RuleView) -> Trace:
    """The rule `claims.refusal.<reason>`: what no copy tells, so that somebody states it.

    Raises Invalid("subsidy.unknown_reason").
    """
    key = f"claims.refusal.{reason}"
    if key not in rules:
        raise Invalid(
            "subsidy.unknown_reason",
            "The rules know no such reason on that day; choose one that has a rule claims.refusal.<reason>.",
            field="reason",
        )
    return [step(rules[key], "不予批准。")]


def found_grounds(
    scheme: Scheme, holder: Holder, day: date, variant: str, admit: Callable[[], object]
) -> tuple[str, Trace]:
    """The rules of the scheme that do not admit the person: the reason, and all rules with their outcome.

    admit: grants, or raises the rule that forbids it. Raises Conflict("subsidy.entitled") when none does.
    """
    broken, trace = judged(scheme, holder, day, variant)
    if broken is not None:
        return broken, trace
    try:
        admit()
    except Refusal as refusal:
        if "rule" not in refusal.facts or str(refusal.facts["rule"]) not in scheme.rules:
            raise
        rule = scheme.rules[str(refusal.facts["rule"])]
        return refusal.code.rpartition(".")[2], [*trace, step(rule, "不符合。")]
    raise Conflict(
        "subsidy.entitled",
        "The scheme's rules admit the person; give a reason that has a rule claims.refusal.<reason>.",
        field="reason",
    )


def first_period(scheme: Scheme, asked: str | None, applied_on: date, granted_on: date) -> str:
    """The year, or the first month that is paid: what was asked for, else by the scheme's rule paid_from.

    Raises Invalid("subsidy.wrong_period").
    """
    if asked is not None:
        return scheme.period(asked).text
    by_grant = scheme.open_ended and scheme.needed("paid_from").text == "decision"
    return Period.of(granted_on if by_grant else applied_on, scheme.cadence).text
