"""A rule file that is not exactly right is refused, and the message leads to the line."""

import shutil
from pathlib import Path

import pytest

from kernel.rulebook import UNITS, RuleBook, RuleFileError

BAD_RULES = Path(__file__).parent / "bad_rules"

EXPECTED = {
    "blank_document": (8, "document of reference of a value of rule care.rate is not a text"),
    "control_character": (3, "a control character"),
    "count_is_a_float": (7, "does not fit the unit count, expected an unquoted whole number"),
    "count_is_a_text": (7, "does not fit the unit count"),
    "count_is_octal": (7, "does not fit the unit count"),
    "description_is_a_number": (3, "description of rule care.rate is not a text"),
    "duplicate_rule_in_file": (9, 'duplicate key "care.rate" in rules'),
    "duplicate_yaml_key": (5, 'duplicate key "unit" in rule care.rate'),
    "empty": (1, "the file is empty"),
    "from_is_no_calendar_day": (6, "from of a value of rule care.rate is not a date, expected YYYY-MM-DD"),
    "from_is_not_a_date": (6, "from of a value of rule care.rate is not a date"),
    "key_is_a_list": (2, "a key of rules is not a plain word"),
    "known_from_is_not_a_date": (9, "known_from of a value of rule care.rate is not a date"),
    "malformed_rule_key": (2, 'malformed rule key "Care-Rate"'),
    "money_has_three_decimals": (7, "does not fit the unit yuan_per_person_year"),
    "money_is_a_float": (
        7,
        "does not fit the unit yuan_per_person_year, expected yuan as a quoted decimal like",
    ),
    "money_is_a_word": (7, "does not fit the unit yuan_per_person_year"),
    "money_is_an_integer": (7, "does not fit the unit yuan_per_person_year"),
    "money_is_negative": (7, "does not fit the unit yuan_per_person_year"),
    "no_description": (3, 'rule care.rate has no "description"'),
    "no_document": (8, 'reference of a value of rule care.rate has no "document"'),
    "no_reference": (6, 'a value of rule care.rate has no "reference"'),
    "no_rules_key": (1, 'unknown key "rule" in the file, expected rules'),
    "no_unit": (3, 'rule care.rate has no "unit"'),
    "no_values": (5, "values of rule care.rate is empty or not a list"),
    "not_utf8": (3, "expected text in UTF-8"),
    "only_a_comment": (1, "the file is empty"),
    "overlapping_dates": (9, "overlapping dates in rule care.rate"),
    "overlapping_known_from": (10, "overlapping dates in rule care.rate"),
    "ratio_divides_by_zero": (7, "does not fit the unit ratio"),
    "ratio_is_a_float": (7, "does not fit the unit ratio, expected a quoted decimal or fraction"),
    "rules_is_a_list": (2, "rules is a single value or a list, expected a mapping"),
    "switch_is_a_word": (7, "does not fit the unit switch, expected true, false or null"),
    "syntax": (4, "expected valid YAML"),
    "text_is_a_number": (7, "does not fit the unit text"),
    "texts_holds_a_number": (9, "an item of value of a value of rule care.rate is not a text"),
    "texts_is_a_text": (7, "does not fit the unit texts, expected a list of texts"),
    "unknown_certainty": (
        9,
        "certainty of a value of rule care.rate is unknown, expected one of found, assumed",
    ),
    "unknown_reference_key": (8, 'unknown key "page" in reference of a value of rule care.rate'),
    "unknown_rule_key": (4, 'unknown key "note" in rule care.rate, expected description, unit, values, zh'),
    "unknown_top_key": (9, 'unknown key "version" in the file'),
    "unknown_unit": (4, "unit of rule care.rate is unknown, expected one of yuan, "),
    "unknown_value_key": (9, 'unknown key "until" in a value of rule care.rate'),
    "value_left_out": (7, "does not fit the unit yuan_per_person_year"),
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_bad_rule_file_is_refused_with_file_and_line(name: str, tmp_path: Path) -> None:
    shutil.copy(BAD_RULES / f"{name}.yaml", tmp_path)
    line, problem = EXPECTED[name]

    with pytest.raises(RuleFileError) as error:
        RuleBook.load(tmp_path)

    assert str(error.value).startswith(f"{tmp_path}/{name}.yaml:{line}: ")
    assert problem in str(error.value)


def test_every_bad_rule_file_is_tried() -> None:
    assert {path.stem for path in BAD_RULES.glob("*.yaml")} == set(EXPECTED)


VALUES = {
    "money": '"12000.00"',
    "ratio": '"0.015"',
    "integer": "12",
    "text": '"a"',
    "texts": '["a", "b"]',
    "switch": "true",
}


@pytest.mark.parametrize("unit", sorted(UNITS))
def test_every_unit_takes_its_value_and_null_and_never_makes_a_float(unit: str, tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(
        f"rules:\n  a.b:\n    description: a\n    unit: {unit}\n    values:\n"
        f"      - {{from: 2020-01-01, value: {VALUES[UNITS[unit]]}, reference: {{document: d}}}}\n"
        f"      - {{from: 2021-01-01, value: null, reference: {{document: d}}}}\n"
    )

    first, last = RuleBook.load(tmp_path).history("a.b")

    assert isinstance(first.value, str | tuple)
    assert not isinstance(getattr(first, UNITS[unit]), float)
    assert last.value is None
