"""Checks of a match: what each asks for by the rules of a day, and the steps of what it finds."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kernel.errors import Refusal
from kernel.rulebook import RuleBook
from services.registry.domain.match_finding import Act, Action, Finding, decide
from services.registry.domain.matching import Check, Subject, full_years

RULES = RuleBook.load(Path(__file__).parents[3] / "services" / "registry" / "rules")
DAY = date(2018, 6, 7)
VIEW = RULES.at(DAY)
NAMES = VIEW["match.checks"].texts
SOMEBODY = Subject(date(1960, 5, 17), "physical", 2)


@pytest.mark.parametrize("name", NAMES)
def test_every_check_that_the_rules_list_can_be_made_with_lists_that_they_name(name: str):
    check = Check.of(VIEW, name)
    assert check.lists <= set(VIEW["match.lists"].texts)
    assert check.proposes in {"open", "stop", "close", "move"}
    assert check.lists, "a check without a list would suspect everybody"


def test_every_parameter_belongs_to_a_check_that_the_rules_list():
    keys = RULES.keys()
    named = {key.split(".")[2] for key in keys if key.startswith("match.check.")}
    assert named == set(NAMES)


def test_a_check_that_the_rules_do_not_know_is_refused():
    with pytest.raises(Refusal, match=r"registry\.unknown_match_check"):
        Check.of(VIEW, "weather")


@pytest.mark.parametrize(
    ("born", "age"),
    [(date(2002, 6, 8), 15), (date(2002, 6, 7), 16), (date(2018, 6, 7), 0), (date(2000, 2, 29), 18)],
)
def test_a_year_of_age_is_complete_on_the_birthday(born: date, age: int):
    assert full_years(born, DAY) == age


@pytest.mark.parametrize(
    ("name", "subject", "listed", "selected", "suspected"),
    [
        ("dibao", SOMEBODY, {"poverty_register"}, True, True),
        ("dibao", SOMEBODY, {"poverty_register", "dibao"}, True, False),
        ("dibao", SOMEBODY, set(), False, True),
        ("nursing_subsidy", SOMEBODY, set(), True, True),
        ("nursing_subsidy", replace(SOMEBODY, grade=3), set(), False, True),
        ("care_need", SOMEBODY, {"care_need"}, True, True),
        ("care_need", replace(SOMEBODY, birth_date=date(2002, 6, 8)), {"care_need"}, False, True),
        ("care_need", replace(SOMEBODY, birth_date=date(2002, 6, 7)), {"care_need"}, True, True),
        ("care_need", replace(SOMEBODY, category="visual"), {"care_need"}, False, True),
        ("school_enrolment", replace(SOMEBODY, birth_date=date(2012, 6, 8)), set(), False, True),
        ("school_enrolment", replace(SOMEBODY, birth_date=date(2012, 6, 7)), set(), True, True),
        ("school_enrolment", replace(SOMEBODY, birth_date=date(2003, 6, 8)), set(), True, True),
        ("school_enrolment", replace(SOMEBODY, birth_date=date(2003, 6, 7)), set(), False, True),
        ("living_overlap", SOMEBODY, {"extreme_poverty"}, True, False),
        ("living_overlap", SOMEBODY, {"extreme_poverty", "living_subsidy"}, True, True),
        ("deceased", SOMEBODY, set(), True, False),
        ("deceased", SOMEBODY, {"deaths"}, True, True),
    ],
)
def test_whom_a_check_is_about_and_whom_it_suspects(
    name: str, subject: Subject, listed: set[str], selected: bool, suspected: bool
):
    check = Check.of(VIEW, name)
    assert check.selects(subject, listed, DAY) is selected
    assert check.suspects(listed) is suspected


def test_flags_ask_for_one_of_them():
    check = replace(Check.of(VIEW, "medical_insurance"), flags=frozenset({"dibao", "hardship"}))
    assert not check.selects(SOMEBODY, set(), DAY)
    assert check.selects(replace(SOMEBODY, flags=frozenset({"hardship", "old_carer"})), set(), DAY)


def test_needs_ask_for_one_of_them():
    check = Check.of(VIEW, "care_unserved")
    assert not check.selects(SOMEBODY, set(), DAY)
    assert not check.selects(replace(SOMEBODY, needs=frozenset({"device"})), set(), DAY)
    assert check.selects(replace(SOMEBODY, needs=frozenset({"care", "device"})), set(), DAY)


def test_the_row_that_is_shown_is_the_one_that_makes_suspicious():
    assert Check.of(VIEW, "deceased").row_kind({"deaths", "dibao"}) == "deaths"
    assert Check.of(VIEW, "living_subsidy").row_kind({"dibao"}) == "dibao"
    assert Check.of(VIEW, "medical_insurance").row_kind({"dibao"}) is None


# Findings ----------------------------------------------------------------------------------------

RAISED = Finding("raised", DAY, "open")


def act(action: Action, **changes: object) -> Act:
    acts = {
        "assign": Act("assign", DAY, "zhang", date(2018, 6, 30)),
        "verify": Act("verify", DAY, "li", date(2018, 7, 31), "confirmed"),
        "close": Act("close", DAY, result="waived"),
    }
    return replace(acts[action], **changes)  # type: ignore[arg-type]


def after(*actions: Action) -> Finding:
    finding = RAISED
    for action in actions:
        finding = decide(finding, act(action), VIEW)
    return finding


@pytest.mark.parametrize(
    ("actions", "state"),
    [
        (("assign",), "assigned"),
        (("assign", "assign"), "assigned"),
        (("assign", "verify"), "confirmed"),
        (("assign", "verify", "assign"), "confirmed"),
        (("assign", "verify", "close"), "closed"),
    ],
)
def test_a_finding_goes_its_way(actions: tuple[Action, ...], state: str):
    assert after(*actions).state == state


@pytest.mark.parametrize(
    ("before", "action"),
    [
        ((), "verify"),
        ((), "close"),
        (("assign",), "close"),
        (("assign", "verify"), "verify"),
        (("assign", "verify", "close"), "assign"),
        (("assign", "verify", "close"), "close"),
    ],
)
def test_no_state_is_skipped(before: tuple[Action, ...], action: Action):
    with pytest.raises(Refusal, match=r"registry\.match_finding_state"):
        decide(after(*before), act(action), VIEW)


def test_what_was_explained_is_dismissed_and_nobody_is_in_charge_any_more():
    dismissed = decide(after("assign"), act("verify", outcome="explained", officer=None, due_on=None), VIEW)
    assert dismissed == Finding("dismissed", DAY, "open", outcome="explained")


@pytest.mark.parametrize(
    ("proposes", "result", "fits"),
    [
        ("open", "benefit_opened", True),
        ("open", "certificate_cancelled", False),
        ("stop", "benefit_stopped", True),
        ("close", "certificate_cancelled", True),
        ("close", "waived", False),
        ("move", "certificate_moved", True),
    ],
)
def test_what_comes_of_a_finding_fits_what_it_proposed(proposes: str, result: str, fits: bool):
    confirmed = replace(after("assign", "verify"), proposes=proposes)
    if fits:
        assert decide(confirmed, act("close", result=result), VIEW).result == result
    else:
        with pytest.raises(Refusal, match=r"registry\.result_of_another_proposal"):
            decide(confirmed, act("close", result=result), VIEW)
