"""The first and the last month of an award that is paid monthly, by dated rules."""

from datetime import date

from kernel.errors import Invalid
from kernel.periods import Period
from services.subsidy.domain.award import Trace
from services.subsidy.domain.schemes import Scheme
from services.subsidy.domain.wording import step

BEGINNINGS = ("hand_in", "decision")
STOPS = ("this_month", "next_month")
EXPIRED = "certificate_expired"


def check_first(scheme: Scheme, first: Period, applied_on: date, granted_on: date) -> Trace:
    """The rule by which an award may begin in that period; none for a scheme that isn't paid monthly.

    applied_on: the day of hand-in. Raises Invalid("subsidy.granted_before_application"), and
    Invalid("subsidy.begins_too_early") for a month before the one that the rule paid_from names, by more than
    back_pay_months.
    """
    if granted_on < applied_on:
        raise Invalid(
            "subsidy.granted_before_application",
            "The grant is dated before the application; correct one of the days.",
            field="applied_on",
        )
    if not scheme.open_ended:
        return []
    rule = scheme.needed("paid_from")
    earliest = Period.of(applied_on if rule.text == "hand_in" else granted_on, "month")
    earliest = back_paid(scheme, earliest)
    if first.start < earliest.start:
        raise Invalid(
            "subsidy.begins_too_early",
            f"Scheme {scheme.code} pays this award from {earliest.text} at the earliest ({rule.document}).",
            scheme=scheme.code,
            field="period",
        )
    return [step(rule, f"自{first.text}起按月发放。")]


def back_paid(scheme: Scheme, month: Period) -> Period:
    """The earliest month that may be paid of an award that is to begin in that month, by back_pay_months."""
    back_pay = scheme.stated("back_pay_months")
    for _ in range(back_pay.integer if back_pay else 0):
        month = month.previous()
    return month


def last_month(scheme: Scheme, reason: str, happened_on: date) -> tuple[Period, Trace]:
    """The last month that is paid, and the rules that say so. Where certificates cannot be renewed for a time
    (不可抗力), it is transition_months later.

    Raises Invalid("subsidy.not_open_ended") for a scheme whose awards end by themselves, and
    Invalid("subsidy.unknown_stop_reason").
    """
    if not scheme.open_ended:
        raise Invalid(
            "subsidy.not_open_ended",
            f"Awards of scheme {scheme.code} are for one {scheme.cadence} and end by themselves.",
            scheme=scheme.code,
            field="award_id",
        )
    rule = scheme.stated(f"stop.{reason}")
    if rule is None:
        raise Invalid(
            "subsidy.unknown_stop_reason",
            f"Scheme {scheme.code} has no rule for that reason; give one that its rule file names.",
            scheme=scheme.code,
            field="reason",
        )
    month = Period.of(happened_on, "month")
    last = month.previous() if rule.text == "this_month" else month
    trace = [step(rule, f"发放至{last.text}。")]
    if reason == EXPIRED and (transition := scheme.stated("transition_months")) is not None:
        for _ in range(transition.integer):
            last = last.next()
        trace.append(step(transition, f"按原标准发放至{last.text}。"))
    return last, trace
