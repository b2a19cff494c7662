"""Splitting payments over sources: to the fen, and never above an allotment."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Conflict
from kernel.money import Money
from kernel.regions import RegionCode
from services.subsidy.domain.funding import Allotment, Bearers, Fund, Funding

DAY = date(2024, 5, 6)
COUNTY = RegionCode("341524000000")
TOWNSHIP = RegionCode("341524103000")
VILLAGE = RegionCode("341524103201")
ELSEWHERE = RegionCode("341524104201")
ORDER = Bearers(("superior", "county"))

amounts = st.lists(st.integers(1, 2_000_000).map(Money), max_size=40)
allotments = st.lists(
    st.tuples(st.integers(0, 20_000_000), st.sampled_from([COUNTY, TOWNSHIP, ELSEWHERE])), max_size=4
).map(lambda rows: [Fund(str(n), "superior", region, Money(fen)) for n, (fen, region) in enumerate(rows)])


shares = (
    st.lists(st.integers(0, 20), min_size=1, max_size=5)
    .filter(sum)
    .map(lambda weights: tuple(Fraction(weight, sum(weights)) for weight in weights))
)


def by_shares(shares: tuple[Fraction, ...], *, refuses: bool = False) -> Bearers:
    return Bearers(("superior", "province", "city", "special", "county")[-len(shares) :], shares, refuses)


def left_over(funds: list[Fund], funding: Funding) -> list[Fund]:
    """The funds as the database would hold them after the draws."""
    return [
        Fund(fund.id, fund.source, fund.region, fund.left - funding.drawn.get(fund.id, Money.ZERO))
        for fund in funds
    ]


@given(amounts, allotments)
def test_the_parts_of_each_payment_sum_to_it_and_are_above_zero(
    payments: list[Money], funds: list[Fund]
) -> None:
    funding = Funding(funds, ORDER)

    for payment in payments:
        shares = funding.draw(payment, VILLAGE)
        assert Money.sum_of(shares.values()) == payment
        assert all(part > Money.ZERO for part in shares.values())


@given(amounts, allotments)
def test_no_allotment_is_ever_overdrawn(payments: list[Money], funds: list[Fund]) -> None:
    funding = Funding(funds, ORDER)
    for payment in payments:
        funding.draw(payment, VILLAGE)

    for fund in funds:
        assert Money.ZERO <= funding.drawn.get(fund.id, Money.ZERO) <= fund.left


@given(amounts, allotments)
def test_the_superior_money_is_used_up_before_the_county_pays(
    payments: list[Money], funds: list[Fund]
) -> None:
    funding = Funding(funds, ORDER)
    superior = sum(
        (funding.draw(payment, VILLAGE).get("superior", Money.ZERO) for payment in payments), Money.ZERO
    )

    usable = Money.sum_of(fund.left for fund in funds if VILLAGE.within(fund.region))
    assert superior == min(usable, Money.sum_of(payments)) == Money.sum_of(funding.drawn.values())


@given(amounts, allotments, st.integers(1, 7))
def test_splitting_in_steps_gives_the_same_shares_as_in_one_go(
    payments: list[Money], funds: list[Fund], step: int
) -> None:
    whole = Funding(funds, ORDER)
    at_once = [whole.draw(payment, VILLAGE) for payment in payments]

    in_steps: list[dict[str, Money]] = []
    for start in range(0, len(payments), step):
        funding = Funding(funds, ORDER)
        in_steps += [funding.draw(payment, VILLAGE) for payment in payments[start : start + step]]
        funds = left_over(funds, funding)

    assert in_steps == at_once


@given(amounts, shares)
def test_over_any_run_no_source_is_further_from_its_share_than_half_a_fen_for_each_of_the_others(
    payments: list[Money], shares: tuple[Fraction, ...]
) -> None:
    bearers = by_shares(shares)
    plenty = [Fund(source, source, COUNTY, Money(10**12)) for source in bearers.sources]
    funding = Funding(plenty, bearers)
    borne = dict.fromkeys(bearers.sources, Money.ZERO)
    whole = 0

    for payment in payments:
        for source, part in funding.draw(payment, VILLAGE).items():
            borne[source] += part
        whole += payment.fen
        for source, share in zip(bearers.sources, shares, strict=True):
            assert abs(borne[source].fen - whole * share) <= Fraction(len(shares) - 1, 2)


@given(amounts, allotments, shares)
def test_by_any_shares_and_allotments_the_parts_of_each_payment_sum_to_it(
    payments: list[Money], funds: list[Fund], shares: tuple[Fraction, ...]
) -> None:
    funding = Funding(funds, by_shares(shares))

    for payment in payments:
        borne = funding.draw(payment, VILLAGE)
        assert Money.sum_of(borne.values()) == payment
        assert all(part > Money.ZERO for part in borne.values())
    for fund in funds:
        assert Money.ZERO <= funding.drawn.get(fund.id, Money.ZERO) <= fund.left


@given(amounts, allotments, shares, st.integers(1, 7))
def test_by_shares_too_steps_give_the_same_as_one_go(
    payments: list[Money], funds: list[Fund], shares: tuple[Fraction, ...], step: int
) -> None:
    whole = Funding(funds, by_shares(shares))
    at_once = [whole.draw(payment, VILLAGE) for payment in payments]

    in_steps: list[dict[str, Money]] = []
    for start in range(0, len(payments), step):
        before = Money.sum_of(payments[:start])
        funding = Funding(funds, by_shares(shares), before)
        in_steps += [funding.draw(payment, VILLAGE) for payment in payments[start : start + step]]
        funds = left_over(funds, funding)

    assert in_steps == at_once


@given(amounts, allotments, shares)
def test_where_a_shortage_is_refused_each_source_bears_its_own_share_alone(
    payments: list[Money], funds: list[Fund], shares: tuple[Fraction, ...]
) -> None:
    bearers = by_shares(shares, refuses=True)
    funding = Funding(funds, bearers)
    borne = dict.fromkeys(bearers.sources, Money.ZERO)
    whole = Money.ZERO

    for payment in payments:
        if funding.admits(payment, VILLAGE):
            for source, part in funding.draw(payment, VILLAGE).items():
                borne[source] += part
            whole += payment

    assert [*borne.values()] == bearers.parts(whole)


def test_a_third_of_a_yuan_is_carried_on_from_line_to_line() -> None:
    third = by_shares((Fraction(1, 3), Fraction(2, 3)))
    funding = Funding([Fund("1", "special", COUNTY, Money.yuan(100))], third)

    parts = [funding.draw(Money.yuan(1), VILLAGE)["special"].fen for _ in range(6)]

    assert parts == [33, 34, 33, 33, 34, 33]


def test_what_a_source_cannot_bear_of_its_share_the_next_ones_bear() -> None:
    bearers = by_shares((Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)))
    funds = [
        Fund("1", "city", COUNTY, Money.yuan(60)),
        Fund("2", "special", COUNTY, Money.yuan(100)),
    ]
    funding = Funding(funds, bearers)

    borne = [funding.draw(Money.yuan(100), VILLAGE) for _ in range(3)]

    assert borne == [
        {"city": Money.yuan(50), "special": Money.yuan(25), "county": Money.yuan(25)},
        {"city": Money.yuan(10), "special": Money.yuan(65), "county": Money.yuan(25)},
        {"special": Money.yuan(10), "county": Money.yuan(90)},
    ]


def test_jinzhais_care_of_2024_is_133500_superior_and_74500_county() -> None:
    funding = Funding([Fund("1", "superior", COUNTY, Money.yuan(133500))], ORDER)
    rates = [Money.yuan(12000)] * 2 + [Money.yuan(4000)] * 5 + [Money.yuan(2000)] * 82

    shares = [funding.draw(rate, VILLAGE) for rate in rates]

    assert Money.sum_of(share.get("superior", Money.ZERO) for share in shares) == Money.yuan(133500)
    assert Money.sum_of(share.get("county", Money.ZERO) for share in shares) == Money.yuan(74500)
    assert sum(len(share) == 2 for share in shares) == 1


def test_a_payment_of_nothing_is_a_fault() -> None:
    with pytest.raises(ValueError, match="above zero"):
        Funding([], ORDER).draw(Money.ZERO, VILLAGE)


def test_a_number_names_one_allotment_only() -> None:
    def allotment(id_: str, fen: int) -> Allotment:
        document = "皖财社〔2024〕1号"
        return Allotment(id_, "A-1", "care", "superior", COUNTY.value, "2024", Money(fen), document, DAY)

    allotment("1", 5).check_same(allotment("2", 5))
    with pytest.raises(Conflict) as conflict:
        allotment("1", 5).check_same(allotment("2", 6))
    assert conflict.value.code == "subsidy.ref_reused"
