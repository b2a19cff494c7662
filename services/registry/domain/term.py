"""Terms of office (换届): a congress is prepared, elects, those elected take office, and leave it."""

from dataclasses import dataclass, replace
from datetime import date

from kernel.errors import Invalid
from kernel.ladder import Act, Ladder, Standing
from kernel.rulebook import RuleView
from kernel.steps import Step
from services.registry.domain.organisation import check_after
from services.registry.domain.span import months_later

_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Term(Standing):
    """Where a term stands. due_on: its last day by the rules, None until it is in office."""

    due_on: date | None = None


_STEPS = Ladder[Term](
    "registry.term",
    {
        "elect": (Step(("preparing",)), "elected"),
        "take_office": (Step(("elected",)), "in_office"),
        "leave_office": (Step(("in_office",)), "ended"),
    },
)

DELEGATE_STEPS = Ladder[Standing](
    "registry.delegate",
    {"qualify": (Step(("named",)), "qualified"), "reject": (Step(("named",)), "rejected")},
)


def prepared(founded_on: date, day: date) -> Term:
    """A new term of an organisation set up on a day. Raises what check_after raises."""
    check_after(founded_on, day, "prepared_on")
    return Term("preparing", day)


def named(prepared_on: date, day: date) -> Standing:
    """A new delegate to a congress. Raises Invalid("registry.before_preparation")."""
    if day < prepared_on:
        raise Invalid(
            "registry.before_preparation",
            f"The preparation of the congress began on {prepared_on}; check the day.",
            field="named_on",
        )
    return Standing("named", day)


def decide(term: Term, act: Act, rules: RuleView) -> Term:
    """The term after the act. Raises what check_step raises, NotFound("rule.not_in_force")."""
    after = _STEPS.decide(term, act, rules)
    if act.action != "take_office":
        return after
    return replace(after, due_on=months_later(act.acted_on, _MONTHS * rules["term.years"].integer))
