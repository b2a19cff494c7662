from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import services.rehab
from kernel.ages import AgeBand
from kernel.disability import Category
from kernel.errors import Conflict, Invalid, NotFound, Refusal
from kernel.periods import Period
from kernel.rulebook import RuleBook
from services.rehab.domain.people import Certificate, Person
from services.rehab.domain.programme import Programme
from services.rehab.domain.records import Enrolment

RULES = Path(services.rehab.__file__).parent / "rules"
DAY = date(2024, 5, 15)
PROGRAMMES = ("psych_drug", "child", "cataract", "care")


@cache
def rules_of(office):
    return RuleBook.load(RULES, office)


def programme(key, day=DAY, office=None):
    return Programme.on(rules_of(office).at(day), key)


def person(category=None, grade=2, born="1980-01", expires_on=date(2030, 1, 1)):
    certificate = Certificate(Category(category), grade, expires_on) if category else None
    return Person("p", "341524001001", Period.parse(born), certificate)


def enrolment(key, **changes):
    fields = {
        "basis": "certificate",
        "mode": None,
        "diagnosis_level": None,
        "guardian_applied": False,
        "enrolled_on": DAY,
    } | changes
    return Enrolment(id="e", ref="R1", programme=key, person_id="p", provider="county hospital", **fields)


def refused(key, who, code, office=None, **changes):
    sent = enrolment(key, **changes)
    with pytest.raises(Refusal) as refusal:
        programme(key, sent.enrolled_on, office).admit(who, sent)
    assert refusal.value.code == code
    return True


def admitted(key, who, office=None, **changes):
    sent = enrolment(key, **changes)
    programme(key, sent.enrolled_on, office).admit(who, sent)
    return True


@pytest.mark.parametrize("category", ["mental", "multiple"])
def test_the_drug_subsidy_takes_mental_and_multiple_disabilities_at_any_grade(category):
    assert all(admitted("psych_drug", person(category, grade)) for grade in (1, 2, 3, 4))


@pytest.mark.parametrize("category", ["visual", "hearing", "speech", "physical", "intellectual"])
def test_the_drug_subsidy_refuses_other_categories(category):
    assert refused("psych_drug", person(category, 1), "rehab.category")


@pytest.mark.parametrize("key", PROGRAMMES)
def test_a_certificate_counts_to_its_last_day_in_every_programme(key):
    who = person("mental", born="2020-01" if key == "child" else "1980-01", expires_on=DAY)
    mode = "day" if key == "care" else None
    assert admitted(key, who, mode=mode)
    assert refused(key, who, "rehab.certificate", mode=mode, enrolled_on=date(2024, 5, 16))


def test_whoever_has_no_certificate_is_told_that_a_diagnosis_may_do():
    with pytest.raises(Refusal, match="enrol by diagnosis") as refusal:
        programme("psych_drug").admit(person(), enrolment("psych_drug"))
    assert refusal.value.code == "rehab.certificate"
    with pytest.raises(Refusal) as refusal:
        programme("care").admit(person(), enrolment("care", mode="day"))
    assert "diagnosis" not in refusal.value.message


@pytest.mark.parametrize(
    ("level", "code"),
    [(1, None), (3, None), (4, "rehab.diagnosis_level"), (None, "rehab.diagnosis_level")],
)
def test_without_a_certificate_the_drug_subsidy_needs_a_diagnosis_of_level_3_or_more_severe(level, code):
    sent = {"basis": "diagnosis", "diagnosis_level": level, "guardian_applied": True}
    assert refused("psych_drug", person(), code, **sent) if code else admitted("psych_drug", person(), **sent)


def test_without_a_certificate_the_drug_subsidy_needs_the_guardians_application():
    sent = {"basis": "diagnosis", "diagnosis_level": 3}
    assert refused("psych_drug", person(), "rehab.guardian_application", **sent)
    assert admitted("psych_drug", person(), guardian_applied=True, **sent)


def test_the_diagnosis_became_a_ground_of_the_drug_subsidy_in_2018():
    sent = {"basis": "diagnosis", "diagnosis_level": 3, "guardian_applied": True}
    assert refused("psych_drug", person(), "rehab.basis", enrolled_on=date(2017, 12, 31), **sent)
    assert admitted("psych_drug", person(), enrolled_on=date(2018, 1, 1), **sent)


@pytest.mark.parametrize("basis", ["certificate", "diagnosis"])
def test_a_child_needs_a_certificate_or_a_diagnosis(basis):
    child = person("hearing" if basis == "certificate" else None, born="2020-05")
    assert admitted("child", child, basis=basis)


def test_the_childrens_programme_ends_with_the_month_of_the_seventh_birthday():
    assert admitted("child", person(born="2017-05"), basis="diagnosis")
    assert refused("child", person(born="2017-04"), "rehab.age", basis="diagnosis")
    assert refused("child", person(born="2024-06"), "rehab.age", basis="diagnosis")


def test_an_office_extends_the_childrens_age_from_a_day_on():
    youth = person(born="2006-05")
    assert admitted("child", youth, office="341524", basis="diagnosis")
    assert refused("child", person(born="2006-04"), "rehab.age", office="341524", basis="diagnosis")
    assert refused("child", youth, "rehab.age", office="360121", basis="diagnosis")
    day = date(2023, 12, 31)
    assert refused("child", youth, "rehab.age", office="341524", basis="diagnosis", enrolled_on=day)


