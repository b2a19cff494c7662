"""Schemes as dated rules: a scheme is whatever the rule files say of it on a day and in a division.

The rules of a scheme `<code>`, all in rules/<code>.yaml; domain/rule_check.py refuses any other key or word:

    <code>.variants          texts   kinds of award; its existence makes the scheme
    <code>.cadence           text    "month": one award, paid each month until it is stopped; "quarter":
                                     the same, its months paid together each quarter; "year": one award
                                     for a person and a year; "occasion": one for a person and a day, as
                                     a visit; "once": one award for a person
    <code>.opened_by         text    "office" (GrantAwards), or the <service>.<programme> whose enrolments do
    <code>.funding           texts   sources in the order in which they are used; the last one bears the rest
    <code>.funding_share.<source> percent   what each of them bears; together one (absent: each all it can)
    <code>.shortage          text    what happens when a source cannot bear its share: "next_bears" (those
                                     that follow it do; so where it is absent) or "refused" (the plan is)
    <code>.channel           text    "card" (to the person), "institution" (for the person), "recorded" (in
                                     kind or as a relief: never paid out)
    <code>.formula           text    how an amount is computed, see domain/amounts.py
    <code>.rate.<variant>            what the formula takes: an amount or a share
    <code>.cap               money   the most that is paid for a period (absent: no limit)
    <code>.rounding          text    unit and way, "yuan_half_up" (absent: "fen_half_up")
    <code>.dibao_line        text    which dibao line the formula share_of_dibao takes
    <code>.certificate       switch  whether a valid certificate is required (absent: no)
    <code>.categories        texts   categories of disability admitted (absent: all)
    <code>.grades            texts   grades admitted (absent: all)
    <code>.age_min, .age_max years   completed years admitted, both included (absent: no limit)
    <code>.years_early       count   how much earlier than others a person may draw it; told and not applied
    <code>.proofs            texts   facts that the office must have seen before the award, see
                                     domain/proofs.py (absent: none)
    <code>.proof.<fact>      texts   what such a proof may say; "yes" where it is enough to have one
    <code>.flags_any         texts   flags of the household of which one is needed (absent: none)
    <code>.flags_none        texts   flags of the household that exclude
    <code>.overlap.<benefit> text    "stack", "excluded" or "choose_higher", with another scheme or benefit
    <code>.stop.<reason>     text    "this_month" or "next_month": the first month that is no longer paid
    <code>.freeze.<reason>   text    "keep", "this_month" or "next_month": the first month that is held
                                     while the certificate is frozen
    <code>.regraded_from     text    "this_month" or "next_month": the first month that is paid by another
                                     variant when the person no longer fits the present one (absent: it stops)
    <code>.resume.<reason>   text    from when an award that ended for the reason goes on when its person is
                                     entitled again: "this_month" or "next_month" of the news, which
                                     back_pay_months makes earlier, or "without_gap"; or "ask" the person
                                     first (absent: "ask")
    <code>.transition_months months  how long it is paid on after the certificate expired, where renewing is
                                     impossible for a time (absent: not at all)
    <code>.paid_from         text    "hand_in" or "decision": the month from which a monthly award is paid
    <code>.back_pay_months   months  how long before that month it may begin (absent: not at all)
    <code>.offset_cap        percent the most of a payment that is kept back for a debt (absent: nothing)
    <code>.offset_from       texts   the schemes of whose payments something is kept back for a debt of this
                                     one (absent: its own)
    <code>.review_months     months  how often an award paid monthly is looked at again (absent: never)
    <code>.review_overdue    text    "this_month" or "next_month": the first month that is held when the
                                     review's last day is over (absent: paid on)
    <code>.claim_proof       text    whose number a claim names, "vehicle" or "admission"; no two claims for
                                     a period name the same (absent: none)
    <code>.notice_days       working_days   how long a decision is posted before payment

Requirements, proofs, rate and cap may end in a variant (`nursing.grades.grade_1`), and every key in the
digits of a division (`nursing.rate.grade_1.44`): of several that hold, the variant's own, then the lowest
division's.
"""

from dataclasses import dataclass
from typing import Literal

from kernel.errors import Conflict, Invalid, NotFound
from kernel.periods import Kind, Period
from kernel.regions import RegionCode
from kernel.rule_values import RuleValue
from kernel.rulebook import DIVISION, RuleView
from services.subsidy.domain.funding import Bearers

OFFICE = "office"
RECORDED = "recorded"
REFUSED = "refused"
MARK = ".variants"
QUARTER: Literal["quarter"] = "quarter"
CADENCES: dict[str, Kind] = {
    "month": "month",
    "quarter": "month",
    "year": "year",
    "occasion": "day",
    "once": "year",
    "once_household": "year",
}
"""The kind of period that an award of the cadence is for."""
SHORTAGES = ("next_bears", REFUSED)
_OF_A_RUN = ("cadence", "funding", "funding_share", "shortage")
"""Names of rules that hold for a whole list of payments."""


def parted(key: str) -> tuple[str, str]:
    """A key without the digits of its division, and those digits; empty where it holds everywhere."""
    match = DIVISION.fullmatch(key)
    return (match[1], match[2]) if match else (key, "")


