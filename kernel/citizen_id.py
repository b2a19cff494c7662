"""The citizen number (公民身份号码, GB 11643): area 6, birth date 8, sequence 3, check character 1."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from stdnum.cn import ric

from kernel.errors import Invalid
from kernel.masking import mask

LENGTH = 18
LEGACY_LENGTH = 15

_CHARACTERS = re.compile(r"[0-9]*[0-9X]?")


def _birth_date(number: str) -> date:
    # Not ric.get_birth_date: it cleans the number first, which is most of its work, and this one is clean.
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def _check(number: str) -> None:
    if _CHARACTERS.fullmatch(number) is None:
        raise Invalid(
            "citizen_id.characters",
            "The citizen number may hold only the half-width digits 0-9, and X in the last place; "
            "full-width digits and separators must be retyped.",
        )
    if len(number) == LEGACY_LENGTH:
        raise Invalid(
            "citizen_id.legacy",
            "The citizen number is a first-generation one of 15 digits, no longer valid since 2013; "
            "ask for the 18-character number on the present identity card.",
        )
    if len(number) != LENGTH:
        raise Invalid(
            "citizen_id.length",
            f"The citizen number has {len(number)} characters instead of {LENGTH}.",
            length=len(number),
        )
    # Not ric.validate: it also demands a known county, and its table lacks revoked and synthetic areas.
    try:
        _birth_date(number)
    except ValueError:
        raise Invalid(
            "citizen_id.birth_date", "The citizen number holds a birth date that does not exist."
        ) from None
    if ric.calc_check_digit(number) != number[-1]:
        raise Invalid(
            "citizen_id.checksum", "The citizen number is mistyped: its check character does not match."
        )


@dataclass(frozen=True, slots=True, repr=False)
class CitizenId:
    """A valid citizen number, 18 characters, upper case. The area (first six digits) is not checked to exist:
    it is the county at the time of registration and may since have been revoked.

    Raises Invalid with code "citizen_id.characters", "citizen_id.legacy" (15 digits), "citizen_id.length",
    "citizen_id.checksum" or "citizen_id.birth_date"; the message never holds the number.
    """

    value: str

    def __post_init__(self) -> None:
        _check(self.value)

    @classmethod
    def parse(cls, text: str) -> "CitizenId":
        """Read a number as typed: surrounding whitespace and a lower-case x are forgiven, nothing else."""
        return cls(text.strip().upper())

    @property
    def birth_date(self) -> date:
        """The day of birth written in the number, places 7 to 14."""
        return _birth_date(self.value)

    @property
    def sex(self) -> Literal["male", "female"]:
        """By the parity of the sequence: odd male, even female (GB 11643)."""
        return "male" if int(self.value[16]) % 2 else "female"

    @property
    def masked(self) -> str:
        """Area and last four characters; the birth date is hidden."""
        return mask(self.value, 6, 4)

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"CitizenId({self.masked})"
