"""What may happen to a certificate (残疾人证), when, and what it is afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from kernel.errors import Conflict
from services.registry.domain.certificate_state import (
    NOT_MOVED,
    Act,
    Action,
    Certificate,
    Terms,
    check_fields,
    check_status,
    no_certificate,
)
from services.registry.domain.span import years_later


def decide(held: Certificate | None, act: Act, terms: Terms) -> Certificate:
    """The certificate after the act; held is None for a person who never had one.

    Raises Conflict or Invalid with the code of the broken rule, and the field at fault among its facts.
    """
    check_fields(act)
    if held is not None and act.acted_on < held.last_act_on:
        raise Conflict(
            "registry.act_out_of_order",
            f"An act of {held.last_act_on} is already recorded; record acts in the order of their days.",
            field="acted_on",
            last_act_on=held.last_act_on.isoformat(),
        )
    if act.action == "new":
        return _new(held, act, terms)
    if act.action == "move_in":
        return _moved_in(held, act, terms)
    if held is None:
        raise no_certificate()
    check_status(held, act)
    return _DECISIONS[act.action](held, act, terms)


def _issued(act: Act, terms: Terms, held: Certificate | None = None) -> Certificate:
    """A certificate for the whole validity from the day of the act; held: the one that it continues."""
    # Without a new assessment the holder is rated as before, however a renewal calls the standard.
    rated = held if act.action == "renewal" and act.assessed_on is None else None
    return Certificate(
        category=act.category,
        grade=act.grade,
        standard=rated.standard if rated else act.standard,
        rated_on=rated.rated_on if rated else act.assessed_on or act.acted_on,
        issued_on=act.acted_on,
        expires_on=years_later(act.acted_on, terms.validity_years),
        last_act_on=act.acted_on,
        left_on=held.left_on if held else None,
    )


def _new(held: Certificate | None, act: Act, terms: Terms) -> Certificate:
    check_may_get_new(held, act.acted_on, terms)
    return _issued(act, terms)


def check_may_get_new(held: Certificate | None, day: date, terms: Terms) -> None:
    """Refuse a new certificate for who holds one, here or elsewhere, and within the block.

    Raises Conflict("registry.certificate_already_held"), Conflict("registry.blocked_after_cancellation").
    """
    if held is None:
        return
    if held.cancelled_on is None:
        raise Conflict(
            "registry.certificate_already_held",
            "The person holds a certificate; renew, change, move or cancel it instead.",
            field="action",
        )
    blocked_until = years_later(held.cancelled_on, terms.block_years)
    if day < blocked_until:
        raise Conflict(
            "registry.blocked_after_cancellation",
            f"The certificate was cancelled on {held.cancelled_on}; issue a new one from {blocked_until} on.",
            field="acted_on",
            blocked_until=blocked_until.isoformat(),
        )


def _moved_in(held: Certificate | None, act: Act, terms: Terms) -> Certificate:
    if held is not None and held.status in {"valid", "frozen"}:
        raise Conflict(
            "registry.certificate_already_held",
            "The person holds a certificate here; it cannot move in a second time.",
            field="action",
        )
    if act.issued_on is None:
        raise AssertionError("check_fields lets no certificate move in without its first day")
    there = replace(act, acted_on=act.issued_on)
    moved = replace(_issued(there, terms), last_act_on=act.acted_on)
    _not_expired(moved, act)
    return moved


def _renewed(held: Certificate, act: Act, terms: Terms) -> Certificate:
    _same_assessment(held, act)
    check_renewal_opened(held, act.acted_on, terms)
    return _issued(act, terms, held)


def check_renewal_opened(held: Certificate, day: date, terms: Terms) -> None:
    """Refuse a renewal before its window. Raises Conflict("registry.renewal_too_early")."""
    opens_on = years_later(held.expires_on, -terms.renewal_window_years)
    if day < opens_on:
        raise Conflict(
            "registry.renewal_too_early",
            f"The certificate is valid until {held.expires_on} and may be renewed from {opens_on}.",
            field="acted_on",
            opens_on=opens_on.isoformat(),
        )


def _changed(held: Certificate, act: Act, terms: Terms) -> Certificate:
    if (act.category, act.grade) == (held.category, held.grade):
        raise Conflict(
            "registry.nothing_changed",
            "The number has the category and grade of the certificate held; a change must alter one of them.",
            field="certificate_number",
        )
    return _issued(act, terms, held)


def _served_across_provinces(held: Certificate, act: Act, terms: Terms) -> Certificate:
    if not terms.cross_province:
        raise Conflict(
            "registry.cross_province_not_offered",
            f"Holders were not yet served across provinces on {act.acted_on}.",
            field="acted_on",
        )
    return _printed_again(held, act, terms)


def _printed_again(held: Certificate, act: Act, _terms: Terms) -> Certificate:
    """A lost or damaged card replaced, a holder served elsewhere: nothing about the certificate changes."""
    _same_assessment(held, act)
    _not_expired(held, act)
    return replace(held, last_act_on=act.acted_on)


def _cancelled(held: Certificate, act: Act, _terms: Terms) -> Certificate:
    _same_assessment(held, act)
    return replace(held, last_act_on=act.acted_on, cancelled_on=act.acted_on, frozen_for=None, left_on=None)


def _reassessed(held: Certificate, act: Act, _terms: Terms) -> Certificate:
    _same_assessment(held, act)
    rated_on = act.assessed_on or act.acted_on
    return replace(held, last_act_on=act.acted_on, standard=act.standard, rated_on=rated_on, frozen_for=None)


def _frozen(held: Certificate, act: Act, _terms: Terms) -> Certificate:
    _same_assessment(held, act)
    return replace(held, last_act_on=act.acted_on, frozen_for=act.reason)


def _thawed(held: Certificate, act: Act, _terms: Terms) -> Certificate:
    _same_assessment(held, act)
    if held.frozen_for is None:
        raise Conflict(
            "registry.certificate_not_frozen", "The certificate is not frozen; check the act.", field="action"
        )
    return replace(held, last_act_on=act.acted_on, frozen_for=None)


def _left(held: Certificate, act: Act, _terms: Terms) -> Certificate:
    _same_assessment(held, act)
    if held.left_on is not None:
        raise Conflict(
            "registry.left_already",
            f"The hukou is recorded as moved on {held.left_on}; record the move of the certificate next.",
            field="action",
            left_on=held.left_on.isoformat(),
        )
    return replace(held, last_act_on=act.acted_on, left_on=act.acted_on)


def _moved(held: Certificate, act: Act, _terms: Terms) -> Certificate:
    """The certificate follows the hukou: within the register, or out of it."""
    _same_assessment(held, act)
    frozen_for = None if held.frozen_for == NOT_MOVED else held.frozen_for
    gone = act.acted_on if act.action == "move_out" else None
    return replace(held, last_act_on=act.acted_on, left_on=None, frozen_for=frozen_for, moved_on=gone)


def _same_assessment(held: Certificate, act: Act) -> None:
    if (act.category, act.grade) != (held.category, held.grade):
        raise Conflict(
            "registry.category_or_grade_differs",
            "The number has another category or grade than the certificate held; record a change first.",
            field="certificate_number",
        )


def _not_expired(held: Certificate, act: Act) -> None:
    if act.acted_on > held.expires_on:
        raise Conflict(
            "registry.certificate_expired",
            f"The certificate expired on {held.expires_on}; renew it first.",
            field="acted_on",
            expires_on=held.expires_on.isoformat(),
        )


_DECISIONS: Mapping[Action, Callable[[Certificate, Act, Terms], Certificate]] = {
    "renewal": _renewed,
    "change": _changed,
    "cross_province": _served_across_provinces,
    "cancel": _cancelled,
    "reissue": _printed_again,
    "replacement": _printed_again,
    "reassess": _reassessed,
    "freeze": _frozen,
    "thaw": _thawed,
    "leave": _left,
    "move": _moved,
    "move_out": _moved,
}
