"""Whether a person may be granted a scheme, and by which rules."""

from dataclasses import dataclass
from datetime import date

from kernel.errors import Refusal
from kernel.rule_values import RuleValue
from services.subsidy.domain.award import Trace
from services.subsidy.domain.schemes import OFFICE, Scheme


@dataclass(frozen=True, slots=True)
class Holder:
    """What is known of a person's certificate. category, grade and expires_on are None without one."""

    certified: bool
    category: str | None
    grade: int | None
    expires_on: date | None


def decide(scheme: Scheme, holder: Holder, day: date) -> Trace:
    """The rules that admit the person on that day, to be stored with the award.

    A certificate counts on its last day too. Raises Refusal with the rule broken: "subsidy.opened_by_enrolment",
    "subsidy.certificate_required", "subsidy.certificate_expired", "subsidy.category_not_admitted" or
    "subsidy.grade_not_admitted". The texts never tell category or grade, which are health data.
    """
    if scheme.opened_by.text != OFFICE:
        raise _refusal(
            "opened_by_enrolment", "is granted by enrolling the person in its programme", scheme, scheme.opened_by
        )
    if (rule := scheme.certificate) and rule.switch:
        if not holder.certified:
            raise _refusal("certificate_required", "is for holders of a valid certificate only", scheme, rule)
        if holder.expires_on is not None and holder.expires_on < day:
            raise _refusal("certificate_expired", "requires the certificate to be renewed first", scheme, rule)
    if (rule := scheme.categories) and holder.category not in rule.texts:
        raise _refusal("category_not_admitted", "doesn't admit this category of disability", scheme, rule)
    if (rule := scheme.grades) and str(holder.grade) not in rule.texts:
        raise _refusal("grade_not_admitted", "doesn't admit this grade of disability", scheme, rule)
    applied = (scheme.opened_by, scheme.certificate, scheme.categories, scheme.grades)
    return [rule.trace() for rule in applied if rule is not None]


def _refusal(broken: str, problem: str, scheme: Scheme, rule: RuleValue) -> Refusal:
    return Refusal(
        f"subsidy.{broken}", f"Scheme {scheme.code} {problem} ({rule.document}).", scheme=scheme.code, rule=rule.key
    )
