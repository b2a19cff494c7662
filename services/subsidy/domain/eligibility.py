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

    A certificate counts on its last day too. Raises Refusal with the rule broken:
    "subsidy.opened_by_enrolment", "subsidy.certificate_required", "subsidy.certificate_expired",
    "subsidy.category_not_admitted" or "subsidy.grade_not_admitted".
    The texts never tell category or grade, which are health data.
    """
    if scheme.opened_by.text != OFFICE:
        rule = scheme.opened_by
        raise _refusal("opened_by_enrolment", "is granted by enrolling in its programme", scheme, rule)
    required, categories, grades = scheme.certificate, scheme.categories, scheme.grades
    if required and required.switch:
        if not holder.certified:
            raise _refusal(
                "certificate_required", "is for holders of a valid certificate only", scheme, required
            )
        if holder.expires_on is not None and holder.expires_on < day:
            raise _refusal("certificate_expired", "needs the certificate renewed first", scheme, required)
    if categories and holder.category not in categories.texts:
        raise _refusal(
            "category_not_admitted", "does not admit this category of disability", scheme, categories
        )
    if grades and str(holder.grade) not in grades.texts:
        raise _refusal("grade_not_admitted", "does not admit this grade of disability", scheme, grades)
    return [rule.trace() for rule in (scheme.opened_by, required, categories, grades) if rule]


def _refusal(broken: str, problem: str, scheme: Scheme, rule: RuleValue) -> Refusal:
    return Refusal(
        f"subsidy.{broken}",
        f"Scheme {scheme.code} {problem} ({rule.document}).",
        scheme=scheme.code,
        rule=rule.key,
    )