def test_cataract_surgery_is_open_to_everybody_with_a_certificate_or_without():
    assert admitted("cataract", person(born="1940-01"), basis="diagnosis")
    assert admitted("cataract", person("visual", 4, born="1940-01"))


@pytest.mark.parametrize(
    ("category", "grade", "code"),
    [
        ("intellectual", 4, None),
        ("mental", 4, None),
        ("physical", 2, None),
        ("physical", 3, "rehab.category"),
        ("multiple", 1, "rehab.category"),
        ("visual", 1, "rehab.category"),
    ],
)
def test_care_is_for_intellectual_mental_and_severe_physical_disabilities(category, grade, code):
    who = person(category, grade)
    assert refused("care", who, code, mode="home") if code else admitted("care", who, mode="home")


@pytest.mark.parametrize(
    ("born", "code"),
    [("2008-05", None), ("2008-06", "rehab.age"), ("1964-05", None), ("1964-04", "rehab.age")],
)
def test_care_is_for_employment_age_16_to_59(born, code):
    who = person("mental", born=born)
    assert refused("care", who, code, mode="day") if code else admitted("care", who, mode="day")


@pytest.mark.parametrize("mode", ["boarding", "day", "home"])
def test_care_has_three_modes_of_which_one_must_be_named(mode):
    assert admitted("care", person("mental"), mode=mode)
    assert refused("care", person("mental"), "rehab.mode", mode=None)


def test_a_programme_without_modes_refuses_one():
    assert refused("psych_drug", person("mental"), "rehab.mode", mode="home")


def test_care_knows_no_enrolment_by_diagnosis():
    assert refused("care", person("mental"), "rehab.basis", basis="diagnosis", mode="home")


def test_a_programme_that_is_not_in_the_rules_is_unknown():
    with pytest.raises(NotFound) as refusal:
        programme("acupuncture")
    assert refusal.value.code == "rehab.unknown_programme"
    with pytest.raises(NotFound):
        programme("care", date(2005, 12, 31))


@pytest.mark.parametrize(
    ("key", "items", "limit"),
    [
        ("psych_drug", {"drug"}, 12),
        ("child", {"training", "prosthesis_orthosis", "device"}, 1),
        ("cataract", {"surgery"}, 2),
        ("care", {"care_period"}, 12),
    ],
)
def test_an_item_is_given_as_often_as_the_programme_allows(key, items, limit):
    rules = programme(key)
    assert set(rules.items) == items
    for item in items:
        rules.check_item(item, limit - 1)
        with pytest.raises(Conflict) as refusal:
            rules.check_item(item, limit)
        assert refusal.value.code == "rehab.item_limit"
    with pytest.raises(Refusal, match="has no such item"):
        rules.check_item("wheelchair_taxi", 0)


@given(given_times=st.integers(0, 1000))
def test_a_programme_without_a_limit_never_says_enough(given_times):
    Programme("open", ("item",), ("certificate",), AgeBand()).check_item("item", given_times)


@given(
    category=st.sampled_from([None, *Category]),
    grade=st.integers(1, 4),
    month=st.dates(date(1930, 1, 1), DAY),
    key=st.sampled_from(PROGRAMMES),
    basis=st.sampled_from(["certificate", "diagnosis"]),
    level=st.none() | st.integers(1, 5),
    applied=st.booleans(),
)
def test_a_refusal_says_nothing_of_the_person(category, grade, month, key, basis, level, applied):
    who = person(category, grade, born=month.strftime("%Y-%m"))
    sent = enrolment(
        key,
        basis=basis,
        diagnosis_level=level,
        guardian_applied=applied,
        mode="day" if key == "care" else None,
    )
    refusals = []
    try:
        programme(key).admit(who, sent)
    except Refusal as refusal:
        refusals.append(refusal)
    assert all(refusal.code.startswith("rehab.") for refusal in refusals)
    assert not any(who.birth_month.text in refusal.message for refusal in refusals)
    assert all(set(refusal.facts) == {"field", "programme"} for refusal in refusals)


@given(grade=st.integers(2, 4), category=st.sampled_from(list(Category)))
def test_a_more_severe_grade_never_loses_a_place(grade, category):
    for key in PROGRAMMES:
        sent = enrolment(key, mode="day" if key == "care" else None)
        born = "2020-01" if key == "child" else "1980-01"
        try:
            programme(key).admit(person(category, grade, born=born), sent)
        except Refusal:
            continue
        programme(key).admit(person(category, grade - 1, born=born), sent)


def test_the_content_of_an_enrolment_is_all_but_its_identifier():
    sent = enrolment("care", mode="day")
    assert sent == replace(sent, id="another")
    for change in (
        {"mode": "home"},
        {"provider": "another"},
        {"enrolled_on": date(2024, 5, 16)},
        {"ref": "R2"},
    ):
        assert sent != replace(sent, **change)


def test_modes_are_an_error_of_the_input():
    with pytest.raises(Invalid):
        programme("care").admit(person("mental"), enrolment("care"))
