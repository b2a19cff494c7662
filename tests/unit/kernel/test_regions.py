"""Division codes nest by prefix, and old codes lead to today's divisions."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Conflict, Invalid, NotFound
from kernel.regions import LEVELS, Level, RegionCode, RegionRow, RegionTable

codes = st.builds(
    lambda digits, length: RegionCode.parse(digits[:length]),
    st.from_regex(r"[1-9][0-9]{11}", fullmatch=True),
    st.sampled_from([2, 4, 6, 9, 12]),
)


@pytest.mark.parametrize(
    ("text", "value", "level", "prefix"),
    [
        ("32", "320000000000", "province", "32"),
        ("3205", "320500000000", "city", "3205"),
        ("320508", "320508000000", "county", "320508"),
        (" 320508019 ", "320508019000", "township", "320508019"),
        ("320508019044", "320508019044", "village", "320508019044"),
        ("320000", "320000000000", "province", "32"),
        ("441900003", "441900003000", "township", "441900003"),
    ],
)
def test_a_code_is_filled_up_and_has_a_level(text: str, value: str, level: Level, prefix: str) -> None:
    code = RegionCode.parse(text)

    assert (str(code), code.level, code.prefix) == (value, level, prefix)


@pytest.mark.parametrize(
    "text", ["", "3", "320", "32050", "3205080", "00", "000508", "32050x", "\uff13\uff12", "3205080190440"]
)
def test_a_malformed_code_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        RegionCode.parse(text)
    assert refusal.value.code == "region.malformed"


def test_a_code_climbs_level_by_level() -> None:
    code: RegionCode | None = RegionCode.parse("320508019044")
    climbed = []
    while code is not None:
        climbed.append(code.prefix)
        code = code.parent

    assert climbed == ["320508019044", "320508019", "320508", "3205", "32"]


def test_a_town_of_a_city_without_counties_lies_in_the_city() -> None:
    town = RegionCode.parse("441900003")

    assert town.parent == RegionCode.parse("4419") == town.at_level("county")


def test_a_province_lies_in_no_single_county() -> None:
    with pytest.raises(Invalid) as refusal:
        RegionCode.parse("32").at_level("county")
    assert refusal.value.code == "region.level"


@given(codes)
def test_a_code_lies_within_itself_and_all_above(code: RegionCode) -> None:
    assert code.within(code)
    assert RegionCode.parse(code.prefix) == code == RegionCode.parse(code.value)
    for level in LEVELS[: LEVELS.index(code.level) + 1]:
        above = code.at_level(level)
        assert code.within(above)
        assert above == code or not above.within(code)


@given(codes, codes)
def test_two_codes_lie_within_each_other_only_if_equal(a: RegionCode, b: RegionCode) -> None:
    assert a.within(b) == (a.value[: len(b.prefix)] == b.prefix)
    assert (a.within(b) and b.within(a)) == (a == b)


CANGLANG, PINGJIANG, JINCHANG, GUSU = (
    RegionCode.parse(text) for text in ("320502", "320503", "320504", "320508")
)
MERGED = date(2012, 9, 1)
FIRST = date(1983, 1, 1)


def suzhou() -> RegionTable:
    """Three old districts of Suzhou that became one in 2012."""
    return RegionTable(
        [
            RegionRow(GUSU, "姑苏区", MERGED),
            RegionRow(CANGLANG, "沧浪区", FIRST, MERGED, (GUSU,)),
            RegionRow(PINGJIANG, "平江区", FIRST, MERGED, (GUSU,)),
            RegionRow(JINCHANG, "金阊区", FIRST, MERGED, (GUSU,)),
        ]
    )


def test_the_table_shows_the_divisions_of_a_day() -> None:
    assert [row.name for row in suzhou().on(date(2012, 8, 31))] == ["沧浪区", "平江区", "金阊区"]
    assert [row.name for row in suzhou().on(MERGED)] == ["姑苏区"]


def test_a_merged_division_leads_to_its_successor() -> None:
    assert suzhou().current(JINCHANG, date(2012, 8, 31)).code == JINCHANG
    assert suzhou().current(JINCHANG, MERGED).code == GUSU


def test_successors_are_followed_more_than_once() -> None:
    a, b, c = (RegionCode.parse(text) for text in ("999901", "999902", "999903"))
    table = RegionTable(
        [
            RegionRow(a, "A", date(2000, 1, 1), date(2005, 1, 1), (b,)),
            RegionRow(b, "B", date(2000, 1, 1), date(2010, 1, 1), (c,)),
            RegionRow(c, "C", date(2000, 1, 1)),
        ]
    )

    assert table.current(a, date(2007, 1, 1)).code == b
    assert table.current(a, date(2020, 1, 1)).code == c


def test_a_renamed_division_has_the_name_of_the_day() -> None:
    code = RegionCode.parse("999901")
    renamed = date(2010, 5, 1)
    table = RegionTable([RegionRow(code, "Old", FIRST, renamed), RegionRow(code, "New", renamed)])

    assert table.current(code, date(2010, 4, 30)).name == "Old"
    assert table.current(code, renamed).name == "New"


def test_an_unknown_division_is_not_found() -> None:
    with pytest.raises(NotFound) as refusal:
        suzhou().current(RegionCode.parse("999999"), MERGED)
    assert refusal.value.code == "region.unknown"
    assert refusal.value.facts == {"region": "999999000000"}


def test_a_division_is_not_found_before_it_exists_or_after_it_ended_without_successor() -> None:
    ended = RegionTable([RegionRow(GUSU, "姑苏区", FIRST, MERGED)])

    with pytest.raises(NotFound) as early:
        suzhou().current(GUSU, date(2012, 8, 31))
    with pytest.raises(NotFound) as late:
        ended.current(GUSU, MERGED)

    assert early.value.code == late.value.code == "region.not_in_force"


def test_a_divided_division_is_not_guessed() -> None:
    table = RegionTable([RegionRow(GUSU, "姑苏区", FIRST, MERGED, (CANGLANG, PINGJIANG))])

    with pytest.raises(Conflict) as refusal:
        table.current(GUSU, MERGED)
    assert refusal.value.code == "region.divided"


def test_successors_in_a_circle_are_an_error_and_not_a_hang() -> None:
    table = RegionTable(
        [
            RegionRow(CANGLANG, "A", FIRST, MERGED, (PINGJIANG,)),
            RegionRow(PINGJIANG, "B", FIRST, MERGED, (CANGLANG,)),
        ]
    )

    with pytest.raises(Conflict) as refusal:
        table.current(CANGLANG, MERGED)
    assert refusal.value.code == "region.successor_cycle"


def test_rows_that_overlap_or_end_before_they_begin_are_refused() -> None:
    with pytest.raises(Invalid) as overlapping:
        RegionTable([RegionRow(GUSU, "A", FIRST), RegionRow(GUSU, "B", MERGED)])
    with pytest.raises(Invalid) as empty:
        RegionRow(GUSU, "A", MERGED, MERGED)

    assert overlapping.value.code == "region.overlapping_rows"
    assert empty.value.code == "region.empty_span"
