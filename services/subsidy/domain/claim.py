"""What may happen to a claim for a subsidy (补贴申请), in which order, and its clocks.

On what grounds it is approved or refused stands in claim_grounds.py.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date

from kernel.errors import Conflict, Forbidden, Invalid
from kernel.rulebook import RuleView
from kernel.steps import Step, check_step
from services.subsidy.domain.claim_state import OPEN, Act, Action, Clock, Office, Progress, State


def check_hand_in(scheme: str, applicant: str, channel: str, rules: RuleView, *, away: bool) -> None:
    """Whether it may be handed in by this applicant, in this way and, where away, elsewhere than at home.

    Raises Invalid("subsidy.applicant_not_admitted"), Conflict("subsidy.not_online") or
    Conflict("subsidy.not_at_any_window").
    """
    if applicant not in rules["claims.applicants"].texts:
        raise Invalid(
            "subsidy.applicant_not_admitted",
            "The rules do not let them apply for the person; choose one that claims.applicants lists.",
            field="applicant",
        )
    for asked, key, code, how, field in (
        (channel == "online", "claims.online", "subsidy.not_online", "online", "channel"),
        (away, "claims.any_window", "subsidy.not_at_any_window", "elsewhere than at home", "window"),
    ):
        if asked and (key not in rules or scheme not in rules[key].texts):
            raise Conflict(code, f"Scheme {scheme} could not be applied for {how} on that day.", field=field)


def handed_in(applied_on: date, office: Office, obstacle: str | None, *, away: bool) -> Progress:
    """A new claim. obstacle: what a check has to clear first."""
    due_on = office.last_day("acceptance", applied_on)
    return Progress(away, "handed_in", applied_on, "acceptance", due_on, obstacle)


def advance(progress: Progress, act: Act, office: Office) -> Progress:
    """The claim after the act. Raises Conflict, Forbidden or Invalid with the broken rule and the field."""
    step, change = _STEPS[act.action]
    check_step("subsidy.claim", step, progress, act, act.acted_on)
    return replace(change(progress, act, office), last_act_on=act.acted_on)


def _running(progress: Progress, state: State, clock: Clock, start: date, office: Office) -> Progress:
    return replace(progress, state=state, clock=clock, due_on=office.last_day(clock, start))


def _to(state: State) -> "_Change":
    """A step after which no clock runs."""
    return lambda progress, _act, _office: replace(progress, state=state, clock=None, due_on=None)


def _completed(progress: Progress, act: Act, office: Office) -> Progress:
    return _running(progress, "handed_in", "acceptance", act.acted_on, office)


def _accepted(progress: Progress, act: Act, office: Office) -> Progress:
    if progress.away:  # The clock goes on until it is pushed.
        return replace(progress, state="accepted")
    return _pushed(progress, act, office)


def _pushed(progress: Progress, act: Act, office: Office) -> Progress:
    return _running(progress, "arrived", "decision", act.acted_on, office)


def _declined(progress: Progress, act: Act, office: Office) -> Progress:
    if act.reason not in office.rules["claims.declining"].texts:
        raise Invalid(
            "subsidy.unknown_reason",
            "A window declines for the reasons that claims.declining lists; leave others to the home.",
            field="reason",
        )
    return _ended(progress, act, office, "refused")


def _checked(progress: Progress, act: Act, office: Office) -> Progress:
    _check_examiner(office, {progress.reviewed_by, *office.reviewers})
    return replace(progress, state="checked", obstacle=act.reason, checked_by=office.by, reviewed_by=None)


def _reviewed(progress: Progress, act: Act, office: Office) -> Progress:
    if "county" not in office.levels:
        raise Conflict(
            "subsidy.no_review", "Claims are decided in the township here; decide it.", field="action"
        )
    _check_examiner(office, {progress.checked_by, *office.checkers})
    return replace(
        progress, state="reviewed", obstacle=act.reason or progress.obstacle, reviewed_by=office.by
    )


def _check_examiner(office: Office, others: Collection[str | None]) -> None:
    """Refuse, where the rules do, that one person looks at a claim for both levels."""
    if office.rules["claims.check_and_review"].text == "refused" and office.by in others:
        raise Forbidden(
            "subsidy.checked_by_reviewer",
            "One person cannot both check and review a claim; let somebody else look at it.",
            field="action",
        )


def _check_decider(progress: Progress, office: Office) -> None:
    """Refuse a decision before every level has looked, or by one of those who looked."""
    examined: State = "reviewed" if "county" in office.levels else "checked"
    if progress.state in {"checked", "reviewed"} and progress.state != examined:
        raise Conflict(
            "subsidy.claim_not_examined",
            f"The claim is {progress.state}; a decision is for one that is {examined}.",
            field="action",
            state=progress.state,
        )
    if office.by in {progress.checked_by, progress.reviewed_by, *office.checkers, *office.reviewers}:
        raise Forbidden(
            "subsidy.decided_by_examiner", "Let somebody decide who did not check it.", field="action"
        )


def _approved(progress: Progress, act: Act, office: Office) -> Progress:
    _check_decider(progress, office)
    if progress.obstacle is not None:
        raise Conflict(
            "subsidy.obstacle_stands",
            "The check found something against the claim; refuse it, or let it be checked again.",
            field="action",
        )
    return _running(progress, "approved", "closing", act.acted_on, office)


def _posted(progress: Progress, act: Act, office: Office) -> Progress:
    if office.notice_days is None:
        raise Conflict("subsidy.no_notice", "The scheme has no decision posted; award it.", field="action")
    until = office.workdays.after(act.acted_on, office.notice_days)
    return replace(_running(progress, "posted", "closing", until, office), posted_until=until)


def _objected(progress: Progress, act: Act, office: Office) -> Progress:
    if progress.posted_until is None or act.acted_on > progress.posted_until:
        raise Conflict(
            "subsidy.objection_too_late",
            f"The notice stood until {progress.posted_until}; record the objection as a report instead.",
            field="acted_on",
        )
    objected = _running(progress, "objected", "closing", act.acted_on, office)
    return replace(objected, objected_on=act.acted_on)


def _dismissed(progress: Progress, act: Act, office: Office) -> Progress:
    """The notice goes on for the working days that were left of it."""
    _check_decider(progress, office)
    if progress.objected_on is None or progress.posted_until is None:
        raise AssertionError("what is objected to was posted")
    left = office.workdays.between(progress.objected_on, progress.posted_until)
    until = office.workdays.after(act.acted_on, left)
    going_on = _running(progress, "posted", "closing", until, office)
    return replace(going_on, posted_until=until, objected_on=None)


def _granted(progress: Progress, act: Act, office: Office) -> Progress:
    _check_decider(progress, office)
    if progress.posted_until is None and office.notice_days is not None:
        raise Conflict("subsidy.not_posted", "The decision must be posted first.", field="action")
    if progress.posted_until is not None and act.acted_on <= progress.posted_until:
        raise Conflict(
            "subsidy.notice_running",
            f"The notice stands until {progress.posted_until}; award it after that.",
            field="acted_on",
            posted_until=progress.posted_until.isoformat(),
        )
    return _ended(progress, act, office, "granted")


def _refused(progress: Progress, act: Act, office: Office) -> Progress:
    _check_decider(progress, office)
    return _ended(progress, act, office, "refused")


def _ended(progress: Progress, act: Act, office: Office, state: State) -> Progress:
    ended = _running(progress, state, "telling", act.acted_on, office)
    return replace(ended, reason=act.reason, objected_on=None)


def _name_hidden(progress: Progress, _act: Act, _office: Office) -> Progress:
    """No clock waits for it."""
    return replace(progress, name_hidden=True)


_Change = Callable[[Progress, Act, Office], Progress]
_REASON = frozenset({"reason"})
_STEPS: Mapping[Action, tuple[Step, _Change]] = {
    "ask": (Step(("handed_in",)), _to("incomplete")),
    "complete": (Step(("incomplete",)), _completed),
    "accept": (Step(("handed_in",)), _accepted),
    "decline": (Step(("handed_in", "incomplete"), _REASON), _declined),
    "push": (Step(("accepted",)), _pushed),
    "check": (Step(("arrived", "checked", "reviewed"), may=_REASON), _checked),
    "review": (Step(("checked", "reviewed"), may=_REASON), _reviewed),
    "approve": (Step(("checked", "reviewed")), _approved),
    "post": (Step(("approved",)), _posted),
    "object": (Step(("posted",)), _objected),
    "dismiss": (Step(("objected",)), _dismissed),
    "award": (Step(("approved", "posted")), _granted),
    "refuse": (Step(("checked", "reviewed", "approved", "posted", "objected"), may=_REASON), _refused),
    "tell": (Step(("granted", "refused")), _to("told")),
    "withdraw": (Step(OPEN), _to("withdrawn")),
    "hide_name": (Step(OPEN), _name_hidden),
}
