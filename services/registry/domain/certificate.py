"""What may happen to a certificate (残疾人证), when, and what it is afterwards."""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, Self

from kernel.disability import Category
from kernel.errors import Conflict, Invalid
from kernel.rulebook import RuleView

Action = Literal["new", "renewal", "change", "cross_province", "cancel"]


@dataclass(frozen=True, slots=True)
class Terms:
    """The dated rules in force on the day of an act (残联发〔2017〕34号)."""

    validity_years: int
    renewal_window_years: int
    block_years: int
    cross_province: bool

    @classmethod
    def of(cls, rules: RuleView) -> Self:
        """Raises NotFound("rule.not_in_force") for a day before the first value of a rule."""
        cross_province = "certificate.cross_province"
        return cls(
            validity_years=rules["certificate.validity_years"].integer,
            renewal_window_years=rules["certificate.renewal_window_years"].integer,
            block_years=rules["certificate.block_years"].integer,
            cross_province=cross_province in rules and rules[cross_province].switch,
        )


@dataclass(frozen=True, slots=True)
class Act:
    """An act on a person's certificate. Category and grade are those in the number the act names.

    A home visit is a way of doing any of these, not an act. reason: why it was cancelled; else None.
    """

    action: Action
    acted_on: date
    category: Category
    grade: int
    standard: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """The state after the last act. expires_on: last day of validity; cancelled_on: None unless cancelled."""

    category: Category
    grade: int
    standard: str
    issued_on: date
    expires_on: date
    last_act_on: date
    cancelled_on: date | None = None


def years_later(day: date, years: int) -> date:
    """The same day of the year that many years later, or earlier; 28 February where there is no 29th.

    It is the last day of a period of that many years counted from `day` (民法典 Art. 201, 202).
    Raises Invalid("registry.date_out_of_range") beyond the calendar.
    """
    year = day.year + years
    if not date.min.year <= year <= date.max.year:
        raise Invalid("registry.date_out_of_range", "The year of the date cannot be right.", field="acted_on")
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))


def decide(held: Certificate | None, act: Act, terms: Terms) -> Certificate:
    """The certificate after the act; held is None for a person who never had one.

    Raises Conflict or Invalid with the code of the broken rule, and the field at fault among its facts.
    """
    if (act.action == "cancel") != (act.reason is not None):
        raise Invalid(
            "registry.cancellation_reason",
            "A cancellation must give its reason, and no other act may have one.",
            field="reason",
        )
    if held is not None and act.acted_on < held.last_act_on:
        raise Conflict(
            "registry.act_out_of_order",
            f"An act of {held.last_act_on} is already recorded; record acts in the order of their days.",
            field="acted_on",
            last_act_on=held.last_act_on.isoformat(),
        )
    if act.action == "new":
        return _new(held, act, terms)
    if held is None or held.cancelled_on is not None:
        raise Conflict(
            "registry.no_valid_certificate",
            "The person holds no valid certificate; only a new one can be recorded.",
            field="action",
        )
    return _DECISIONS[act.action](held, act, terms)


def _issued(act: Act, terms: Terms) -> Certificate:
    return Certificate(
        category=act.category,
        grade=act.grade,
        standard=act.standard,
        issued_on=act.acted_on,
        expires_on=years_later(act.acted_on, terms.validity_years),
        last_act_on=act.acted_on,
    )


def _new(held: Certificate | None, act: Act, terms: Terms) -> Certificate:
    if held is None:
        return _issued(act, terms)
    if held.cancelled_on is None:
        raise Conflict(
            "registry.certificate_already_held",
            "The person holds a certificate; renew, change or cancel it instead.",
            field="action",
        )
    blocked_until = years_later(held.cancelled_on, terms.block_years)
    if act.acted_on < blocked_until:
        raise Conflict(
            "registry.blocked_after_cancellation",
            f"The certificate was cancelled on {held.cancelled_on}; issue a new one from {blocked_until} on.",
            field="acted_on",
            blocked_until=blocked_until.isoformat(),
        )
    return _issued(act, terms)


def _renewed(held: Certificate, act: Act, terms: Terms) -> Certificate:
    _same_assessment(held, act)
    opens_on = years_later(held.expires_on, -terms.renewal_window_years)
    if act.acted_on < opens_on:
        raise Conflict(
            "registry.renewal_too_early",
            f"The certificate is valid until {held.expires_on} and may be renewed from {opens_on}.",
            field="acted_on",
            opens_on=opens_on.isoformat(),
        )
    return _issued(act, terms)


def _changed(held: Certificate, act: Act, terms: Terms) -> Certificate:
    if (act.category, act.grade) == (held.category, held.grade):
        raise Conflict(
            "registry.nothing_changed",
            "The number has the category and grade of the certificate held; a change must alter one of them.",
            field="certificate_number",
        )
    return _issued(act, terms)


def _served_across_provinces(held: Certificate, act: Act, terms: Terms) -> Certificate:
    if not terms.cross_province:
        raise Conflict(
            "registry.cross_province_not_offered",
            f"Holders were not yet served across provinces on {act.acted_on}.",
            field="acted_on",
        )
    _same_assessment(held, act)
    if act.acted_on > held.expires_on:
        raise Conflict(
            "registry.certificate_expired",
            f"The certificate expired on {held.expires_on}; renew it first.",
            field="acted_on",
            expires_on=held.expires_on.isoformat(),
        )
    return replace(held, last_act_on=act.acted_on)


def _cancelled(held: Certificate, act: Act, _terms: Terms) -> Certificate:
    _same_assessment(held, act)
    return replace(held, last_act_on=act.acted_on, cancelled_on=act.acted_on)


def _same_assessment(held: Certificate, act: Act) -> None:
    if (act.category, act.grade) != (held.category, held.grade):
        raise Conflict(
            "registry.category_or_grade_differs",
            "The number has another category or grade than the certificate held; record a change first.",
            field="certificate_number",
        )


_DECISIONS: dict[Action, Callable[[Certificate, Act, Terms], Certificate]] = {
    "renewal": _renewed,
    "change": _changed,
    "cross_province": _served_across_provinces,
    "cancel": _cancelled,
}
