"""By which words a person's name is found: the whole name, its spellings in pinyin, their initials.

Parts of a name are left out on purpose: decision 0017.
"""

import unicodedata
from itertools import islice, product

from kernel.errors import Invalid
from kernel.pinyin import readings

EDITION = 1
"""Of the words; a greater one lets the daily job find the words of all names anew."""

MOST_SPELLINGS = 16
"""So many spellings of one name, the most usual first: enough for three characters with two readings each."""


def asked_word(text: str) -> str:
    """The one word that somebody looks for: letters and digits alone, in lower case, of usual width.

    "Zhang Xiao-Ming" is zhangxiaoming, 阿依古丽·买买提 goes without its dot, lü is lv.
    Raises Invalid("registry.name_without_letters").
    """
    composed = unicodedata.normalize("NFKC", text).casefold().replace("ü", "v")
    word = "".join(filter(str.isalnum, composed))
    if not word:
        raise Invalid(
            "registry.name_without_letters",
            "Ask for the whole name, in characters, in pinyin, or by its initials.",
            field="name",
        )
    return word


def name_words(name: str) -> frozenset[str]:
    """All words by which the name is found; none for a name without a letter."""
    spellings = _spellings(name)
    initials = {"".join(part[0] for part in spelling) for spelling in spellings}
    return sounds(name) | initials


def sounds(name: str) -> frozenset[str]:
    """The words that whoever writes the name as it sounds may write: itself, and its spellings."""
    try:
        return frozenset({asked_word(name), *map("".join, _spellings(name))})
    except Invalid:
        return frozenset()


def _spellings(name: str) -> list[tuple[str, ...]]:
    try:
        return list(islice(product(*map(readings, asked_word(name))), MOST_SPELLINGS))
    except Invalid:
        return []
