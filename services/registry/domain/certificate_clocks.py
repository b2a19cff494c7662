"""The clocks of a certificate: what happens, or must be told, because a day has come."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal, Self

from kernel.rulebook import RuleView
from services.registry.domain.certificate_state import Certificate
from services.registry.domain.span import day_after, months_later, years_later

Clock = Literal["renewal_open", "expiring", "expired", "freeze", "cancel", "reapply"]
Due = tuple[Clock, date]
"""A clock and the day on which it strikes."""

_LIFE: tuple[Clock, ...] = ("renewal_open", "expiring", "expired")


@dataclass(frozen=True, slots=True)
class ClockTerms:
    """How long the clocks run, by the rules on the day of the last act (残联发〔2017〕34号)."""

    renewal_window_years: int
    reminder_months: int
    freeze_months: int
    cancel_months: int
    block_years: int

    @classmethod
    def of(cls, rules: RuleView) -> Self:
        """Raises NotFound("rule.not_in_force") for a day before the first value of a rule."""
        return cls(
            renewal_window_years=rules["certificate.renewal_window_years"].integer,
            reminder_months=rules["certificate.reminder_months"].integer,
            freeze_months=rules["certificate.move.freeze_months"].integer,
            cancel_months=rules["certificate.move.cancel_months"].integer,
            block_years=rules["certificate.block_years"].integer,
        )


def clocks(certificate: Certificate, terms: ClockTerms) -> tuple[Due, ...]:
    """Every clock of the certificate as it stands, in the order in which they strike.

    A certificate is frozen, or cancelled, the day after the last of the months in which it had to follow the
    hukou; one that is frozen already, for whatever reason, is not frozen again.
    Raises Invalid("registry.date_out_of_range") for one that would strike beyond the calendar.
    """
    if certificate.status == "moved":
        return ()
    if certificate.cancelled_on is not None:
        return (("reapply", years_later(certificate.cancelled_on, terms.block_years)),)
    expires_on = certificate.expires_on
    due: list[Due] = [
        ("renewal_open", years_later(expires_on, -terms.renewal_window_years)),
        ("expiring", months_later(expires_on, -terms.reminder_months)),
        ("expired", day_after(expires_on)),
    ]
    if certificate.left_on is not None:
        if certificate.frozen_for is None:
            due.append(("freeze", day_after(months_later(certificate.left_on, terms.freeze_months))))
        due.append(("cancel", day_after(months_later(certificate.left_on, terms.cancel_months))))
    return tuple(sorted(due, key=lambda each: each[1]))


def struck(certificate: Certificate, terms: ClockTerms, told: Collection[Due], day: date) -> list[Due]:
    """The clocks that have struck by the day and of which nobody was told.

    Of renewal, reminder and expiry only the last counts: an old register is not told of windows long gone.
    """
    reached = [due for due in clocks(certificate, terms) if due[1] <= day]
    latest = max((_LIFE.index(clock) for clock, _ in reached if clock in _LIFE), default=0)
    return [
        (clock, on)
        for clock, on in reached
        if (clock, on) not in told and (clock not in _LIFE or _LIFE.index(clock) == latest)
    ]


def next_day(certificate: Certificate, terms: ClockTerms, after: date | None = None) -> date | None:
    """The first day on which a clock strikes, after a day that was looked at; None when none does."""
    days = (on for _, on in clocks(certificate, terms) if after is None or on > after)
    return next(days, None)
