"""What may happen to an application for a certificate (残疾人证申请), in which order, and its clocks.

Which act on the certificate comes of it stands in application_result.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from kernel.errors import Conflict, Invalid
from kernel.steps import Step, check_step
from services.registry.domain.application_state import (
    CROSS_PROVINCE,
    UNDER_WAY,
    Act,
    Action,
    Application,
    Channel,
    Kind,
    Office,
    State,
)


def applied(kind: Kind, channel: Channel, applied_on: date, office: Office) -> Application:
    """A new application. Raises Conflict("registry.cross_province_not_offered")."""
    offered = "application.cross_province"
    if channel in CROSS_PROVINCE and not (offered in office.rules and office.rules[offered].switch):
        raise Conflict(
            "registry.cross_province_not_offered",
            f"Nobody could apply in another province yet on {applied_on}.",
            field="applied_on",
        )
    due_on = office.timed(channel, "acceptance", applied_on)
    return Application(kind, channel, "applied", applied_on, due_on)


def decide(application: Application, act: Act, office: Office) -> Application:
    """The application after the act. Raises Conflict or Invalid with the broken rule and the field."""
    step, change = _STEPS[act.action]
    check_step("registry.application", step, application, act, act.acted_on)
    reasons = _REASONS.get(act.action, frozenset())
    if act.reason is not None and act.reason not in reasons:
        raise Invalid(
            "registry.application_act_fields",
            f"The reasons of the step {act.action} are {', '.join(sorted(reasons))}.",
            field="reason",
        )
    if (act.category is None) != (act.grade is None):
        raise Invalid(
            "registry.application_act_fields",
            "An assessment gives category and grade, or neither where the standard is not met.",
            field="grade" if act.grade is None else "category",
        )
    return replace(change(application, act, office), last_act_on=act.acted_on)


_REASONS: Mapping[Action, frozenset[str]] = {
    "decline": frozenset({"incomplete", "not_in_charge"}),
    "reject": frozenset({"standard_not_met", "untrue", "not_eligible"}),
}


def _accepted(application: Application, act: Act, office: Office) -> Application:
    due_on = office.timed(application.channel, "decision", act.acted_on)
    return replace(application, state="accepted", due_on=due_on)


def _assessed(application: Application, act: Act, office: Office) -> Application:
    return replace(
        application,
        state="assessed",
        assessed_on=act.acted_on,
        standard=act.standard or office.rules["certificate.current_standards"].texts[0],
        category=act.category,
        grade=act.grade,
        posted_until=None,
        dispute_until=office.last_day("application.dispute", act.acted_on),
    )


def _posted(application: Application, act: Act, office: Office) -> Application:
    if office.minor(act.acted_on):
        raise Conflict(
            "registry.minor_not_posted",
            "The result of a minor is never posted; review the application without a notice.",
            field="action",
        )
    until = office.last_day("application.notice", act.acted_on)
    return replace(application, state="posted", posted_until=until)


def _disputed(application: Application, act: Act, office: Office) -> Application:
    if application.dispute_until is None:
        raise _not_assessed("There is no assessment to dispute.")
    levels = office.rules["application.dispute.levels"].texts
    higher = levels[max((n for n, level in enumerate(levels, 1) if level == application.level), default=0) :]
    if not higher:
        raise Conflict(
            "registry.assessment_final",
            f"The reassessment of the {application.level} is final.",
            field="action",
        )
    if act.acted_on > application.dispute_until:
        raise Conflict(
            "registry.dispute_too_late",
            f"The result could be disputed until {application.dispute_until}.",
            field="acted_on",
            dispute_until=application.dispute_until.isoformat(),
        )
    return replace(application, state="disputed", level=higher[0], due_on=None)


def _reassessed(application: Application, act: Act, office: Office) -> Application:
    after = _assessed(application, act, office)
    same = (after.category, after.grade) == (application.category, application.grade)
    if application.issued and same:
        return replace(after, state="issued")
    return replace(after, due_on=office.timed(application.channel, "decision", act.acted_on))


def _approved(application: Application, act: Act, office: Office) -> Application:
    _check_reviewable(application, act, office)
    if application.kind == "new" and application.category is None and not application.issued:
        raise Conflict(
            "registry.standard_not_met",
            "The assessment found that the standard is not met; reject the application.",
            field="action",
        )
    return _decided(application, act, office, "approved")


def _rejected(application: Application, act: Act, office: Office) -> Application:
    not_met = application.assessed_on is not None and application.category is None
    if (act.reason == "standard_not_met") != not_met:
        raise Conflict(
            "registry.rejection_reason",
            "That the standard is not met is the reason if the assessment says so, and only then.",
            field="reason",
        )
    return _decided(application, act, office, "rejected")


def _decided(application: Application, act: Act, office: Office, state: State) -> Application:
    return replace(
        application, state=state, due_on=office.timed(application.channel, "telling", act.acted_on)
    )


def _forwarded(application: Application, act: Act, office: Office) -> Application:
    if application.channel != "for_other_province":
        raise Conflict(
            "registry.application_not_for_others",
            "Only an application for another province is passed on; review this one here.",
            field="action",
        )
    _check_reviewable(application, act, office)
    return replace(application, state="forwarded", due_on=None)


def _check_reviewable(application: Application, act: Act, office: Office) -> None:
    """Refuse a review before the assessment, and before the notice is over."""
    if application.channel == "for_other_province" and act.action == "approve":
        raise Conflict(
            "registry.application_for_others",
            "The other province reviews the application; pass it on.",
            field="action",
        )
    if (
        application.kind in office.rules["application.assessed_kinds"].texts
        and application.assessed_on is None
    ):
        raise _not_assessed("The disability must be assessed first.")
    if application.channel == "from_other_province" or application.assessed_on is None:
        return  # Where the applicant lives, the notice was posted.
    if application.kind not in office.rules["application.posted_kinds"].texts or office.minor(act.acted_on):
        return
    if application.posted_until is None:
        raise Conflict(
            "registry.not_posted", "The result must be posted for the public first.", field="action"
        )
    if act.acted_on <= application.posted_until:
        raise Conflict(
            "registry.notice_running",
            f"The notice stands until {application.posted_until}; review the application after that.",
            field="acted_on",
            posted_until=application.posted_until.isoformat(),
        )


def _not_assessed(message: str) -> Conflict:
    return Conflict("registry.not_assessed", message, field="action")


def _to(state: State) -> "_Change":
    """A step after which no clock runs."""
    return lambda application, _act, _office: replace(application, state=state, due_on=None)


def _issued(application: Application, _act: Act, _office: Office) -> Application:
    return replace(application, state="issued", issued=True)


_RESULT = frozenset({"place", "assessor"}), frozenset({"standard", "category", "grade", "campaign", "guided"})
_Change = Callable[[Application, Act, Office], Application]
_STEPS: Mapping[Action, tuple[Step, _Change]] = {
    "accept": (Step(("applied",)), _accepted),
    "decline": (Step(("applied",), frozenset({"reason"})), _to("declined")),
    "assess": (Step(("accepted",), *_RESULT), _assessed),
    "post": (Step(("assessed",)), _posted),
    "dispute": (Step(("assessed", "posted", "rejected", "issued", "told")), _disputed),
    "reassess": (Step(("disputed",), *_RESULT), _reassessed),
    "approve": (Step(UNDER_WAY), _approved),
    "reject": (Step(UNDER_WAY, frozenset({"reason"})), _rejected),
    "forward": (Step(UNDER_WAY), _forwarded),
    "issue": (Step(("approved",)), _issued),
    "tell": (Step(("issued", "rejected", "forwarded")), _to("told")),
    "withdraw": (Step(("applied", *UNDER_WAY, "disputed")), _to("withdrawn")),
}
