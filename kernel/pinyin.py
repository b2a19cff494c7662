"""How Chinese characters are read in pinyin without tones, as the library pypinyin knows."""

import os
from functools import lru_cache

# Its dictionary of phrases takes 45 MB and tells nothing of names.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")

from pypinyin import Style, pinyin


@lru_cache(maxsize=20_000)
def readings(character: str) -> tuple[str, ...]:
    """Every reading of one character in a to z (ü is v), the most usual first; one without any is itself."""
    [found] = pinyin(character, style=Style.NORMAL, heteronym=True)
    return tuple(dict.fromkeys(found))
