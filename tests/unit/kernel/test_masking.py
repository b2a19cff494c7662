"""Masked values show enough to recognise and never enough to use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Invalid
from kernel.masking import BankAccount, Phone, mask


@given(st.text(), st.integers(0, 8), st.integers(0, 8))
def test_a_mask_keeps_the_length_and_only_the_ends(text: str, start: int, end: int) -> None:
    masked = mask(text, start, end)

    assert len(masked) == len(text)
    if len(text) <= start + end:
        assert set(masked) <= {"*"}
    else:
        assert masked == text[:start] + "*" * (len(text) - start - end) + text[len(text) - end :]


def test_a_mask_cannot_keep_less_than_nothing() -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        mask("abc", -1, 0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("13800000011", "13800000011"),
        (" +86 138-0000-0011 ", "13800000011"),
        ("008613800000011", "13800000011"),
        ("8613800000011", "13800000011"),
        ("0512-65550011", "051265550011"),
        ("0398-6555001", "03986555001"),
        ("010 65550011", "01065550011"),
    ],
)
def test_a_phone_is_read_as_people_write_it(text: str, value: str) -> None:
    assert Phone.parse(text).value == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1380000001",
        "138000000111",
        "65550011",
        "010-6555001",
        "0100-6555001",
        "phone",
        "\uff113800000011",
    ],
)
def test_a_text_that_is_no_phone_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        Phone.parse(text)
    assert refusal.value.code == "phone.malformed"


@given(st.from_regex(r"[0-9]{12,23}", fullmatch=True))
def test_a_bank_account_hides_all_but_its_ends(number: str) -> None:
    account = BankAccount.parse(number)

    assert account.value == number
    assert account.masked == number[:4] + "*" * (len(number) - 8) + number[-4:]
    assert str(account) == account.masked
    assert repr(account) == f"BankAccount({account.masked})"


def test_the_grouping_of_a_bank_account_is_dropped() -> None:
    assert BankAccount.parse(" 6222 0000 0000 0000-011 ").value == "6222000000000000011"


@pytest.mark.parametrize("text", ["", "1" * 11, "1" * 24, "6222x0000000", "\uff16" * 16])
def test_a_text_that_is_no_bank_account_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        BankAccount.parse(text)
    assert refusal.value.code == "bank_account.malformed"
    assert not text or text not in str(refusal.value)


def test_a_phone_is_masked_wherever_it_is_printed() -> None:
    phone = Phone.parse("13800000011")

    assert phone.masked == "138****0011"
    assert f"{phone} {phone!r}" == "138****0011 Phone(138****0011)"
