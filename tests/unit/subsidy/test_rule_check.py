"""Each mistake in a scheme's rules is told with file, line and key, and with what is expected."""

from pathlib import Path

import pytest

from kernel.rulebook import RuleBook
from services.subsidy.domain.rule_check import problems

GOOD = {
    "visit.variants": ("texts", '["spring", "summer"]'),
    "visit.cadence": ("text", '"month"'),
    "visit.opened_by": ("text", '"office"'),
    "visit.funding": ("texts", '["county"]'),
    "visit.channel": ("text", '"card"'),
    "visit.formula": ("text", '"fixed"'),
    "visit.paid_from": ("text", '"hand_in"'),
    "visit.rate.spring": ("yuan_per_person_month", '"90.00"'),
}
SHARED: dict[str, tuple[str, str] | None] = {
    "visit.funding": ("texts", '["city", "county"]'),
    "visit.funding_share.city": ("percent", '"60"'),
    "visit.funding_share.county": ("ratio", '"2/5"'),
    "visit.shortage": ("text", '"refused"'),
}
OTHER = {key.replace("visit", "gift"): told for key, told in GOOD.items()}


def found(tmp_path: Path, rules: dict[str, tuple[str, str] | None], zh: str = "    zh: 慰问\n") -> list[str]:
    """The mistakes in a file with these rules; None leaves one of the good ones out."""
    text = "rules:\n"
    for key, told in (GOOD | rules).items():
        if told is not None:
            text += f"  {key}:\n    description: A rule\n{zh}    unit: {told[0]}\n    values:\n"
            text += f"      - from: 2020-01-01\n        value: {told[1]}\n"
            text += '        reference: {document: "慰问办法"}\n'
    (tmp_path / "visit.yaml").write_text(text, encoding="utf-8")
    return [problem.removeprefix(f"{tmp_path}/") for problem in problems(RuleBook.load(tmp_path))]


