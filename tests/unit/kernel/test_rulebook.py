"""The rule book picks the value of the day, as known on another day, and explains it."""

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import NotFound
from kernel.money import Money
from kernel.regions import RegionCode
from kernel.rulebook import RuleBook, RuleFileError, RuleValue

RULES = """
rules:
  care.rate.boarding:
    description: Yearly care subsidy, boarding mode
    zh: 寄宿制托养补贴标准
    unit: yuan_per_person_year
    values:
      - from: 2025-01-01
        value: null
        reference: {document: Notice 9}
      - from: 2023-01-01
        value: "9000.00"
        reference: {document: Notice 1, url: "https://example.org/1", quote: 每人每年9000元}
      - from: 2024-01-01
        value: "12000.00"
        reference: {document: Notice 5}
        known_from: 2024-03-01
      - from: 2024-01-01
        value: "12500.00"
        reference: {document: Notice 6}
        known_from: 2024-08-01
        certainty: assumed
"""


def rule(key: str, unit: str, value: str) -> str:
    """A rule file with one rule that has one value from 2020 on."""
    return f"rules:\n{entry(key, unit, value)}"


def entry(key: str, unit: str, value: str) -> str:
    return (
        f"  {key}:\n    description: a\n    unit: {unit}\n    values:\n"
        f"      - {{from: 2020-01-01, value: {value}, reference: {{document: d}}}}\n"
    )


KINDS = "rules:\n" + "".join(
    [
        entry("levy.quota", "percent", '"1.5"'),
        entry("levy.half", "ratio", '"0.50"'),
        entry("levy.third", "ratio", '"1/3"'),
        entry("levy.staff", "count", "30"),
        entry("levy.basis", "text", "average"),
        entry("levy.papers", "texts", "[id, hukou]"),
        entry("levy.relief", "switch", "true"),
        entry("levy.closed", "switch", "false"),
    ]
)


@pytest.fixture
def book(tmp_path: Path) -> RuleBook:
    (tmp_path / "care.yaml").write_text(RULES, encoding="utf-8")
    (tmp_path / "levy.yaml").write_text(KINDS, encoding="utf-8")
    return RuleBook.load(tmp_path)


@pytest.mark.parametrize(
    ("day", "known_on", "yuan"),
    [
        (date(2023, 1, 1), None, "9000.00"),
        (date(2023, 12, 31), None, "9000.00"),
        (date(2024, 1, 1), None, "12500.00"),
        (date(2024, 12, 31), None, "12500.00"),
        (date(2024, 2, 1), date(2024, 2, 29), "9000.00"),
        (date(2024, 2, 1), date(2024, 3, 1), "12000.00"),
        (date(2024, 2, 1), date(2024, 7, 31), "12000.00"),
        (date(2024, 2, 1), date(2024, 8, 1), "12500.00"),
        (date(2025, 1, 1), date(2024, 12, 31), "12500.00"),
    ],
)
def test_the_value_is_that_of_the_day_as_known(
    book: RuleBook, day: date, known_on: date | None, yuan: str
) -> None:
    assert book.at(day, known_on)["care.rate.boarding"].money == Money.yuan(yuan)


@pytest.mark.parametrize("day", [date(2022, 12, 31), date(2025, 1, 1)])
def test_a_rule_is_not_in_force_before_it_begins_and_after_it_ends(book: RuleBook, day: date) -> None:
    view = book.at(day)

    assert "care.rate.boarding" not in view
    with pytest.raises(NotFound) as refusal:
        view["care.rate.boarding"]
    assert refusal.value.code == "rule.not_in_force"
    assert refusal.value.facts == {"rule": "care.rate.boarding", "day": day.isoformat()}


def test_a_rule_that_does_not_exist_is_not_found(book: RuleBook) -> None:
    with pytest.raises(NotFound):
        book.at(date(2024, 1, 1))["care.rate.home"]
    with pytest.raises(NotFound) as refusal:
        book.history("care.rate.home")
    assert refusal.value.code == "rule.unknown"


def test_a_value_explains_itself(book: RuleBook) -> None:
    value = book.at(date(2024, 5, 1))["care.rate.boarding"]

    assert value.trace() == {
        "rule": "care.rate.boarding",
        "value": "12500.00",
        "unit": "yuan_per_person_year",
        "from": "2024-01-01",
        "document": "Notice 6",
    }
    assert (value.known_from, value.certainty) == (date(2024, 8, 1), "assumed")


def test_the_history_is_in_order_and_shows_the_end(book: RuleBook) -> None:
    history = book.history("care.rate.boarding")

    assert [value.value for value in history] == ["9000.00", "12000.00", "12500.00", None]
    assert history[0].known_from == history[0].valid_from
    assert history[-1].trace()["value"] == "ended"
    with pytest.raises(TypeError):
        assert history[-1].money


def test_the_keys_are_sorted_and_complete(book: RuleBook) -> None:
    assert book.keys()[0] == "care.rate.boarding"
    assert len(book.keys()) == 9
    assert list(book.keys()) == sorted(book.keys())


def test_a_value_is_read_by_its_unit(book: RuleBook) -> None:
    view = book.at(date(2024, 1, 1))

    assert view["levy.quota"].ratio == Fraction(15, 1000)
    assert view["levy.half"].ratio == Fraction(1, 2)
    assert view["levy.third"].ratio == Fraction(1, 3)
    assert view["levy.staff"].integer == 30
    assert view["levy.basis"].text == "average"
    assert view["levy.papers"].texts == ("id", "hukou")
    assert view["levy.papers"].trace()["value"] == "id, hukou"
    assert view["levy.relief"].switch is True
    assert view["levy.closed"].switch is False


