"""Schemes as dated rules: a scheme is whatever the rule files say of it on a day.

The rules of a scheme `<code>`, all in rules/*.yaml:

    <code>.variants        texts   kinds of award, each with a rate of its own; its existence makes the scheme
    <code>.cadence         text    "year" or "month": one award for a person and such a period
    <code>.opened_by       text    "office" (GrantAwards), or the <service>.<programme> whose enrolments do
    <code>.funding         texts   sources in the order in which they are used; the last one bears the rest
    <code>.rate.<variant>  money   amount of one award
    <code>.certificate     switch  whether a valid certificate is required (absent: no)
    <code>.categories      texts   categories of disability admitted (absent: all)
    <code>.grades          texts   grades admitted (absent: all)
"""

from collections.abc import Iterable
from dataclasses import dataclass

from kernel.errors import Invalid, NotFound
from kernel.money import Money
from kernel.periods import Kind, Period
from kernel.rule_values import RuleValue
from kernel.rulebook import RuleView

OFFICE = "office"

_MARK = ".variants"
_CADENCES: dict[str, Kind] = {"year": "year", "month": "month"}


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme as it stood on one day.

    opened_by: the rule that says who opens awards; the reason of an award that an enrolment opened.
    funding: sources of funds in the order of their use; all but the last are limited by their allotments.
    certificate, categories, grades: the requirements, None where there is none.
    """

    code: str
    cadence: Kind
    variants: tuple[str, ...]
    opened_by: RuleValue
    funding: tuple[str, ...]
    certificate: RuleValue | None
    categories: RuleValue | None
    grades: RuleValue | None

    @classmethod
    def of(cls, rules: RuleView, code: str) -> "Scheme":
        """The scheme with this code. Raises NotFound("subsidy.unknown_scheme") when it isn't in force."""
        if code + _MARK not in rules:
            raise NotFound(
                "subsidy.unknown_scheme",
                f"No scheme {code} is in force on that day; choose one of those in the rule files.",
                scheme=code,
                field="scheme",
            )

        requirements = ("certificate", "categories", "grades")
        stated = {name: rules[f"{code}.{name}"] for name in requirements if f"{code}.{name}" in rules}
        return cls(
            code=code,
            cadence=_CADENCES[rules[f"{code}.cadence"].text],
            variants=rules[code + _MARK].texts,
            opened_by=rules[f"{code}.opened_by"],
            funding=rules[f"{code}.funding"].texts,
            certificate=stated.get("certificate"),
            categories=stated.get("categories"),
            grades=stated.get("grades"),
        )

    @classmethod
    def opened_by_enrolment(cls, rules: RuleView, keys: Iterable[str], programme: str) -> list["Scheme"]:
        """The schemes whose awards follow from an enrolment in a programme, named "<service>.<programme>"."""
        codes = [key.removesuffix(_MARK) for key in keys if key.endswith(_MARK) and key in rules]
        return [scheme for code in codes if (scheme := cls.of(rules, code)).opened_by.text == programme]

    def variant(self, name: str | None) -> str:
        """The variant of that name. Raises Invalid("subsidy.unknown_variant")."""
        if name not in self.variants:
            raise Invalid(
                "subsidy.unknown_variant",
                f"Scheme {self.code} has no such variant; choose one of {', '.join(self.variants)}.",
                scheme=self.code,
                field="variant",
            )
        return name

    def period(self, text: str) -> Period:
        """The period of that text. Raises Invalid("subsidy.wrong_period") when it isn't of the cadence."""
        period = Period.parse(text)
        if period.kind != self.cadence:
            raise Invalid(
                "subsidy.wrong_period",
                f"Scheme {self.code} is paid by the {self.cadence}; {text} is a {period.kind}.",
                scheme=self.code,
                field="period",
            )
        return period

    def rate(self, rules: RuleView, variant: str) -> RuleValue:
        """The amount of one award.

        Raises NotFound("rule.not_in_force") when none is known for that day, and
        Invalid("subsidy.rate_not_positive").
        """
        rate = rules[f"{self.code}.rate.{variant}"]
        if rate.money <= Money.ZERO:
            raise Invalid("subsidy.rate_not_positive", f"Rule {rate.key} must be above zero.", rule=rate.key)
        return rate

    def source(self, name: str) -> str:
        """The source of funds of that name. Raises Invalid("subsidy.unknown_source")."""
        if name not in self.funding:
            raise Invalid(
                "subsidy.unknown_source",
                f"Scheme {self.code} is not borne by that source; choose one of {', '.join(self.funding)}.",
                scheme=self.code,
                field="source",
            )
        return name

    @staticmethod
    def fund_year(text: str) -> Period:
        """The year that an allotment is for. Raises Invalid("subsidy.wrong_period") for any other period."""
        year = Period.parse(text)
        if year.kind != "year":
            raise Invalid("subsidy.wrong_period", "Funds are allotted for years, as 2024.", field="year")
        return year
