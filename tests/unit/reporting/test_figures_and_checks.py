"""Exact numbers, and what must hold between them."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Conflict, Fact, Invalid
from services.reporting import definitions
from services.reporting.domain.checks import check
from services.reporting.domain.figures import Figure, Tally, figures, half_up, target_value
from services.reporting.domain.snapshot import canonical

CATALOGUE = definitions.catalogue()


def found(tally: Tally) -> dict[str, Figure]:
    return {
        f"{figure.cell.indicator} {figure.cell.dimensions}".strip(): figure
        for figure in figures(CATALOGUE, tally)
    }


def test_a_subject_in_two_dimensions_is_once_in_the_whole():
    both = frozenset({"mode=home", "mode=day"})
    tally = Tally(subjects={"rehab.care.persons": [(both, 2), (frozenset({"mode=home"}), 3)]})
    values = {name: figure.value for name, figure in found(tally).items() if name.startswith("rehab.care")}
    assert values == {
        "rehab.care.persons": 5,
        "rehab.care.persons mode=home": 5,
        "rehab.care.persons mode=day": 2,
        "rehab.care.persons mode=boarding": 0,
    }


def test_a_ratio_without_a_denominator_has_no_value():
    assert found(Tally())["employment.training.trained_rate"].written is None


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (Fraction(181, 20), 1, "9.1"),
        (Fraction(-181, 20), 1, "-9.1"),
        (Fraction(2, 3), 2, "0.67"),
        (Fraction(-1, 1000), 2, "0.00"),
        (Fraction(138400, 1203), 1, "115.0"),  # 任务1203人,已打卡1384人
    ],
)
def test_numbers_are_rounded_half_up(value: Fraction, decimals: int, text: str):
    assert half_up(value, decimals) == text


@given(value=st.integers(0, 10**12), target=st.integers(1, 10**12))
def test_the_completion_is_within_half_a_tenth_of_a_percent(value: int, target: int):
    indicator = CATALOGUE.find("rehab.child.persons")
    completion = Figure(indicator, indicator.cuts[0], value).completion(target)
    assert completion is not None
    assert abs(Fraction(completion) - Fraction(value * 100, target)) <= Fraction(1, 20)


def test_a_task_is_read_in_the_unit_of_its_indicator():
    assert target_value(CATALOGUE.find("rehab.child.persons"), "138.0") == 138
    assert target_value(CATALOGUE.find("subsidy.care.amount"), "133500.5") == "133500.50"
    assert target_value(CATALOGUE.find("employment.training.trained_rate"), "90") == "90.00"
    for code, text in (("rehab.child.persons", "1.5"), ("subsidy.care.amount", "1.005")):
        with pytest.raises(Invalid, match=r"reporting\.target_unit"):
            target_value(CATALOGUE.find(code), text)


def failed(tally: Tally) -> dict[str, Fact]:
    with pytest.raises(Conflict) as conflict:
        check(figures(CATALOGUE, tally))
    assert conflict.value.code == "reporting.check_failed"
    return conflict.value.facts


def test_figures_that_add_up_pass():
    check(figures(CATALOGUE, Tally()))
    check(figures(CATALOGUE, Tally(sums={"registry.persons.certified": {"category=visual;grade=1": 5}})))


def test_a_holder_without_a_known_grade_breaks_the_sum():
    facts = failed(Tally(sums={"registry.persons.certified": {"category=visual;grade=5": 1}}))
    assert (facts["check"], facts["dimensions"], facts["expected"], facts["found"]) == ("sum", "grade", 1, 0)


def test_a_stock_below_zero_is_refused():
    facts = failed(Tally(sums={"registry.persons.certified": {"category=visual;grade=1": -1}}))
    assert (facts["check"], facts["found"]) == ("negative", -1)


def test_a_stock_of_money_below_zero_or_below_its_part_is_refused():
    built = "registry.facility.built_investment"
    facts = failed(Tally(sums={built: {"facility=home": -500}}))
    assert (facts["check"], facts["indicator"], facts["found"]) == ("negative", built, -500)
    indicator = CATALOGUE.find(built)
    with pytest.raises(Conflict) as conflict:
        check([Figure(indicator, indicator.cuts[0], 200), Figure(indicator, indicator.cuts[1], 300)])
    assert conflict.value.facts["check"] == "part"


def test_a_period_may_take_back_more_money_than_it_gives():
    funds = {"organisation=village_association": 300, "organisation=blind_association": -500}
    check(figures(CATALOGUE, Tally(sums={"registry.org.funds": funds})))


def test_sources_must_add_up_to_the_amount():
    facts = failed(Tally(sums={"subsidy.care.amount": {"source=all": 20800000, "source=county": 7450000}}))
    assert (facts["check"], facts["expected"], facts["found"]) == ("sum", 20800000, 7450000)


def test_a_part_is_no_larger_than_its_whole():
    indicator = CATALOGUE.find("rehab.care.persons")
    whole, part = indicator.cuts[0], indicator.cuts[1]
    with pytest.raises(Conflict) as conflict:
        check([Figure(indicator, whole, 2), Figure(replace(indicator), part, 3)])
    assert conflict.value.facts["check"] == "part"


def test_a_snapshot_holds_no_float():
    assert canonical({"b": [{"值": "1.50"}], "a": 1}) == '{"a":1,"b":[{"值":"1.50"}]}'
    with pytest.raises(TypeError):
        canonical({"a": [{"b": 1.5}]})
