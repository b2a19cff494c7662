"""Persons and households as the registry is told of them."""

import re
from dataclasses import dataclass, field
from datetime import date

from kernel.errors import Invalid
from kernel.masking import BankAccount, Phone

# The two-character family names that are common enough to meet (百家姓 and the 2010 census).
_COMPOUND_SURNAME = re.compile(
    "(?:欧阳|歐陽|上官|司马|诸葛|皇甫|令狐|尉迟|慕容|司徒|东方|夏侯|公孙|宇文|长孙|轩辕|端木|独孤|南宫|西门|申屠|呼延"
    "|百里|淳于|闻人|澹台|钟离)(?=.)"
)


@dataclass(frozen=True, slots=True)
class Person:
    """What is told of a person beside the citizen number, which makes two records the same person.

    registered_region: where the person was registered, None unless they moved with their certificate since.
    """

    name: str = field(repr=False)
    region: str
    household_id: str | None
    phone: Phone | None
    bank_account: BankAccount | None
    registered_on: date
    registered_region: str | None = None


@dataclass(frozen=True, slots=True)
class Household:
    """What is told of a household beside the office's reference. flags: in alphabetical order, each once."""

    region: str
    flags: tuple[str, ...]
    registered_on: date


def check_born(birth_date: date, registered_on: date) -> None:
    """Raises Invalid("registry.registered_before_birth")."""
    if registered_on < birth_date:
        raise Invalid(
            "registry.registered_before_birth",
            "The person would be registered before the day of birth in the citizen number; check both.",
            field="registered_on",
        )


def masked_name(name: str) -> str:
    """The family name and one full-width star, whatever the length of the rest.

    Of a name without a family name (阿卜杜拉·买买提) the first character stays; of one character, nothing.
    """
    if len(name) == 1:
        return "＊"
    compound = _COMPOUND_SURNAME.match(name)
    return f"{compound.group() if compound else name[0]}＊"


def notice_name(name: str, *, last_shown: bool) -> str:
    """A name as a public notice puts it up: the family name, and a full-width star for each character hidden.

    last_shown: whether the last of several other characters stays, 王＊明, or none does, 王＊＊. Of a name of
    one character nothing stays.
    """
    if len(name) == 1:
        return "＊"
    compound = _COMPOUND_SURNAME.match(name)
    family = compound.group() if compound else name[0]
    given = name.removeprefix(family)
    shown = given[-1] if last_shown and len(given) > 1 else ""
    return family + "＊" * (len(given) - len(shown)) + shown
