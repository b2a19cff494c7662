"""Citizen numbers and the certificate numbers built on them.

All numbers here are of area 999999, which is nowhere, but for the samples that the
standard and the regulation print.
"""

import string
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kernel.certificate_number import CertificateNumber
from kernel.citizen_id import CitizenId
from kernel.disability import GRADES, Category
from kernel.errors import Invalid

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

VALID = [
    "999999200001010011",
    "99999920000101002X",
    "999999200001010038",
    "999999200001010046",
    "999999200001010054",
    "999999200001010062",
    "999999200001010070",
    "999999199912319997",
    "999999190001010007",
    "999999202002298888",
]


def with_check_character(body: str) -> str:
    """Written from the table of the standard, independently of the library that the kernel uses."""
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


valid_numbers = st.builds(
    lambda born, sequence: with_check_character(f"999999{born:%Y%m%d}{sequence:03d}"),
    st.dates(date(1900, 1, 1), date(2100, 12, 31)),
    st.integers(0, 999),
)


def refusal_of(text: str) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        CitizenId.parse(text)
    assert len(text) < 6 or text not in str(refusal.value)
    return refusal.value


@pytest.mark.parametrize("number", [*VALID, "11010519491231002X", "440524188001010014"])
def test_a_valid_citizen_number_is_accepted(number: str) -> None:
    assert CitizenId.parse(number).value == number


def test_surrounding_space_and_a_small_x_are_forgiven() -> None:
    assert CitizenId.parse(" 99999920000101002x\n").value == "99999920000101002X"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("999999200001010012", "citizen_id.checksum"),
        ("99999920000101001X", "citizen_id.checksum"),
        ("999999200002308888", "citizen_id.birth_date"),
        ("99999920000230888X", "citizen_id.birth_date"),
        ("99999900000101001X", "citizen_id.birth_date"),
        ("99999920000101001", "citizen_id.length"),
        ("9999992000010100111", "citizen_id.length"),
        ("", "citizen_id.length"),
        ("999999000101001", "citizen_id.legacy"),
        ("\uff19\uff19\uff19\uff19\uff19\uff19200001010011", "citizen_id.characters"),
        ("999999 20000101 0011", "citizen_id.characters"),
        ("99999920000101X021", "citizen_id.characters"),
    ],
)
def test_a_wrong_citizen_number_is_refused_by_its_first_fault(text: str, code: str) -> None:
    assert refusal_of(text).code == code


@given(valid_numbers)
def test_a_citizen_number_holds_birth_date_and_sex(number: str) -> None:
    citizen = CitizenId.parse(number)

    assert f"{citizen.birth_date:%Y%m%d}" == number[6:14]
    assert citizen.sex == ("male" if number[16] in "13579" else "female")


@given(valid_numbers, st.integers(0, 17), st.sampled_from(string.digits))
def test_one_changed_digit_is_always_noticed(number: str, place: int, digit: str) -> None:
    assume(number[place] != digit)
    refusal_of(number[:place] + digit + number[place + 1 :])


@given(valid_numbers)
def test_the_middle_of_a_citizen_number_is_never_printed(number: str) -> None:
    citizen = CitizenId.parse(number)

    assert citizen.masked == f"999999********{number[-4:]}"
    assert str(citizen) == citizen.masked
    assert repr(citizen) == f"CitizenId({citizen.masked})"
    assert number[6:14] not in f"{citizen} {citizen!r} {[citizen]}"


def test_an_invalid_citizen_number_cannot_be_built_past_parse() -> None:
    with pytest.raises(Invalid):
        CitizenId("999999200001010012")


certificates = st.builds(
    CertificateNumber.compose,
    valid_numbers.map(CitizenId),
    st.sampled_from(Category),
    st.sampled_from(GRADES),
    st.integers(0, 99),
)


@given(certificates)
def test_a_certificate_number_reads_back(certificate: CertificateNumber) -> None:
    assert CertificateNumber.parse(certificate.value) == certificate


@given(certificates)
def test_a_certificate_number_prints_neither_birth_date_nor_disability(
    certificate: CertificateNumber,
) -> None:
    suffix = f"B{certificate.reissue}" if certificate.reissue else ""

    assert certificate.masked == f"{certificate.citizen_id.masked}**{suffix}"
    assert f"{certificate} {certificate!r}" == f"{certificate.masked} CertificateNumber({certificate.masked})"


@pytest.mark.parametrize(
    ("text", "reissue"),
    [
        ("99999920000101001143", 0),
        ("99999920000101001143B", 1),
        ("99999920000101001143B1", 1),
        (" 99999920000101001143b2 ", 2),
        ("99999920000101001143B12", 12),
    ],
)
def test_the_suffix_counts_the_reissues(text: str, reissue: int) -> None:
    certificate = CertificateNumber.parse(text)

    assert certificate.citizen_id == CitizenId("999999200001010011")
    assert (certificate.category, certificate.grade, certificate.reissue) == (Category.PHYSICAL, 3, reissue)


def test_a_lost_certificate_is_issued_again_under_the_next_suffix() -> None:
    first = CertificateNumber.parse("99999920000101002X11")

    assert first.reissued().value == "99999920000101002X11B1"
    assert first.reissued().reissued().value == "99999920000101002X11B2"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("999999200001010011", "certificate_number.malformed"),
        ("9999992000010100114", "certificate_number.malformed"),
        ("99999920000101001143B0", "certificate_number.malformed"),
        ("99999920000101001143B100", "certificate_number.malformed"),
        ("99999920000101001143C1", "certificate_number.malformed"),
        ("9999992000010100114\uff13", "certificate_number.malformed"),
        ("99999920000101001183", "certificate_number.category"),
        ("99999920000101001103", "certificate_number.category"),
        ("99999920000101001140", "certificate_number.grade"),
        ("99999920000101001145", "certificate_number.grade"),
        ("99999920000101001243", "citizen_id.checksum"),
        ("12345619701111001343", "citizen_id.checksum"),
    ],
)
def test_a_wrong_certificate_number_is_refused(text: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        CertificateNumber.parse(text)
    assert refusal.value.code == code
    assert text not in str(refusal.value)


def test_a_certificate_is_not_composed_out_of_range() -> None:
    citizen = CitizenId("999999200001010011")

    with pytest.raises(Invalid) as grade:
        CertificateNumber.compose(citizen, Category.VISUAL, 5)
    with pytest.raises(Invalid) as reissue:
        CertificateNumber.compose(citizen, Category.VISUAL, 1, 99).reissued()

    assert grade.value.code == "certificate_number.grade"
    assert reissue.value.code == "certificate_number.reissue"
