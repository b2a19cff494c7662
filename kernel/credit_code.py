"""The unified social credit code of an organisation (统一社会信用代码, GB 32100)."""

import re
from dataclasses import dataclass

from stdnum.cn import uscc

from kernel.errors import Invalid

LENGTH = 18

# Authority and entity type (2), area (6), organisation and check character (10).
_CODE = re.compile(r"[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}")


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A valid code, 18 characters, upper case. Public information, therefore not masked.

    Raises Invalid with code "credit_code.length", "credit_code.characters" or "credit_code.checksum".
    """

    value: str

    def __post_init__(self) -> None:
        if len(self.value) != LENGTH:
            raise Invalid(
                "credit_code.length",
                f"The credit code has {len(self.value)} characters instead of {LENGTH}.",
                length=len(self.value),
            )
        if _CODE.fullmatch(self.value) is None:
            raise Invalid(
                "credit_code.characters",
                "The credit code may hold only half-width digits and capital letters except I, O, S, V "
                "and Z, with digits in places 3 to 8.",
            )
        # Not uscc.validate: it refuses letters in the first two places, which rural collectives (N…) have.
        if uscc.calc_check_digit(self.value) != self.value[-1]:
            raise Invalid(
                "credit_code.checksum", "The credit code is mistyped: its check character does not match."
            )

    @classmethod
    def parse(cls, text: str) -> "CreditCode":
        """Read a code as typed: surrounding whitespace and lower-case letters are forgiven."""
        return cls(text.strip().upper())

    def __str__(self) -> str:
        return self.value