@pytest.mark.parametrize("kind", ["money", "ratio", "integer", "text", "texts", "switch"])
def test_a_value_is_not_read_by_another_unit(book: RuleBook, kind: str) -> None:
    view = book.at(date(2024, 1, 1))
    fitting = {
        "levy.quota": "ratio",
        "levy.half": "ratio",
        "levy.third": "ratio",
        "levy.staff": "integer",
    } | {
        "levy.basis": "text",
        "levy.papers": "texts",
        "levy.relief": "switch",
        "levy.closed": "switch",
        "care.rate.boarding": "money",
    }
    for key, fits in fitting.items():
        if fits != kind:
            with pytest.raises(TypeError):
                getattr(view[key], kind)


def test_an_office_replaces_a_rule_as_a_whole_and_adds_its_own(tmp_path: Path) -> None:
    (tmp_path / "care.yaml").write_text(RULES, encoding="utf-8")
    offices = tmp_path / "offices"
    offices.mkdir()
    (offices / "east.yaml").write_text(rule("care.rate.boarding", "yuan_per_person_year", '"1.00"'))
    (offices / "west.yaml").write_text(rule("care.rate.home", "yuan", '"2.00"'))

    east = RuleBook.load(tmp_path, office="east")
    west = RuleBook.load(tmp_path, office="west")

    assert [value.value for value in east.history("care.rate.boarding")] == ["1.00"]
    assert west.keys() == ("care.rate.boarding", "care.rate.home")
    assert RuleBook.load(tmp_path, office="north").keys() == RuleBook.load(tmp_path).keys()


def test_an_office_cannot_change_the_unit_of_a_rule(tmp_path: Path) -> None:
    (tmp_path / "care.yaml").write_text(RULES, encoding="utf-8")
    (tmp_path / "offices").mkdir()
    (tmp_path / "offices" / "east.yaml").write_text(rule("care.rate.boarding", "yuan", '"1.00"'))

    with pytest.raises(
        RuleFileError, match=r"east\.yaml:2: .* expected the unit yuan_per_person_year of .*care\.yaml:3"
    ):
        RuleBook.load(tmp_path, office="east")


@pytest.mark.parametrize("office", ["", "../east", "a/b", "east.yaml"])
def test_an_office_is_a_plain_name(tmp_path: Path, office: str) -> None:
    with pytest.raises(ValueError, match="plain name"):
        RuleBook.load(tmp_path, office=office)


def test_a_rule_in_two_files_is_an_error_that_names_both(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(rule("care.rate", "count", "1"))
    (tmp_path / "b.yaml").write_text("\n" + rule("care.rate", "count", "1"))

    with pytest.raises(RuleFileError, match=r"b\.yaml:3: duplicate rule care\.rate.*a\.yaml:2"):
        RuleBook.load(tmp_path)


def test_a_missing_directory_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuleFileError, match="no such directory"):
        RuleBook.load(tmp_path / "rules")


FIRST = date(2020, 1, 1)
offsets = st.integers(0, 60)
histories = st.lists(
    st.tuples(offsets, offsets, st.one_of(st.none(), st.integers(0, 99))),
    min_size=1,
    max_size=8,
    unique_by=lambda entry: entry[:2],
)


@given(histories, st.integers(-1, 61), st.one_of(st.none(), st.integers(-1, 61)))
def test_the_latest_known_correction_of_the_latest_value_applies(
    history: list[tuple[int, int, int | None]], day: int, known_on: int | None
) -> None:
    values = tuple(
        RuleValue(
            key="x",
            value=None if number is None else str(number),
            unit="count",
            valid_from=FIRST + timedelta(days=begins),
            known_from=FIRST + timedelta(days=known),
            document="d",
        )
        for begins, known, number in sorted(history, key=lambda entry: entry[:2])
    )
    candidates = [e for e in history if e[0] <= day and (known_on is None or e[1] <= known_on)]
    expected = max(candidates, key=lambda entry: entry[:2])[2] if candidates else None

    view = RuleBook({"x": values}).at(
        FIRST + timedelta(days=day), None if known_on is None else FIRST + timedelta(days=known_on)
    )

    assert ("x" in view) == (expected is not None)
    if expected is not None:
        assert view["x"].integer == expected


def test_a_rule_of_the_lowest_division_applies(tmp_path: Path) -> None:
    values = {"a.rate": "1", "a.rate.34": "2", "a.rate.341524": "3", "a.rate.44": "4"}
    text = "rules:\n" + "".join(entry(key, "count", value) for key, value in values.items())
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    rules = RuleBook.load(tmp_path).at(date(2024, 6, 1))

    def rate(division: str) -> tuple[str, int]:
        value = rules.within(RegionCode.parse(division))["a.rate"]
        return value.key, value.integer

    assert rate("341524100002") == ("a.rate.341524", 3)
    assert rate("341525") == ("a.rate.34", 2)
    assert rate("440106") == ("a.rate.44", 4)
    assert rate("110101") == ("a.rate", 1)
    assert rules["a.rate"].integer == 1


def test_an_offices_rule_stands_in_for_those_of_the_divisions_it_lies_in(tmp_path: Path) -> None:
    keys = ("a.rate", "a.rate.34", "a.rate.341524", "a.rate.341524100", "a.rate.44")
    text = "rules:\n" + "".join(entry(key, "count", "1") for key in keys)
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "offices").mkdir()
    own = rule("a.rate", "count", "7")
    (tmp_path / "offices" / "341524.yaml").write_text(own, encoding="utf-8")

    assert RuleBook.load(tmp_path, "341524").keys() == ("a.rate", "a.rate.341524100", "a.rate.44")