def test_a_scheme_without_fault(tmp_path: Path) -> None:
    assert found(tmp_path, {}) == []


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"visit.colour": ("text", '"red"')}, 'visit.yaml:71: unknown name "colour" in rule visit.colour'),
        ({"gift.rate.x": ("yuan", '"1.00"')}, "visit.yaml:71: rule gift.rate.x is of no scheme"),
        (
            {"visit.grades.autumn": ("texts", '["1"]')},
            "rule visit.grades.autumn is of no variant of the scheme",
        ),
        ({"visit.cadence.spring": ("text", '"month"')}, 'rule visit.cadence.spring ends in "spring"'),
        ({"visit.stop": ("text", '"next_month"')}, "rule visit.stop ends in its name, expected a word"),
        ({"visit.resume": ("text", '"ask"')}, "rule visit.resume ends in its name, expected a word"),
        ({"visit.resume.death": ("text", '"never"')}, 'unknown word "never" in rule visit.resume.death'),
        (
            {"visit.offset_from": ("texts", '["visit", "gift"]')},
            'no scheme "gift" in rule visit.offset_from, expected some of visit',
        ),
        ({"visit.rate": ("yuan_per_person_month", '"1.00"')}, "rule visit.rate names no variant"),
        ({"visit.grades": ("texts", '["5"]')}, 'unknown word "5" in rule visit.grades, expected 1, 2, 3, 4'),
        ({"visit.flags_any": ("texts", '["rich"]')}, 'unknown word "rich" in rule visit.flags_any'),
        ({"visit.overlap.x": ("text", '"maybe"')}, 'unknown word "maybe" in rule visit.overlap.x'),
        (
            {"visit.cadence": ("text", '"weekly"')},
            'visit.yaml:15: unknown word "weekly" in rule',
        ),
        ({"visit.grades": ("text", '"1"')}, "rule visit.grades is in text, expected texts"),
        ({"visit.funding": None}, "scheme visit begins on 2020-01-01 and has no rule visit.funding"),
        ({"visit.paid_from": None}, "is paid monthly and has no rule visit.paid_from"),
        ({"visit.opened_by": ("text", '"rehab.care"')}, "expected visit.opened_by to be office"),
        (
            {
                "visit.cadence": ("text", '"year"'),
                "visit.opened_by": ("text", '"rehab.care"'),
                "visit.formula": ("text", '"by_attendance"'),
                "visit.rate.spring": ("yuan_per_person_day", '"60.00"'),
            },
            "rule visit.formula takes a cost or days, which enrolments do not state",
        ),
        (
            {"visit.rate.spring": ("yuan_per_person_year", '"1.00"')},
            "expected yuan_per_person_month, for it is",
        ),
        ({"visit.rate.spring": ("percent", '"25"')}, "is in percent, expected what the formula fixed takes"),
        ({"visit.rate.spring": ("yuan_per_person_month", '"0.00"')}, "visit.rate.spring is not above zero"),
        (
            {"visit.formula": ("text", '"actual_cost_capped"'), "visit.rate.spring": ("percent", '"80"')},
            "rule visit.rate.spring bears a cost without a limit, expected visit.cap",
        ),
        (
            {"dibao.line.red": ("yuan_per_person_month", '"1.00"')},
            "expected dibao.line.urban or dibao.line.rural",
        ),
        (
            OTHER | {"visit.overlap.gift": ("text", '"stack"')},
            "has no counterpart, expected a rule gift.overlap.visit",
        ),
        (
            OTHER
            | {"visit.overlap.gift": ("text", '"choose_higher"'), "gift.overlap.visit": ("text", '"stack"')},
            "rule visit.overlap.gift is of two schemes granted here",
        ),
        ({"visit.shortage": ("text", '"refused"')}, "rule visit.shortage is beside no share"),
        ({"visit.shortage": ("text", '"wait"')}, 'unknown word "wait" in rule visit.shortage'),
        ({"visit.funding_share": ("percent", '"100"')}, "ends in its name, expected a word after it"),
        ({"visit.funding_share.county": ("percent", '"90"')}, "add up to 9/10, expected 1"),
        ({"visit.funding_share.city": ("percent", '"100"')}, "is of no source, expected one of county"),
        (SHARED | {"visit.funding_share.city": None}, "states no share of city, expected one of each"),
        (SHARED | {"visit.funding_share.city.44": ("percent", '"50"')}, "add up to 9/10, expected 1, from"),
        (SHARED | {"visit.funding.44": ("texts", '["province", "county"]')}, "states no share of province"),
        (
            {"visit.variants.44": ("texts", '["autumn"]'), "visit.formula": None},
            "visit.yaml:63: scheme visit",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(
    tmp_path: Path, rules: dict[str, tuple[str, str] | None], told: str
) -> None:
    assert [problem for problem in found(tmp_path, rules) if told in problem] != []


def test_shares_that_add_up_to_one_in_each_division_are_without_fault(tmp_path: Path) -> None:
    lower: dict[str, tuple[str, str] | None] = {
        f"{key}.44": ("ratio", '"1/2"') for key in SHARED if ".funding_share." in key
    }

    assert found(tmp_path, SHARED | lower) == []


def test_a_share_that_changes_alone_is_told_on_its_day(tmp_path: Path) -> None:
    found(tmp_path, SHARED)
    file = tmp_path / "visit.yaml"
    later = '      - from: 2025-01-01\n        value: "50"\n        reference: {document: "慰问办法"}\n'
    begin, end = file.read_text(encoding="utf-8").split("  visit.funding_share.county:")
    file.write_text(f"{begin}{later}  visit.funding_share.county:{end}", encoding="utf-8")

    [told] = problems(RuleBook.load(tmp_path))
    assert "the shares of scheme visit add up to 9/10, expected 1, from 2025-01-01" in told


@pytest.mark.parametrize(("day", "mistakes"), [("2025-03-31", 1), ("2025-04-01", 0), ("2025-04-02", 1)])
@pytest.mark.parametrize("words", [("month", "quarter"), ("quarter", "month")])
def test_paying_by_the_quarter_begins_and_ends_with_a_quarter(
    tmp_path: Path, words: tuple[str, str], day: str, mistakes: int
) -> None:
    before, since = (f'"{word}"' for word in words)
    found(tmp_path, {"visit.cadence": ("text", before)})
    file = tmp_path / "visit.yaml"
    later = f'      - from: {day}\n        value: {since}\n        reference: {{document: "慰问办法"}}\n'
    begin, end = file.read_text(encoding="utf-8").split("  visit.opened_by:")
    file.write_text(f"{begin}{later}  visit.opened_by:{end}", encoding="utf-8")

    told = problems(RuleBook.load(tmp_path))

    assert len(told) == mistakes
    assert all("visit.cadence begins or ends paying by the quarter" in each for each in told)


def test_an_offices_rate_must_fit_the_formula_of_its_province(tmp_path: Path) -> None:
    (tmp_path / "offices").mkdir()
    own = (
        "rules:\n  visit.rate.summer:\n    description: A rate\n    zh: 标准\n"
        "    unit: yuan_per_person_month\n    values:\n"
        '      - {from: 2020-01-01, value: "90.00", reference: {document: "通知"}}\n'
    )
    found(tmp_path, {"visit.formula.33": ("text", '"share_of_dibao"')})
    for office in ("330109", "341524"):
        (tmp_path / "offices" / f"{office}.yaml").write_text(own, encoding="utf-8")

    assert problems(RuleBook.load(tmp_path, "341524")) == []
    told = problems(RuleBook.load(tmp_path, "330109"))
    assert "offices/330109.yaml:7: rule visit.rate.summer is in yuan_per_person_month" in "".join(told)


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    rules: dict[str, tuple[str, str] | None] = {
        "visit.colour": ("text", '"red"'),
        "visit.cadence": ("text", '"weekly"'),
    }

    assert len(found(tmp_path, rules)) == 2


def test_a_rule_without_a_chinese_name_cannot_be_explained_to_a_citizen(tmp_path: Path) -> None:
    told = found(tmp_path, {}, zh="")

    assert len(told) == len(GOOD)
    assert "has no Chinese name" in told[0]
