"""By which words a name is found, and by which it is not."""

import pytest

from kernel.errors import Invalid
from services.registry.domain.name_words import MOST_SPELLINGS, asked_word, name_words


def test_a_name_is_found_by_itself_its_spellings_and_their_initials():
    assert name_words("单乐") == {"单乐"} | {
        spelling for a in ("dan", "chan", "shan") for b in ("le", "yue") for spelling in (a + b, a[0] + b[0])
    }


def test_no_part_of_a_name_is_a_word():
    assert not {"张", "小明", "zhang", "xiaoming", "z"} & name_words("张小明")


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("Zhang Xiao-Ming", "zhangxiaoming"),
        ("阿依古丽·买买提", "阿依古丽买买提"),
        ("LÜ", "lv"),
        ("lu\u0308", "lv"),
        ("ＺＸＭ", "zxm"),
        (" 张 三 ", "张三"),
    ],
)
def test_what_is_asked_is_brought_to_one_form(typed: str, word: str):
    assert asked_word(typed) == word


def test_the_usual_spelling_of_lv_is_found():
    assert asked_word("Lü Bu") in name_words("吕布")


def test_many_readings_do_not_make_words_without_end():
    words = name_words("阿单乐朴解仇曾行长重")
    assert len(words) <= 1 + 2 * MOST_SPELLINGS


def test_signs_alone_are_no_name_to_look_for():
    assert name_words("·") == frozenset()
    with pytest.raises(Invalid, match=r"registry\.name_without_letters") as refused:
        asked_word("·")
    assert refused.value.facts == {"field": "name"}
