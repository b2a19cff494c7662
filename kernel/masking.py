"""Hiding personal identifiers, and contact values that hide themselves.

str and repr of these types are masked, so that a value which slips into a log line or a test report
discloses nothing (PIPL Art. 51). The full text is only ever read from `.value`, on purpose.
"""

import re
from dataclasses import dataclass

from kernel.errors import Invalid

_GROUPING = re.compile(r"[ -]")
_COUNTRY_PREFIX = re.compile(r"(?:\+86|0086|86)(?=1[0-9]{10}$)")
# Area codes 010 and 02x have three digits and eight-digit numbers, all others four and seven or eight; no
# subscriber number begins with 0 or 1.
_PHONE = re.compile(r"1[0-9]{10}|(?:010|02[0-9])[2-9][0-9]{7}|0[3-9][0-9]{2}[2-9][0-9]{6,7}")
_ACCOUNT = re.compile(r"[0-9]{12,23}")


def mask(text: str, keep_start: int, keep_end: int) -> str:
    """Replace all but the first and last characters by one star each.

    A text no longer than what would be kept is hidden completely. Raises ValueError for a negative count.
    """
    if keep_start < 0 or keep_end < 0:
        raise ValueError("the number of characters to keep cannot be negative")
    hidden = len(text) - keep_start - keep_end
    if hidden <= 0:
        return "*" * len(text)
    return text[:keep_start] + "*" * hidden + text[len(text) - keep_end :]


@dataclass(frozen=True, slots=True, repr=False)
class Phone:
    """A mainland telephone number, digits only: a mobile (11 digits from 1) or a landline with its area code.

    Raises Invalid("phone.malformed").
    """

    value: str

    def __post_init__(self) -> None:
        if _PHONE.fullmatch(self.value) is None:
            raise Invalid(
                "phone.malformed",
                "The telephone number is neither a mainland mobile of 11 digits nor a landline with its "
                "area code.",
            )

    @classmethod
    def parse(cls, text: str) -> "Phone":
        """Read a number as people write it: spaces, hyphens and the 86 before a mobile are dropped."""
        return cls(_COUNTRY_PREFIX.sub("", _GROUPING.sub("", text.strip())))

    @property
    def masked(self) -> str:
        """The first three and the last four digits."""
        return mask(self.value, 3, 4)

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"Phone({self.masked})"


@dataclass(frozen=True, slots=True, repr=False)
class BankAccount:
    """A bank account or card number of 12 to 23 digits.

    No check digit is enforced: passbook accounts of rural credit unions carry none.
    Raises Invalid("bank_account.malformed").
    """

    value: str

    def __post_init__(self) -> None:
        if _ACCOUNT.fullmatch(self.value) is None:
            raise Invalid("bank_account.malformed", "The bank account is not a number of 12 to 23 digits.")

    @classmethod
    def parse(cls, text: str) -> "BankAccount":
        """Read an account number; the spaces and hyphens that group its digits are dropped."""
        return cls(_GROUPING.sub("", text.strip()))

    @property
    def masked(self) -> str:
        """The first and the last four digits."""
        return mask(self.value, 4, 4)

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"BankAccount({self.masked})"
