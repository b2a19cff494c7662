"""Whether a person may be granted a scheme, and by which rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kernel.ages import AgeBand
from kernel.errors import Refusal
from kernel.periods import Period
from kernel.rule_values import RuleValue
from services.subsidy.domain.award import Trace
from services.subsidy.domain.schemes import OFFICE, Scheme
from services.subsidy.domain.wording import step


@dataclass(frozen=True, slots=True)
class Holder:
    """What is known of a person. category, grade and expires_on are None without a certificate.

    birth_month: "1980-05". flags: those of the household; None where nothing is known of it.
    """

    certified: bool
    category: str | None
    grade: int | None
    expires_on: date | None
    birth_month: str | None = None
    flags: frozenset[str] | None = None
    household_id: str | None = None

    @property
    def frozen(self) -> bool:
        """Whether the certificate is frozen: it admits to nothing, but its category and grade stand."""
        return not self.certified and self.category is not None


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule applied to a person. broken: the end of the refusal's code, None where the person complies."""

    rule: RuleValue
    broken: str | None
    problem: str = ""


def judge(scheme: Scheme, holder: Holder, day: date, variant: str | None = None) -> Iterator[Finding]:
    """Every requirement of the scheme applied to what is known of the person on that day, in a fixed order.

    A certificate counts on its last day too. The texts never tell category, grade or flag, which are health
    data and hardship.
    """
    yield _found(
        scheme.opened_by,
        scheme.opened_by.text == OFFICE,
        "opened_by_enrolment",
        "is granted by enrolling in its programme",
    )
    if (required := scheme.stated("certificate", variant)) and required.switch:
        yield _certificate(required, holder, day)
    if categories := scheme.stated("categories", variant):
        admitted = holder.category in categories.texts
        problem = "does not admit this category of disability"
        yield _found(categories, admitted, "category_not_admitted", problem)
    if grades := scheme.stated("grades", variant):
        admitted = str(holder.grade) in grades.texts
        yield _found(grades, admitted, "grade_not_admitted", "does not admit this grade of disability")
    yield from _ages(scheme, holder, day, variant)
    flags = holder.flags or frozenset()
    if wanted := scheme.stated("flags_any", variant):
        problem = "is for households with a mark that this one has not; record it in the registry first"
        yield _found(wanted, bool(flags & {*wanted.texts}), "household_not_admitted", problem)
    if unwanted := scheme.stated("flags_none", variant):
        problem = "is not for households that are provided for otherwise"
        yield _found(unwanted, not flags & {*unwanted.texts}, "household_excluded", problem)


def judged(scheme: Scheme, holder: Holder, day: date, variant: str) -> tuple[str | None, Trace]:
    """The first requirement broken, as the end of its code, or None; and all of them with their outcome."""
    findings = list(judge(scheme, holder, day, variant))
    trace = [step(finding.rule, "不符合。" if finding.broken else "符合。") for finding in findings]
    return next((finding.broken for finding in findings if finding.broken), None), trace


def decide(scheme: Scheme, holder: Holder, day: date, variant: str | None = None) -> Trace:
    """The rules that admit the person on that day, to be stored with the award.

    Raises Refusal with the first rule broken: "subsidy.opened_by_enrolment", "subsidy.certificate_required",
    "subsidy.certificate_expired", "subsidy.category_not_admitted", "subsidy.grade_not_admitted",
    "subsidy.age_unknown", "subsidy.age_not_admitted", "subsidy.household_not_admitted" or
    "subsidy.household_excluded".
    """
    trace: Trace = []
    for finding in judge(scheme, holder, day, variant):
        if finding.broken:
            raise Refusal(
                f"subsidy.{finding.broken}",
                f"Scheme {scheme.code} {finding.problem} ({finding.rule.document}).",
                scheme=scheme.code,
                rule=finding.rule.key,
            )
        trace.append(step(finding.rule, "符合。"))
    return trace


def _found(rule: RuleValue, complies: bool, broken: str, problem: str) -> Finding:
    return Finding(rule, None if complies else broken, problem)


def _certificate(rule: RuleValue, holder: Holder, day: date) -> Finding:
    if not holder.certified:
        return Finding(rule, "certificate_required", "is for holders of a valid certificate only")
    current = holder.expires_on is None or day <= holder.expires_on
    return _found(rule, current, "certificate_expired", "needs the certificate renewed first")


def _ages(scheme: Scheme, holder: Holder, day: date, variant: str | None) -> Iterator[Finding]:
    for name, low in (("age_min", True), ("age_max", False)):
        if (limit := scheme.stated(name, variant)) is None:
            continue
        if holder.birth_month is None:
            yield Finding(limit, "age_unknown", "asks for an age, and the month of birth is not known here")
            continue
        band = AgeBand(min_years=limit.integer) if low else AgeBand(max_years=limit.integer)
        admitted = band.holds(Period.parse(holder.birth_month), day)
        yield _found(limit, admitted, "age_not_admitted", "does not admit this age")
