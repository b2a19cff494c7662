"""Unified social credit codes of organisations."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kernel.credit_code import CreditCode
from kernel.errors import Invalid

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VALID = [
    "91350100M000100Y43",
    "99999999MA0000001X",
    "91999999MA0000002R",
    "12999999MB0000009N",
    "91999999MA00000A11",
]


def rural_collective() -> str:
    """A synthetic code of the registration authority N; its check character is worked out here."""
    body = "N2999999MA0000001"
    return body + ALPHABET[-sum(ALPHABET.index(c) * 3**i for i, c in enumerate(body)) % 31]


@pytest.mark.parametrize("code", [*VALID, rural_collective()])
def test_a_valid_credit_code_is_accepted(code: str) -> None:
    assert str(CreditCode.parse(f" {code.lower()} ")) == code


@given(st.sampled_from(VALID), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_changed_character_is_always_noticed(code: str, place: int, character: str) -> None:
    assume(code[place] != character)
    with pytest.raises(Invalid):
        CreditCode.parse(code[:place] + character + code[place + 1 :])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "credit_code.length"),
        ("91350100M000100Y4", "credit_code.length"),
        ("91350100M000100Y44", "credit_code.checksum"),
        ("91350100I000100Y43", "credit_code.characters"),
        ("913501A0M000100Y43", "credit_code.characters"),
        ("\uff191350100M000100Y43", "credit_code.characters"),
        ("91350100-000100Y43", "credit_code.characters"),
    ],
)
def test_a_wrong_credit_code_is_refused(text: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        CreditCode.parse(text)
    assert refusal.value.code == code
