"""What a person has besides: benefits that go with a scheme, exclude it, or the higher of which is chosen.

A benefit is another scheme of this service, or one that others give and the office states with the claim
(工伤生活护理费, 养老护理补贴 …). Which goes with which is a rule for each pair: `<code>.overlap.<benefit>`.
"""

from collections.abc import Iterable

from kernel.errors import Invalid, Refusal
from kernel.money import Money
from kernel.rule_values import RuleValue
from services.subsidy.domain.award import Benefit, Trace
from services.subsidy.domain.schemes import Scheme
from services.subsidy.domain.wording import step

OVERLAPS = ("stack", "excluded", "choose_higher")


def decide_overlaps(
    scheme: Scheme, stated: Iterable[Benefit], schemes_held: Iterable[str], amount: Money
) -> Trace:
    """The rules by which the scheme goes with what the person has besides, to be stored with the award.

    stated: benefits that others give. schemes_held: schemes granted here for the same period; without a rule
    they go together. amount: what the scheme would pay for a period.
    Raises Refusal("subsidy.benefit_excludes"), Refusal("subsidy.higher_benefit_kept") when the other one is
    at least as high, Invalid("subsidy.unknown_benefit") and Invalid("subsidy.benefit_amount_needed").
    """
    trace: Trace = []
    for benefit in stated:
        rule = scheme.stated(f"overlap.{benefit.code}")
        if rule is None:
            raise Invalid(
                "subsidy.unknown_benefit",
                f"Scheme {scheme.code} has no rule for that benefit; state one that its rule file names.",
                scheme=scheme.code,
                field="benefits",
            )
        trace.append(_decided(scheme, rule, benefit, amount))
    for code in schemes_held:
        if (rule := scheme.stated(f"overlap.{code}")) is not None:
            trace.append(_decided(scheme, rule, Benefit(code), amount))
    return trace


def _decided(scheme: Scheme, rule: RuleValue, benefit: Benefit, amount: Money) -> dict[str, str]:
    if rule.text == "excluded":
        raise _refused("benefit_excludes", "is not for those who draw the other benefit", scheme, rule)
    if rule.text == "choose_higher":
        if benefit.amount is None:
            raise Invalid(
                "subsidy.benefit_amount_needed",
                "The higher of the two is paid; state what the other benefit amounts to.",
                scheme=scheme.code,
                field="benefits",
            )
        if benefit.amount >= amount:
            problem = "is not higher than the other benefit, which the person keeps"
            raise _refused("higher_benefit_kept", problem, scheme, rule)
        return step(rule, f"本补贴{amount}元高于另一待遇{benefit.amount}元，发放本补贴，另一待遇应予停发。")
    return step(rule, "")


def _refused(broken: str, problem: str, scheme: Scheme, rule: RuleValue) -> Refusal:
    return Refusal(
        f"subsidy.{broken}",
        f"Scheme {scheme.code} {problem} ({rule.document}).",
        scheme=scheme.code,
        rule=rule.key,
    )
