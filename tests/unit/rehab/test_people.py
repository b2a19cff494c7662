from datetime import date, timedelta

import pytest

from kernel.disability import Category
from services.rehab.domain.people import Certificate


def test_a_certificate_is_valid_to_the_end_of_its_last_day():
    last = date(2026, 6, 30)
    certificate = Certificate(Category.MENTAL, 3, last)
    assert certificate.valid_on(last)
    assert not certificate.valid_on(last + timedelta(days=1))


@pytest.mark.parametrize(("grade", "severe"), [(1, True), (2, True), (3, False), (4, False)])
def test_only_a_valid_certificate_of_grade_1_or_2_shows_a_severe_disability(grade, severe):
    certificate = Certificate(Category.PHYSICAL, grade, date(2026, 6, 30))
    assert certificate.severe_on(date(2026, 6, 30)) is severe
    assert not certificate.severe_on(date(2026, 7, 1))
