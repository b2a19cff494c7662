"""The number of a disabled person's certificate (残疾人证号)."""

import re
from dataclasses import dataclass, replace

from kernel.citizen_id import CitizenId
from kernel.disability import GRADES, Category
from kernel.errors import Invalid

MAX_REISSUE = 99

_NUMBER = re.compile(r"(.{18})([0-9])([0-9])(?:(B)([1-9][0-9]?)?)?")


@dataclass(frozen=True, slots=True, repr=False)
class CertificateNumber:
    """Citizen number + category digit + grade digit (残疾人证管理办法 Art. 5), and after a loss B1, B2, …

    grade: 1 (most severe) to 4. reissue: 0 for the first certificate, then 1 to 99.
    A regrade changes the number, so it must not be used as the key of a person.
    Raises Invalid("certificate_number.grade") or Invalid("certificate_number.reissue") when out of range.
    """

    citizen_id: CitizenId
    category: Category
    grade: int
    reissue: int = 0

    def __post_init__(self) -> None:
        if self.grade not in GRADES:
            raise Invalid(
                "certificate_number.grade",
                "The grade in a certificate number must be 1 to 4.",
                grade=self.grade,
            )
        if not 0 <= self.reissue <= MAX_REISSUE:
            raise Invalid(
                "certificate_number.reissue",
                f"The re-issue count of a certificate must be from 0 to {MAX_REISSUE}.",
                reissue=self.reissue,
            )

    @classmethod
    def parse(cls, text: str) -> "CertificateNumber":
        """Read a number as typed; a plain final "B", written by some offices, means the first re-issue.

        Raises Invalid: "certificate_number.malformed" for the layout, "certificate_number.category" or
        "certificate_number.grade" for those digits, and a "citizen_id.…" code for the citizen number inside.
        """
        match = _NUMBER.fullmatch(text.strip().upper())
        if match is None:
            raise Invalid(
                "certificate_number.malformed",
                "The certificate number must be the 18-character citizen number, a category digit and a "
                'grade digit, followed by "B" and a count from 1 to 99 only if it was re-issued.',
            )
        citizen, category, grade, b, count = match.groups()
        if category not in "1234567":
            raise Invalid(
                "certificate_number.category", "The category in a certificate number must be 1 to 7."
            )
        return cls(
            CitizenId(citizen),
            Category.of_digit(int(category)),
            int(grade),
            int(count or 1) if b else 0,
        )

    @classmethod
    def compose(
        cls, citizen_id: CitizenId, category: Category, grade: int, reissue: int = 0
    ) -> "CertificateNumber":
        """The number that a certificate with these contents bears."""
        return cls(citizen_id, category, grade, reissue)

    @property
    def value(self) -> str:
        """The full number, 20 to 23 characters."""
        return f"{self.citizen_id.value}{self.category.digit}{self.grade}{self._suffix}"

    def reissued(self) -> "CertificateNumber":
        """The number of the next certificate after this one was lost, same assessment."""
        return replace(self, reissue=self.reissue + 1)

    @property
    def masked(self) -> str:
        """Category and grade are health data and are hidden too (PIPL Art. 28)."""
        return f"{self.citizen_id.masked}**{self._suffix}"

    @property
    def _suffix(self) -> str:
        return f"B{self.reissue}" if self.reissue else ""

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"CertificateNumber({self.masked})"