def rules_where(key: str, rules: RuleView) -> RuleView:
    """The rules of the division that the key ends in."""
    _, division = parted(key)
    return rules.within(RegionCode.parse(division)) if division else rules


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme as it stood on one day in one division."""

    code: str
    rules: RuleView

    @classmethod
    def of(cls, rules: RuleView, code: str) -> "Scheme":
        """The scheme with this code. Raises NotFound("subsidy.unknown_scheme") when it isn't in force."""
        if code + MARK not in rules:
            raise NotFound(
                "subsidy.unknown_scheme",
                f"No scheme {code} is in force on that day; choose one of those in the rule files.",
                scheme=code,
                field="scheme",
            )
        return cls(code, rules)

    @classmethod
    def opened_by_enrolment(cls, rules: RuleView, programme: str) -> list["Scheme"]:
        """The schemes whose awards follow from an enrolment in a programme, named "<service>.<programme>"."""
        keys = rules.keys()
        codes = (key.removesuffix(MARK) for key in keys if key.endswith(MARK))
        return [scheme for code in codes if (scheme := cls.of(rules, code)).opened_by.text == programme]

    def stated(self, name: str, variant: str | None = None) -> RuleValue | None:
        """The rule of that name, the variant's own if there is one; None where there is none."""
        for key in (f"{self.code}.{name}.{variant}", f"{self.code}.{name}"):
            if key in self.rules:
                return self.rules[key]
        return None

    def needed(self, name: str, variant: str | None = None) -> RuleValue:
        """The same for a rule that must be there. Raises NotFound("rule.not_in_force")."""
        return (
            self.stated(name, variant)
            or self.rules[f"{self.code}.{name}" + (f".{variant}" if variant else "")]
        )

    def every_rule(self) -> list[RuleValue]:
        """All its rules in force by key; a division's rule stands in place of the one it replaces."""
        keys = self.rules.keys()
        own = (key for key in keys if key.partition(".")[0] == self.code and not parted(key)[1])
        return [self.rules[key] for key in own]

    @property
    def variants(self) -> tuple[str, ...]:
        """Its kinds of award."""
        return self.needed("variants").texts

    @property
    def opened_by(self) -> RuleValue:
        """The rule that says who opens awards; the reason of an award that an enrolment opened."""
        return self.needed("opened_by")

    @property
    def funding(self) -> tuple[str, ...]:
        """Sources of funds in the order of their use; all but the last are limited by their allotments."""
        return self.needed("funding").texts

    @property
    def bearers(self) -> Bearers:
        """The sources with their shares, and what happens when one cannot bear its share."""
        sources, shortage = self.funding, self.stated("shortage")
        shared = any(self.stated(f"funding_share.{source}") for source in sources)
        shares = tuple(self.needed(f"funding_share.{source}").ratio for source in sources) if shared else ()
        return Bearers(sources, shares, shortage is not None and shortage.text == REFUSED)

    def check_one_way(self, region: RegionCode) -> None:
        """Raises Conflict("subsidy.differs_below") where one list cannot be drawn up for the whole division,
        for one below it has sources, shares or a cadence of its own.
        """
        for key in self.rules.keys():  # noqa: SIM118 -- no dict
            everywhere, division = parted(key)
            code, _, name = everywhere.partition(".")
            below = division.startswith(region.prefix) and division != region.prefix
            if below and code == self.code and name.partition(".")[0] in _OF_A_RUN:
                raise Conflict(
                    "subsidy.differs_below",
                    f"Scheme {self.code} has {name} of its own in a division below; plan those divisions "
                    "one by one.",
                    scheme=self.code,
                    rule=key,
                    field="region",
                )

    @property
    def cadence(self) -> Kind:
        """The kind of period that an award begins with."""
        return CADENCES[self.needed("cadence").text]

    @property
    def open_ended(self) -> bool:
        """Whether an award goes on until it is stopped."""
        return self.cadence == "month"

    @property
    def once(self) -> bool:
        """Whether a person is granted it once and never again."""
        return self.needed("cadence").text.startswith("once")

    @property
    def for_household(self) -> bool:
        """Whether it is granted once to all of a household together."""
        return self.needed("cadence").text == "once_household"

    @property
    def quarterly(self) -> bool:
        """Whether the months of a quarter are paid together."""
        return self.needed("cadence").text == QUARTER

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
        return self._of_kind(text, self.cadence)

    def run_period(self, text: str) -> Period:
        """The period of a list of payments. Raises Invalid("subsidy.wrong_period") like period."""
        return self._of_kind(text, QUARTER if self.quarterly else self.cadence)

    def _of_kind(self, text: str, kind: Kind) -> Period:
        period = Period.parse(text)
        if period.kind != kind:
            raise Invalid(
                "subsidy.wrong_period",
                f"Scheme {self.code} is paid by the {kind}; {text} is a {period.kind}.",
                scheme=self.code,
                field="period",
            )
        return period

    @property
    def recorded_only(self) -> bool:
        """Whether it is a benefit in kind or a relief, which is recorded and never paid out."""
        channel = self.stated("channel")
        return channel is not None and channel.text == RECORDED

    def check_paid_out(self) -> None:
        """Raises Conflict("subsidy.recorded_only") for a benefit that is recorded and never paid out."""
        if self.recorded_only:
            raise Conflict(
                "subsidy.recorded_only",
                f"Scheme {self.code} is recorded and not paid out; there is nothing to plan.",
                scheme=self.code,
            )

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
