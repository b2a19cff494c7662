"""Comparing and masking what is told of persons and households."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Refusal
from kernel.masking import Phone
from services.registry.domain.person import Person, check_born, masked_name, notice_name
from services.registry.domain.record import check_same

PERSON = Person("王小明", "341524103206", None, Phone("13800000000"), None, date(2020, 1, 1))


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王小明", "王＊"),
        ("王明", "王＊"),
        ("欧阳小明", "欧阳＊"),
        ("欧阳", "欧＊"),
        ("阿卜杜拉·买买提", "阿＊"),
        ("王", "＊"),
    ],
)
def test_a_masked_name_keeps_the_family_name_alone(name, masked):
    assert masked_name(name) == masked


@given(st.text(min_size=1, max_size=120))
def test_a_masked_name_never_shows_the_whole_name_nor_its_length(name):
    shown = masked_name(name)
    assert shown.endswith("＊")
    assert len(shown) <= 3
    assert len(shown[:-1]) < len(name)


def test_the_same_content_is_the_same_person():
    check_same("person", PERSON, replace(PERSON))


def test_a_difference_names_the_field_and_no_value():
    with pytest.raises(Refusal) as refusal:
        check_same("person", PERSON, replace(PERSON, name="李小红", phone=Phone("13900000000")))
    assert refusal.value.code == "registry.person_differs"
    assert refusal.value.facts == {"field": "name"}
    assert "name, phone" in refusal.value.message
    for value in ("王小明", "李小红", "13800000000", "13900000000"):
        assert value not in str(refusal.value)


def test_nobody_is_registered_before_birth():
    born = date(1960, 5, 17)
    check_born(born, born)
    with pytest.raises(Refusal) as refusal:
        check_born(born, born - timedelta(days=1))
    assert refusal.value.code == "registry.registered_before_birth"


def test_a_person_printed_by_mistake_shows_neither_name_nor_phone():
    assert "王" not in repr(PERSON)
    assert "13800000000" not in repr(PERSON)


@pytest.mark.parametrize(
    ("name", "middle_hidden", "given_hidden"),
    [
        ("王小明", "王＊明", "王＊＊"),
        ("王明", "王＊", "王＊"),
        ("欧阳小明", "欧阳＊明", "欧阳＊＊"),
        ("欧阳", "欧＊", "欧＊"),
        ("阿卜杜拉·买买提", "阿＊＊＊＊＊＊提", "阿＊＊＊＊＊＊＊"),
        ("王", "＊", "＊"),
    ],
)
def test_a_notice_hides_a_part_of_every_name(name, middle_hidden, given_hidden):
    assert notice_name(name, last_shown=True) == middle_hidden
    assert notice_name(name, last_shown=False) == given_hidden
