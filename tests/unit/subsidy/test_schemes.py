"""The rule files as they are shipped: schemes, and rates on both sides of their dates."""

from datetime import date
from pathlib import Path

import pytest

from kernel.errors import Invalid, NotFound
from kernel.money import Money
from kernel.rulebook import RuleBook
from services.subsidy.domain import schemes
from services.subsidy.domain.schemes import Scheme

RULES = Path(schemes.__file__).parents[1] / "rules"
JINZHAI = RuleBook.load(RULES, office="341524")
NATIONAL = RuleBook.load(RULES)

DAY = date(2024, 6, 3)


@pytest.mark.parametrize(
    ("rule", "first_day", "yuan"),
    [
        ("care.rate.boarding", date(2024, 1, 1), 12000),
        ("care.rate.day", date(2024, 1, 1), 4000),
        ("care.rate.home", date(2024, 1, 1), 2000),
        ("fuel.rate.vehicle", date(2010, 1, 1), 260),
        ("student_aid.rate.higher", date(2024, 1, 1), 4000),
        ("student_aid.rate.secondary_vocational", date(2024, 1, 1), 2000),
    ],
)
def test_a_rate_is_in_force_from_its_first_day_on(rule: str, first_day: date, yuan: int) -> None:
    code, _, variant = rule.split(".")
    day_before = date.fromordinal(first_day.toordinal() - 1)

    assert Scheme.of(JINZHAI.at(DAY), code).rate(JINZHAI.at(first_day), variant).money == Money.yuan(yuan)
    with pytest.raises(NotFound) as missing:
        Scheme.of(JINZHAI.at(DAY), code).rate(JINZHAI.at(day_before), variant)
    assert missing.value.code == "rule.not_in_force"


def test_every_variant_of_jinzhai_has_a_rate() -> None:
    rules = JINZHAI.at(DAY)

    for code in ("care", "fuel", "student_aid"):
        scheme = Scheme.of(rules, code)
        for variant in scheme.variants:
            assert scheme.rate(rules, variant).money > Money.ZERO


def test_only_fuel_has_a_rate_for_the_whole_country() -> None:
    assert [key for key in NATIONAL.keys() if ".rate." in key] == ["fuel.rate.vehicle"]  # noqa: SIM118 -- not a dict


def test_what_no_source_confirms_is_marked_as_assumed() -> None:
    rules = JINZHAI.at(DAY)
    certainty = {key: rules[key].certainty for key in JINZHAI.keys() if ".rate." in key}  # noqa: SIM118

    assert {key for key, certain in certainty.items() if certain == "found"} == {
        "care.rate.boarding",
        "care.rate.day",
        "care.rate.home",
    }


def test_an_enrolment_in_care_opens_the_care_scheme_alone() -> None:
    def opened(programme: str) -> list[str]:
        return [
            scheme.code for scheme in Scheme.opened_by_enrolment(JINZHAI.at(DAY), JINZHAI.keys(), programme)
        ]

    assert (opened("rehab.care"), opened("rehab.psych_drug"), opened("office.")) == (["care"], [], [])


def test_a_scheme_is_unknown_before_it_began() -> None:
    with pytest.raises(NotFound) as unknown:
        Scheme.of(JINZHAI.at(date(2023, 12, 31)), "student_aid")

    assert unknown.value.code == "subsidy.unknown_scheme"


def test_a_scheme_names_its_variants_periods_and_sources() -> None:
    fuel = Scheme.of(JINZHAI.at(DAY), "fuel")

    assert (fuel.variant("vehicle"), fuel.period("2024").text, fuel.source("county")) == (
        "vehicle",
        "2024",
        "county",
    )
    assert fuel.fund_year("2024").text == "2024"
    for wrong, code in (
        (lambda: fuel.variant("bicycle"), "subsidy.unknown_variant"),
        (lambda: fuel.variant(None), "subsidy.unknown_variant"),
        (lambda: fuel.period("2024-05"), "subsidy.wrong_period"),
        (lambda: fuel.source("lottery"), "subsidy.unknown_source"),
        (lambda: fuel.fund_year("2024H1"), "subsidy.wrong_period"),
    ):
        with pytest.raises(Invalid) as invalid:
            wrong()
        assert invalid.value.code == code


def test_a_rate_of_zero_pays_nobody(tmp_path: Path) -> None:
    for name in ("schemes.yaml", "rates.yaml"):
        text = (RULES / name).read_text(encoding="utf-8").replace('"260.00"', '"0.00"')
        (tmp_path / name).write_text(text, encoding="utf-8")
    rules = RuleBook.load(tmp_path).at(DAY)

    with pytest.raises(Invalid) as invalid:
        Scheme.of(rules, "fuel").rate(rules, "vehicle")

    assert invalid.value.code == "subsidy.rate_not_positive"
