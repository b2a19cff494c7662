"""The rule files as they are shipped: schemes, and rates on both sides of their dates."""

import re
from datetime import date
from pathlib import Path

import pytest

from kernel.errors import Conflict, Invalid, NotFound
from kernel.money import Money
from kernel.regions import RegionCode
from kernel.rulebook import RuleBook
from services.subsidy.domain import schemes
from services.subsidy.domain.amounts import Basis, check_priced, price
from services.subsidy.domain.rule_check import problems
from services.subsidy.domain.schemes import Scheme
from services.subsidy.domain.wording import said

RULES = Path(schemes.__file__).parents[1] / "rules"
OFFICES = sorted(path.stem for path in RULES.glob("offices/*.yaml"))
JINZHAI = RuleBook.load(RULES, office="341524")
NATIONAL = RuleBook.load(RULES)

DAY = date(2024, 6, 3)


@pytest.mark.parametrize("office", [None, *OFFICES])
def test_the_rule_files_are_without_fault(office: str | None) -> None:
    assert problems(RuleBook.load(RULES, office)) == []


@pytest.mark.parametrize("office", [None, *OFFICES])
def test_a_citizen_reads_no_word_of_the_rules_that_is_not_chinese(office: str | None) -> None:
    book = RuleBook.load(RULES, office)
    codes = {key.removesuffix(schemes.MARK) for key in book.keys() if key.endswith(schemes.MARK)}  # noqa: SIM118
    told = {
        key: said(value)
        for key in book.keys()  # noqa: SIM118
        if key.partition(".")[0] in codes
        for value in book.history(key)
        if value.value is not None
    }
    assert {key: text for key, text in told.items() if re.search("[a-z]", text)} == {}


def test_what_is_recorded_is_counted_and_what_is_paid_is_owed() -> None:
    rules, basis = JINZHAI.at(DAY), Basis(cost=Money.yuan(500))
    for code, told in (("hardship_visit", "应发500.00元"), ("hardship_goods", "计500.00元")):
        _, trace = price(Scheme(code, rules), "summer", basis)
        assert told in trace[-1]["zh"]


@pytest.mark.parametrize(
    ("rule", "first_day", "yuan"),
    [
        ("care.rate.boarding", date(2024, 1, 1), "12000.00"),
        ("care.rate.day", date(2024, 1, 1), "4000.00"),
        ("care.rate.home", date(2024, 1, 1), "2000.00"),
        ("fuel.rate.vehicle", date(2010, 1, 1), "260.00"),
        ("student_aid.rate.higher", date(2024, 1, 1), "4000.00"),
        ("student_aid.rate.secondary_vocational", date(2024, 1, 1), "2000.00"),
    ],
)
def test_a_rate_is_in_force_from_its_first_day_on(rule: str, first_day: date, yuan: str) -> None:
    code, _, variant = rule.split(".")
    day_before = date.fromordinal(first_day.toordinal() - 1)

    amount, _ = price(Scheme(code, JINZHAI.at(first_day)), variant)
    assert str(amount) == yuan
    with pytest.raises(NotFound) as missing:
        check_priced(Scheme(code, JINZHAI.at(day_before)), variant)
    assert missing.value.code == "rule.not_in_force"


def test_every_variant_that_jinzhai_pays_is_priced() -> None:
    rules = JINZHAI.at(DAY)

    for code in ("care", "fuel", "student_aid"):
        scheme = Scheme.of(rules, code)
        for variant in scheme.variants:
            check_priced(scheme, variant)


def test_the_rates_that_the_seeds_state_are_found_and_the_others_assumed() -> None:
    rules = JINZHAI.at(DAY)
    certainty = {key: rules[key].certainty for key in rules.keys() if ".rate." in key}  # noqa: SIM118 -- no dict

    assert {key for key, certain in certainty.items() if certain == "found"} >= {
        "care.rate.boarding",
        "care.rate.day",
        "care.rate.home",
    }
    assert certainty["student_aid.rate.higher"] == "assumed"


def test_an_enrolment_in_care_opens_the_care_scheme_alone() -> None:
    def opened(programme: str) -> list[str]:
        return [scheme.code for scheme in Scheme.opened_by_enrolment(JINZHAI.at(DAY), programme)]

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


def test_a_province_adds_groups_of_its_own() -> None:
    rules = NATIONAL.at(date(2026, 5, 1))

    def groups(division: str) -> tuple[str, ...]:
        return Scheme.of(rules.within(RegionCode.parse(division)), "nursing").variants

    assert groups("440106") == ("grade_1", "grade_2")
    assert groups("140105") == ("grade_1", "grade_2", "mild_mental")


def test_a_scheme_tells_each_rule_once_as_it_holds_in_the_division() -> None:
    guangdong = NATIONAL.at(date(2026, 5, 1)).within(RegionCode.parse("44"))
    told = {rule.key for rule in Scheme.of(guangdong, "living").every_rule()}

    assert "living.rate.dibao.44" in told
    assert "living.rate.dibao.65" not in told
    assert "living.cadence" in told
    assert not [key for key in told if not key.startswith("living.")]


def test_a_relief_that_is_only_recorded_is_not_paid_out() -> None:
    with pytest.raises(Conflict) as refused:
        Scheme.of(NATIONAL.at(DAY), "tax_relief").check_paid_out()
    Scheme.of(NATIONAL.at(DAY), "fuel").check_paid_out()

    assert refused.value.code == "subsidy.recorded_only"
