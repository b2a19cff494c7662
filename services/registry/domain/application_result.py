"""What an application asks of a certificate: whether it may be made, and the act that comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from kernel.disability import Category
from kernel.errors import Conflict, Invalid
from services.registry.domain import certificate_state as certificates
from services.registry.domain.application_state import Application, Channel, Kind
from services.registry.domain.certificate import check_may_get_new, check_renewal_opened
from services.registry.domain.certificate_state import Certificate, Terms, no_certificate


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for beside the kind. Fields that belong to other kinds or channels are None.

    window: where it is handed in, for any_window. counterpart: division of the other province, for the
    channels across provinces. reason: for cancel. to_region: for move. ground: for reassessment.
    """

    kind: Kind
    channel: Channel
    window: str | None = None
    counterpart: str | None = None
    reason: str | None = None
    to_region: str | None = None
    ground: str | None = None


_KINDS: Mapping[str, Kind] = {"reason": "cancel", "to_region": "move", "ground": "reassessment"}
_CHANNELS: Mapping[str, tuple[Channel, ...]] = {
    "window": ("any_window",),
    "counterpart": ("for_other_province", "from_other_province"),
}
_SAME: Mapping[Kind, certificates.Action] = {
    "reissue": "reissue",
    "replacement": "replacement",
    "move": "move",
    "cancel": "cancel",
}


def check_wish(wish: Wish) -> None:
    """Refuse a field of another kind or channel, or the lack of one. Raises Invalid."""
    wanted = {name: wish.kind == kind for name, kind in _KINDS.items()}
    wanted |= {name: wish.channel in channels for name, channels in _CHANNELS.items()}
    for name, needed in wanted.items():
        if (getattr(wish, name) is not None) != needed:
            raise Invalid(
                "registry.application_fields",
                f"This application {'needs' if needed else 'must not have'} the field.",
                field=name,
            )


def check_applicable(wish: Wish, held: Certificate | None, day: date, terms: Terms) -> None:
    """Refuse what cannot end with a certificate. Of who belongs to another province, that province decides.

    Raises Conflict with the code of the rule of the certificate.
    """
    if wish.channel == "for_other_province":
        return
    if wish.kind == "new":
        check_may_get_new(held, day, terms)
        return
    if held is None or held.status in {"cancelled", "moved"}:
        raise no_certificate()
    if wish.kind == "renewal":
        check_renewal_opened(held, day, terms)


def act_of(
    wish: Wish, application: Application, held: Certificate | None, acted_on: date, standard: str
) -> certificates.Act:
    """The act on the certificate that an approved application ends with.

    standard: the one in force, for acts that rest on no assessment. Raises Conflict("registry.not_assessed"),
    also where an office's rules let the review go without, and Conflict("registry.no_valid_certificate").
    """
    if wish.kind not in {*_SAME, "renewal"} and application.assessed_on is None:
        raise Conflict(
            "registry.not_assessed",
            "Category and grade of the certificate come from an assessment; record it first.",
            field="action",
        )
    if wish.kind == "new" and not application.issued:
        return _rated("new", application, acted_on)
    if held is None:
        raise no_certificate()
    if wish.kind in _SAME:
        same = _as_held(_SAME[wish.kind], held, acted_on, standard)
        return replace(same, reason=wish.reason, region=wish.to_region)
    if application.assessed_on is None:
        return _as_held("renewal", held, acted_on, standard)
    if application.category is None:
        return replace(_as_held("cancel", held, acted_on, standard), reason="standard_not_met")
    if (application.category, application.grade) != (held.category.value, held.grade):
        return _rated("change", application, acted_on)
    # After a dispute a renewed certificate is not renewed a second time.
    renewing = wish.kind == "renewal" and not application.issued
    return _rated("renewal" if renewing else "reassess", application, acted_on)


def _as_held(
    action: certificates.Action, held: Certificate, acted_on: date, standard: str
) -> certificates.Act:
    return certificates.Act(action, acted_on, held.category, held.grade, standard)


def _rated(action: certificates.Action, application: Application, acted_on: date) -> certificates.Act:
    if application.category is None or application.grade is None or application.standard is None:
        raise AssertionError("what is not assessed as disabled was not approved for this act")
    return certificates.Act(
        action,
        acted_on,
        Category(application.category),
        application.grade,
        application.standard,
        assessed_on=application.assessed_on,
    )
