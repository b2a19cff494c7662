"""Splitting payments over sources: to the fen, and never above an allotment."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Conflict
from kernel.money import Money
from kernel.regions import RegionCode
from services.subsidy.domain.funding import Allotment, Fund, Funding

DAY = date(2024, 5, 6)
COUNTY = RegionCode("341524000000")
TOWNSHIP = RegionCode("341524103000")
VILLAGE = RegionCode("341524103201")
ELSEWHERE = RegionCode("341524104201")

amounts = st.lists(st.integers(1, 2_000_000).map(Money), max_size=40)
allotments = st.lists(
    st.tuples(st.integers(0, 20_000_000), st.sampled_from([COUNTY, TOWNSHIP, ELSEWHERE])), max_size=4
).map(lambda rows: [Fund(str(n), "superior", region, Money(fen)) for n, (fen, region) in enumerate(rows)])


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
    funding = Funding(funds, rest="county")

    for payment in payments:
        shares = funding.draw(payment, VILLAGE)
        assert Money.sum_of(shares.values()) == payment
        assert all(part > Money.ZERO for part in shares.values())


@given(amounts, allotments)
def test_no_allotment_is_ever_overdrawn(payments: list[Money], funds: list[Fund]) -> None:
    funding = Funding(funds, rest="county")
    for payment in payments:
        funding.draw(payment, VILLAGE)

    for fund in funds:
        assert Money.ZERO <= funding.drawn.get(fund.id, Money.ZERO) <= fund.left


@given(amounts, allotments)
def test_the_superior_money_is_used_up_before_the_county_pays(
    payments: list[Money], funds: list[Fund]
) -> None:
    funding = Funding(funds, rest="county")
    superior = sum(
        (funding.draw(payment, VILLAGE).get("superior", Money.ZERO) for payment in payments), Money.ZERO
    )

    usable = Money.sum_of(fund.left for fund in funds if VILLAGE.within(fund.region))
    assert superior == min(usable, Money.sum_of(payments)) == Money.sum_of(funding.drawn.values())


@given(amounts, allotments, st.integers(1, 7))
def test_splitting_in_steps_gives_the_same_shares_as_in_one_go(
    payments: list[Money], funds: list[Fund], step: int
) -> None:
    whole = Funding(funds, rest="county")
    at_once = [whole.draw(payment, VILLAGE) for payment in payments]

    in_steps: list[dict[str, Money]] = []
    for start in range(0, len(payments), step):
        funding = Funding(funds, rest="county")
        in_steps += [funding.draw(payment, VILLAGE) for payment in payments[start : start + step]]
        funds = left_over(funds, funding)

    assert in_steps == at_once


def test_jinzhais_care_of_2024_is_133500_superior_and_74500_county() -> None:
    funding = Funding([Fund("1", "superior", COUNTY, Money.yuan(133500))], rest="county")
    rates = [Money.yuan(12000)] * 2 + [Money.yuan(4000)] * 5 + [Money.yuan(2000)] * 82

    shares = [funding.draw(rate, VILLAGE) for rate in rates]

    assert Money.sum_of(share.get("superior", Money.ZERO) for share in shares) == Money.yuan(133500)
    assert Money.sum_of(share.get("county", Money.ZERO) for share in shares) == Money.yuan(74500)
    assert sum(len(share) == 2 for share in shares) == 1


def test_a_payment_of_nothing_is_a_fault() -> None:
    with pytest.raises(ValueError, match="above zero"):
        Funding([], rest="county").draw(Money.ZERO, VILLAGE)


def test_a_number_names_one_allotment_only() -> None:
    def allotment(id_: str, fen: int) -> Allotment:
        document = "皖财社〔2024〕1号"
        return Allotment(id_, "A-1", "care", "superior", COUNTY.value, "2024", Money(fen), document, DAY)

    allotment("1", 5).check_same(allotment("2", 5))
    with pytest.raises(Conflict) as conflict:
        allotment("1", 5).check_same(allotment("2", 6))
    assert conflict.value.code == "subsidy.ref_reused"
