"""A certificate (残疾人证) as it stands, an act on it, and the dated rules of acts.

What may follow on what is decided in certificate.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, Self

from kernel.disability import Category
from kernel.errors import Conflict, Invalid
from kernel.rulebook import RuleView

Action = Literal[
    "new",
    "renewal",
    "change",
    "cross_province",
    "cancel",
    "reissue",
    "replacement",
    "reassess",
    "freeze",
    "thaw",
    "leave",
    "move",
    "move_out",
    "move_in",
]
Status = Literal["valid", "frozen", "moved", "cancelled"]

NOT_MOVED, UNDER_REVIEW = "not_moved", "under_review"
CANCEL_REASONS = frozenset({"death", "standard_not_met", "moved_away", "withdrawn", NOT_MOVED})
FREEZE_REASONS = frozenset({NOT_MOVED, UNDER_REVIEW})


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

    A home visit is a way of doing any of these, not an act. reason: why it was cancelled or frozen.
    assessed_on: day of the assessment that the act rests on, None where it rests on the earlier one.
    issued_on: for move_in, when the certificate was issued elsewhere. region: for move, the new home.
    """

    action: Action
    acted_on: date
    category: Category
    grade: int
    standard: str
    reason: str | None = None
    assessed_on: date | None = None
    issued_on: date | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """The state after the last act.

    expires_on: last day of validity. rated_on: day of the rating under `standard`. cancelled_on, frozen_for
    (the reason), moved_on: None unless it is so. left_on: when the holder's hukou moved away, None unless the
    certificate has still to follow.
    """

    category: Category
    grade: int
    standard: str
    rated_on: date
    issued_on: date
    expires_on: date
    last_act_on: date
    cancelled_on: date | None = None
    frozen_for: str | None = None
    left_on: date | None = None
    moved_on: date | None = None

    @property
    def status(self) -> Status:
        """Where it stands; one that has expired stays valid until it is renewed or cancelled."""
        if self.cancelled_on is not None:
            return "cancelled"
        if self.moved_on is not None:
            return "moved"
        return "valid" if self.frozen_for is None else "frozen"


_ONLY_WITH: Mapping[str, frozenset[Action]] = {
    "assessed_on": frozenset({"new", "renewal", "change", "reassess", "move_in"}),
    "issued_on": frozenset({"move_in"}),
    "region": frozenset({"move"}),
}
_OPTIONAL = "assessed_on"
_REASONS: Mapping[Action, frozenset[str]] = {"cancel": CANCEL_REASONS, "freeze": FREEZE_REASONS}


def check_fields(act: Act) -> None:
    """Refuse an act with a field that belongs to another, or without one of its own.

    Raises Invalid("registry.cancellation_reason") or Invalid("registry.certificate_act_fields").
    """
    if (act.action in _REASONS) != (act.reason is not None):
        raise Invalid(
            "registry.cancellation_reason",
            "A cancellation or a freeze must give its reason, and no other act may have one.",
            field="reason",
        )
    if act.reason is not None and act.reason not in _REASONS[act.action]:
        raise _fields(f"The reasons of {act.action} are {', '.join(sorted(_REASONS[act.action]))}.", "reason")
    for name, actions in _ONLY_WITH.items():
        given, belongs = getattr(act, name) is not None, act.action in actions
        if given and not belongs:
            raise _fields("This act must not have the field.", name)
        if belongs and not given and name != _OPTIONAL:
            raise _fields("This act needs the field.", name)
    for name in ("assessed_on", "issued_on"):
        day: date | None = getattr(act, name)
        if day is not None and day > act.acted_on:
            raise _fields("The day lies after the act; check both.", name)


def check_status(held: Certificate, act: Act) -> None:
    """Refuse an act on a certificate that is ended, gone, or frozen against it.

    Raises Conflict("registry.no_valid_certificate") or Conflict("registry.certificate_frozen").
    """
    if held.status in {"cancelled", "moved"}:
        raise no_certificate()
    if held.frozen_for is not None and act.action not in _WHILE_FROZEN[held.frozen_for]:
        allowed = ", ".join(sorted(_WHILE_FROZEN[held.frozen_for]))
        raise Conflict(
            "registry.certificate_frozen",
            f"The certificate is frozen; until that ends only these acts are possible: {allowed}.",
            field="action",
            frozen_for=held.frozen_for,
        )


_WHILE_FROZEN: Mapping[str, frozenset[Action]] = {
    NOT_MOVED: frozenset({"move", "move_out", "cancel"}),
    UNDER_REVIEW: frozenset({"thaw", "change", "reassess", "leave", "cancel"}),
}


def no_certificate() -> Conflict:
    """The refusal of an act on a certificate that the person does not hold."""
    return Conflict(
        "registry.no_valid_certificate",
        "The person holds no valid certificate; only a new one, or one that moves in, can be recorded.",
        field="action",
    )


def _fields(message: str, field: str) -> Invalid:
    return Invalid("registry.certificate_act_fields", message, field=field)
