from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import services.employment
from kernel.errors import Conflict, Invalid, Refusal
from kernel.periods import Period
from kernel.rulebook import RuleBook
from services.employment.domain.people import EmploymentAge, Person
from services.employment.domain.training import Course, Need, Trainee

DAY = date(2024, 5, 15)
AGE = EmploymentAge.on(RuleBook.load(Path(services.employment.__file__).parent / "rules").at(DAY))
COURSE = Course("c", "C1", "Poultry", "practical", "341524000000", date(2024, 5, 1), date(2024, 5, 31), 2)


def code_of(check, *arguments):
    with pytest.raises(Refusal) as refusal:
        check(*arguments)
    return refusal.value.code


def test_a_need_is_registered_for_a_holder_of_a_certificate_valid_that_day():
    need = Need("n", "N1", "p", "vocational", DAY)
    holder = Person("p", "341524001001", Period.parse("1990-01"), "female", DAY)
    need.check(holder, AGE)
    expired = replace(holder, certificate_expires_on=DAY - timedelta(days=1))
    assert code_of(need.check, expired, AGE) == "employment.certificate"
    assert code_of(need.check, replace(holder, certificate_expires_on=None), AGE) == "employment.certificate"


def test_a_need_is_registered_at_employment_age():
    need = Need("n", "N1", "p", "vocational", DAY)
    child = Person("p", "341524001001", Period.parse("2012-01"), "female", date(2030, 1, 1))
    assert code_of(need.check, child, AGE) == "employment.age"


def test_a_course_may_last_one_day_but_not_end_before_it_starts():
    replace(COURSE, ends_on=COURSE.starts_on).check()
    with pytest.raises(Invalid) as refusal:
        replace(COURSE, ends_on=COURSE.starts_on - timedelta(days=1)).check()
    assert refusal.value.code == "employment.course_dates"


@pytest.mark.parametrize("day", [COURSE.starts_on, DAY, COURSE.ends_on])
def test_a_place_is_given_on_the_days_of_the_course(day):
    COURSE.check_place(0, day)


@pytest.mark.parametrize("day", [date(2024, 4, 30), date(2024, 6, 1)])
def test_no_place_is_given_outside_the_days_of_the_course(day):
    assert code_of(COURSE.check_place, 0, day) == "employment.outside_course"


@given(capacity=st.integers(1, 10000), taken=st.integers(0, 10001))
def test_places_are_given_while_there_are_any(capacity, taken):
    course = replace(COURSE, capacity=capacity)
    if taken < capacity:
        course.check_place(taken, DAY)
    else:
        with pytest.raises(Conflict):
            course.check_place(taken, DAY)


def test_a_training_is_completed_on_or_after_the_day_of_enrolment():
    trainee = Trainee("t", "c", "p", DAY)
    trainee.check_completion(DAY)
    assert code_of(trainee.check_completion, DAY - timedelta(days=1)) == "employment.before_enrolment"


def test_the_content_of_a_record_is_all_but_its_identifier():
    assert replace(COURSE, id="another") == COURSE
    assert replace(COURSE, capacity=3) != COURSE
