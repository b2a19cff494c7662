"""Kinds and grades of disability."""

import pytest

from kernel.disability import GRADES, SEVERE_GRADES, Category, is_severe
from kernel.errors import Invalid


def test_categories_have_the_digits_of_the_certificate() -> None:
    assert [(category.digit, category.value, category.zh) for category in Category] == [
        (1, "visual", "视力残疾"),
        (2, "hearing", "听力残疾"),
        (3, "speech", "言语残疾"),
        (4, "physical", "肢体残疾"),
        (5, "intellectual", "智力残疾"),
        (6, "mental", "精神残疾"),
        (7, "multiple", "多重残疾"),
    ]
    assert all(Category.of_digit(category.digit) is category for category in Category)


@pytest.mark.parametrize("digit", [0, 8, -1])
def test_there_are_seven_categories(digit: int) -> None:
    with pytest.raises(Invalid) as refusal:
        Category.of_digit(digit)
    assert refusal.value.code == "disability.category"


def test_the_first_two_grades_are_severe() -> None:
    assert [grade for grade in GRADES if is_severe(grade)] == list(SEVERE_GRADES) == [1, 2]


@pytest.mark.parametrize("grade", [0, 5])
def test_there_are_four_grades(grade: int) -> None:
    with pytest.raises(Invalid) as refusal:
        is_severe(grade)
    assert refusal.value.code == "disability.grade"
