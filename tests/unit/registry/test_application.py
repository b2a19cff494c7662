"""An application for a certificate: steps that cannot be skipped, and each rule on both sides of its line."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from kernel.errors import Refusal
from kernel.rulebook import RuleBook
from kernel.workdays import Workdays
from services.registry.domain.application import applied, decide
from services.registry.domain.application_state import Act, Action, Application, Channel, Kind, Office

RULES = RuleBook.load(Path(__file__).parents[3] / "services" / "registry" / "rules")
WORKDAYS = Workdays.of(RULES)
BORN = date(1960, 5, 17)
MONDAY = date(2024, 3, 4)
RESULT: dict[str, Any] = {"place": "hospital", "assessor": "H-1", "category": "physical", "grade": 2}
NOT_MET: dict[str, Any] = {"place": "hospital", "assessor": "H-1"}
Steps = list[tuple[Action, dict[str, Any]]]


def office(day: date, born: date = BORN) -> Office:
    return Office(RULES.at(day), WORKDAYS, born)


def start(kind: Kind = "new", channel: Channel = "local", day: date = MONDAY) -> Application:
    return applied(kind, channel, day, office(day))


def step(file: Application, action: Action, day: date, born: date = BORN, **fields: Any) -> Application:
    return decide(file, Act(action, day, **fields), office(day, born))


def code_of(file: Application, action: Action, day: date, born: date = BORN, **fields: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        step(file, action, day, born, **fields)
    assert refusal.value.facts["field"]
    return refusal.value.code


def assessed(
    kind: Kind = "new", channel: Channel = "local", day: date = MONDAY, result: dict[str, Any] = RESULT
) -> Application:
    return step(step(start(kind, channel, day), "accept", day), "assess", day, **result)


def posted(kind: Kind = "new", channel: Channel = "local") -> Application:
    return step(assessed(kind, channel), "post", MONDAY)


def issued() -> Application:
    return step(step(posted(), "approve", date(2024, 3, 12)), "issue", date(2024, 3, 12))


def test_an_application_goes_from_the_window_to_the_certificate():
    file = issued()
    assert (file.state, file.issued, file.category, file.grade) == ("issued", True, "physical", 2)
    assert (file.standard, file.assessed_on) == ("GB/T 26341-2010", MONDAY)
    assert step(file, "tell", date(2024, 3, 13)).state == "told"


def test_no_step_can_be_skipped():
    file = start()
    later: Steps = [("assess", RESULT), ("post", {}), ("approve", {}), ("issue", {}), ("tell", {})]
    for action, fields in later:
        assert code_of(file, action, MONDAY, **fields) == "registry.application_state"
    accepted = step(file, "accept", MONDAY)
    assert code_of(accepted, "approve", MONDAY) == "registry.not_assessed"
    assert code_of(accepted, "post", MONDAY) == "registry.application_state"
    assert code_of(assessed(), "approve", MONDAY) == "registry.not_posted"
    assert code_of(posted(), "issue", MONDAY) == "registry.application_state"
    assert code_of(accepted, "accept", MONDAY - timedelta(days=1)) == "registry.act_out_of_order"


@pytest.mark.parametrize("kind", ["renewal", "reissue", "replacement", "move", "cancel"])
def test_what_changes_no_grade_needs_neither_assessment_nor_notice(kind):
    accepted = step(start(kind), "accept", MONDAY)
    assert step(accepted, "approve", MONDAY).state == "approved"


@pytest.mark.parametrize("kind", ["change", "reassessment"])
def test_what_may_change_a_grade_needs_both(kind):
    assert code_of(step(start(kind), "accept", MONDAY), "approve", MONDAY) == "registry.not_assessed"
    assert code_of(assessed(kind), "approve", MONDAY) == "registry.not_posted"


def test_a_notice_stands_for_five_working_days():
    file = posted()
    assert file.posted_until == date(2024, 3, 11)
    assert code_of(file, "approve", date(2024, 3, 11)) == "registry.notice_running"
    assert step(file, "approve", date(2024, 3, 12)).state == "approved"


def test_the_result_of_a_minor_is_never_posted_and_that_of_an_adult_always():
    minor, adult = date(2006, 3, 5), date(2006, 3, 4)  # 18 on the day after, and on the day
    assert code_of(assessed(), "post", MONDAY, minor) == "registry.minor_not_posted"
    assert step(assessed(), "approve", MONDAY, minor).state == "approved"
    assert step(assessed(), "post", MONDAY, adult).state == "posted"
    assert code_of(assessed(), "approve", MONDAY, adult) == "registry.not_posted"


def test_an_applicant_who_does_not_meet_the_standard_is_rejected_for_that_and_nobody_else_is():
    none = step(assessed(result=NOT_MET), "post", MONDAY)
    day = date(2024, 3, 12)
    assert code_of(none, "approve", day) == "registry.standard_not_met"
    assert code_of(none, "reject", day, reason="untrue") == "registry.rejection_reason"
    assert step(none, "reject", day, reason="standard_not_met").state == "rejected"
    assert code_of(posted(), "reject", day, reason="standard_not_met") == "registry.rejection_reason"
    assert step(posted(), "reject", day, reason="untrue").state == "rejected"


def test_an_assessment_gives_both_or_neither_of_category_and_grade():
    accepted = step(start(), "accept", MONDAY)
    half = {**NOT_MET, "grade": 2}
    assert code_of(accepted, "assess", MONDAY, **half) == "registry.application_act_fields"
    assert code_of(accepted, "assess", MONDAY, category="physical", grade=2) == (
        "registry.application_act_fields"
    )
    assert code_of(accepted, "approve", MONDAY, grade=2) == "registry.application_act_fields"


def test_an_application_is_declined_and_rejected_for_reasons_of_their_own():
    assert code_of(start(), "decline", MONDAY, reason="untrue") == "registry.application_act_fields"
    accepted = step(start("renewal"), "accept", MONDAY)
    assert code_of(accepted, "reject", MONDAY, reason="incomplete") == "registry.application_act_fields"


# Disputes ----------------------------------------------------------------------------------------


def test_a_result_can_be_disputed_for_ten_working_days():
    file = assessed()
    assert file.dispute_until == date(2024, 3, 18)
    disputed = step(file, "dispute", date(2024, 3, 18))
    assert (disputed.state, disputed.level) == ("disputed", "city")
    assert code_of(file, "dispute", date(2024, 3, 19)) == "registry.dispute_too_late"


def test_a_dispute_goes_to_the_city_then_to_the_province_whose_result_is_final():
    day = date(2024, 3, 5)
    city = step(step(assessed(), "dispute", day), "reassess", day, **RESULT | {"grade": 3})
    assert (city.state, city.grade, city.level) == ("assessed", 3, "city")
    province = step(step(city, "dispute", day), "reassess", day, **RESULT | {"grade": 2})
    assert (province.grade, province.level) == (2, "province")
    assert code_of(province, "dispute", day) == "registry.assessment_final"


def test_a_reassessed_result_is_posted_anew():
    day = date(2024, 3, 5)
    again = step(step(posted(), "dispute", day), "reassess", day, **RESULT)
    assert again.posted_until is None
    assert code_of(again, "approve", date(2024, 4, 1)) == "registry.not_posted"


def test_who_is_rejected_or_has_the_certificate_may_dispute_too():
    day = date(2024, 3, 13)
    rejected = step(
        step(assessed(result=NOT_MET), "post", MONDAY), "reject", date(2024, 3, 12), reason="standard_not_met"
    )
    assert step(step(rejected, "dispute", day), "reassess", day, **RESULT).state == "assessed"
    disputed = step(issued(), "dispute", day)
    assert step(disputed, "reassess", day, **RESULT).state == "issued"
    higher = step(disputed, "reassess", day, **RESULT | {"grade": 1})
    assert (higher.state, higher.issued) == ("assessed", True)


def test_before_an_assessment_there_is_nothing_to_dispute():
    accepted = step(start(), "accept", MONDAY)
    assert code_of(accepted, "dispute", MONDAY) == "registry.application_state"
    untrue = step(accepted, "reject", MONDAY, reason="untrue")
    assert code_of(untrue, "dispute", MONDAY) == "registry.not_assessed"


# Clocks and channels -----------------------------------------------------------------------------


def test_three_ten_and_three_working_days_run_at_a_window_and_across_provinces():
    for channel in ("any_window", "for_other_province", "from_other_province"):
        file = start("renewal", channel)
        assert (file.clock, file.due_on) == ("acceptance", date(2024, 3, 7))
        file = step(file, "accept", date(2024, 3, 5))
        assert (file.clock, file.due_on) == ("decision", date(2024, 3, 19))
        file = step(file, "reject", date(2024, 3, 19), reason="untrue")
        assert (file.clock, file.due_on) == ("telling", date(2024, 3, 22))
        assert step(file, "tell", date(2024, 3, 22)).clock is None


def test_the_last_day_is_in_time_and_the_day_after_is_not():
    file = start("renewal", "any_window")
    assert not file.missed(date(2024, 3, 7))
    assert file.missed(date(2024, 3, 8))


def test_working_days_skip_holidays_and_count_the_days_worked_for_them():
    file = start("renewal", "any_window", date(2024, 9, 30))
    assert file.due_on == date(2024, 10, 10)
    file = step(file, "accept", date(2024, 10, 10))
    assert file.due_on == date(2024, 10, 23)  # 12 October is a Saturday that is worked


def test_a_year_whose_holidays_are_not_known_is_refused_with_its_name():
    with pytest.raises(Refusal) as refusal:
        start("renewal", "any_window", date(2031, 1, 6))
    assert (refusal.value.code, refusal.value.facts["year"]) == ("workdays.unknown_year", 2031)


def test_at_home_no_clock_runs_and_a_dispute_stops_those_that_do():
    assert start("renewal").clock is None
    file = assessed("change", "any_window")
    disputed = step(file, "dispute", date(2024, 3, 5))
    assert (disputed.clock, disputed.due_on) == (None, None)
    again = step(disputed, "reassess", date(2024, 4, 1), **RESULT)
    assert (again.clock, again.due_on) == (
        "decision",
        date(2024, 4, 16),
    )  # 4 and 5 April: 清明; 7 April worked


def test_across_provinces_one_side_assesses_and_posts_and_the_other_reviews():
    here_for_them = posted("new", "for_other_province")
    day = date(2024, 3, 12)
    assert code_of(here_for_them, "approve", day) == "registry.application_for_others"
    assert code_of(here_for_them, "forward", date(2024, 3, 11)) == "registry.notice_running"
    assert step(here_for_them, "forward", day).state == "forwarded"
    assert code_of(posted(), "forward", day) == "registry.application_not_for_others"
    they_for_us = assessed("new", "from_other_province")
    assert step(they_for_us, "approve", day).state == "approved"


def test_applications_across_provinces_begin_on_28_june_2021():
    day = date(2021, 6, 28)
    for channel in ("for_other_province", "from_other_province"):
        assert start("renewal", channel, day).state == "applied"
        with pytest.raises(Refusal, match=r"registry\.cross_province_not_offered"):
            start("renewal", channel, day - timedelta(days=1))
    assert start("renewal", "any_window", day - timedelta(days=1)).state == "applied"


def test_what_is_taken_back_or_declined_takes_no_further_step():
    for file in (
        step(start(), "withdraw", MONDAY),
        step(start(), "decline", MONDAY, reason="incomplete"),
        replace(start(), state="told"),
    ):
        assert code_of(file, "accept", MONDAY) == "registry.application_state"


@pytest.mark.parametrize("day", [date(2008, 1, 1), date(2017, 12, 31), date(2018, 1, 1), date(2024, 6, 1)])
def test_the_rules_are_the_same_on_every_day(day):
    rules = RULES.at(day)
    assert rules["application.assessed_kinds"].texts == ("new", "change", "reassessment")
    assert rules["application.dispute.levels"].texts == ("city", "province")
    assert [rules[f"application.{name}"].integer for name in ("notice", "dispute")] == [5, 10]
    assert [rules[f"application.{name}"].integer for name in ("acceptance", "decision", "telling")] == [
        3,
        10,
        3,
    ]


def test_the_clocks_of_windows_are_assumed_and_the_time_to_dispute_is_not():
    for name in ("acceptance", "decision", "telling", "yellow", "notice"):
        assert {value.certainty for value in RULES.history(f"application.{name}")} == {"assumed"}
    assert RULES.history("application.dispute")[-1].certainty == "found"
