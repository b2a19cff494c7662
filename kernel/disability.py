"""Kinds and grades of disability (GB/T 26341-2010)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from kernel.errors import Invalid


class Category(StrEnum):
    """The kind of disability written in the certificate, in the order of its digit 1 to 7."""

    VISUAL = "visual"
    HEARING = "hearing"
    SPEECH = "speech"
    PHYSICAL = "physical"
    INTELLECTUAL = "intellectual"
    MENTAL = "mental"
    MULTIPLE = "multiple"

    @property
    def digit(self) -> int:
        """The 19th digit of the certificate number (中华人民共和国残疾人证管理办法 Art. 5)."""
        return _CATEGORIES.index(self) + 1

    @property
    def zh(self) -> str:
        """The name in the standard, as certificates write it."""
        return _ZH[self]

    @classmethod
    def of_digit(cls, digit: int) -> "Category":
        """Raises Invalid("disability.category") when the digit is not 1 to 7."""
        if not 1 <= digit <= len(_CATEGORIES):
            raise Invalid(
                "disability.category", "The disability category must be a digit from 1 to 7.", digit=digit
            )
        return _CATEGORIES[digit - 1]


_CATEGORIES = tuple(Category)

_ZH: Mapping[Category, str] = MappingProxyType(
    dict(
        zip(
            Category,
            ("视力残疾", "听力残疾", "言语残疾", "肢体残疾", "智力残疾", "精神残疾", "多重残疾"),
            strict=True,
        )
    )
)

GRADES = (1, 2, 3, 4)
SEVERE_GRADES = (1, 2)


def is_severe(grade: int) -> bool:
    """Whether a grade counts as severe disability (重度残疾): grades 1 and 2 (GB/T 26341-2010).

    A scheme that also favours grade 3 of some category states that in its own rules.
    Raises Invalid("disability.grade") when the grade is not 1 to 4.
    """
    if grade not in GRADES:
        raise Invalid(
            "disability.grade", "The disability grade must be from 1 (most severe) to 4.", grade=grade
        )
    return grade in SEVERE_GRADES
