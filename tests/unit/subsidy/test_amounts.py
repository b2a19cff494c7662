"""Formulas, each with its exact figure, its rounding and its cap."""

import pytest

from kernel.errors import Invalid, NotFound
from kernel.money import Money
from kernel.rulebook import RuleBook
from services.subsidy.domain.amounts import NOTHING, ROUNDINGS, Basis, check_priced, price
from services.subsidy.domain.schemes import Scheme
from tests.unit.subsidy.scheme_rules import DAY, rule, scheme

YEAR = "yuan_per_person_year"


def with_line(yuan: str, **rules: tuple[str, str]) -> Scheme:
    """A scheme that pays a share of a dibao line."""
    made = scheme(formula=("share_of_dibao", "text"), dibao_line=("rural", "text"), **rules)
    line = rule("x", yuan, "yuan_per_person_month")
    values = {key: (made.rules[key],) for key in made.rules.keys()} | {"dibao.line.rural": (line,)}  # noqa: SIM118
    return Scheme.of(RuleBook(values).at(DAY), "visit")


def amount(made: Scheme, basis: Basis = NOTHING, variant: str = "spring") -> str:
    return str(price(made, variant, basis)[0])


@pytest.mark.parametrize("formula", ["fixed", "by_mode", "by_education"])
def test_a_variant_has_its_amount(formula: str) -> None:
    made = scheme(formula=(formula, "text"), rate__spring=("300.00", YEAR), rate__summer=("200.00", YEAR))

    assert (amount(made), amount(made, variant="summer")) == ("300.00", "200.00")


def test_a_share_of_the_dibao_line_names_both_rules_and_the_result() -> None:
    made = with_line("484.00", rate__spring=("25", "percent"))

    due, trace = price(made, "spring")

    assert due == Money.yuan("121.00")
    assert [step["rule"] for step in trace] == ["visit.x", "visit.rate.spring"]
    assert trace[1]["zh"] == "rate.spring：25%。应发121.00元。（依据：慰问办法）"


@pytest.mark.parametrize(
    ("rounding", "yuan"),
    [
        (None, "145.22"),  # 484.05 x 30 % = 145.215, half a fen goes up
        ("fen_down", "145.21"),
        ("jiao_half_up", "145.20"),
        ("jiao_up", "145.30"),
        ("yuan_half_up", "145.00"),
        ("yuan_up", "146.00"),
        ("yuan_down", "145.00"),
    ],
)
def test_it_is_rounded_once_as_the_scheme_says(rounding: str | None, yuan: str) -> None:
    rules = {"rate__spring": ("30", "percent")} | ({"rounding": (rounding, "text")} if rounding else {})

    assert amount(with_line("484.05", **rules)) == yuan


def test_roundings_are_every_unit_in_every_way() -> None:
    assert len(set(ROUNDINGS)) == 9


def test_attendance_is_paid_by_the_day_up_to_the_cap() -> None:
    made = scheme(
        formula=("by_attendance", "text"),
        rate__spring=("30.00", "yuan_per_person_day"),
        cap=("600.00", YEAR),
    )

    assert [amount(made, Basis(days=days)) for days in (1, 19, 20, 21)] == [
        "30.00",
        "570.00",
        "600.00",
        "600.00",
    ]
    with pytest.raises(Invalid) as invalid:
        price(made, "spring")
    assert invalid.value.code == "subsidy.days_needed"


def test_a_cost_is_borne_in_part_up_to_the_cap() -> None:
    made = scheme(
        formula=("actual_cost_capped", "text"),
        rate__spring=("80", "percent"),
        cap__spring=("1000.00", YEAR),
    )

    def borne(cost: str) -> str:
        return amount(made, Basis(Money.yuan(cost)))

    assert (borne("0.01"), borne("100.03"), borne("1250.00"), borne("1250.01")) == (
        "0.01",  # 0.8 fen
        "80.02",
        "1000.00",
        "1000.00",
    )
    assert price(made, "spring", Basis(Money.yuan(2000)))[1][-1]["rule"] == "visit.cap.spring"
    with pytest.raises(Invalid) as invalid:
        price(made, "spring")
    assert invalid.value.code == "subsidy.cost_needed"


def test_a_cost_without_a_cap_is_not_borne() -> None:
    made = scheme(formula=("actual_cost_capped", "text"), rate__spring=("80", "percent"))

    with pytest.raises(NotFound) as missing:
        check_priced(made, "spring")
    assert missing.value.facts["rule"] == "visit.cap.spring"


def test_an_amount_of_zero_pays_nobody() -> None:
    made = scheme(rate__spring=("0.00", YEAR))

    with pytest.raises(Invalid) as invalid:
        price(made, "spring")

    assert invalid.value.code == "subsidy.amount_not_positive"


def test_a_variant_without_a_rate_is_not_priced() -> None:
    with pytest.raises(NotFound) as missing:
        check_priced(scheme(), "spring")
    assert missing.value.code == "rule.not_in_force"
