"""More never pays less: a rate, a cost, days, months. A ground for exclusion more never pays more."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Refusal
from kernel.money import Money
from kernel.periods import Period
from kernel.regions import RegionCode
from kernel.rulebook import RuleBook
from services.subsidy.domain.amounts import FORMULAS, ROUNDINGS, Basis, price
from services.subsidy.domain.award import Award, Benefit
from services.subsidy.domain.differences import withheld
from services.subsidy.domain.duration import STOPS, last_month
from services.subsidy.domain.eligibility import Holder, decide
from services.subsidy.domain.funding import Bearers, Fund, Funding
from services.subsidy.domain.overlaps import OVERLAPS, decide_overlaps
from services.subsidy.domain.schemes import Scheme
from tests.unit.subsidy.scheme_rules import DAY, rule, scheme

MONEY = st.integers(1, 2_000_000).map(Money)
PERCENT = st.integers(1, 20_000).map(lambda hundredths: f"{hundredths // 100}.{hundredths % 100:02d}")
SHARES_OF = {"share_of_dibao", "actual_cost_capped"}
FLAGS = ("dibao", "hardship", "extreme_poverty", "old_carer")
COUNTY = RegionCode("341524000000")

rounding = st.sampled_from(ROUNDINGS)
caps = st.none() | MONEY
bases = st.builds(Basis, MONEY, st.integers(1, 366))
holders = st.builds(
    Holder,
    certified=st.booleans(),
    category=st.none() | st.sampled_from(["physical", "mental"]),
    grade=st.none() | st.integers(1, 4),
    expires_on=st.none() | st.dates(DAY - timedelta(days=9), DAY + timedelta(days=9)),
    birth_month=st.none() | st.just("1980-05"),
    flags=st.none() | st.frozensets(st.sampled_from(FLAGS)),
)
benefits = st.dictionaries(st.sampled_from(OVERLAPS), MONEY).map(
    lambda stated: [Benefit(code, amount) for code, amount in stated.items()]
)


def paying(formula: str, rate: str, rounded: str, cap: Money | None) -> Scheme:
    """A scheme that pays by the formula; a benefit is named by how it goes with the scheme."""
    unit = "percent" if formula in SHARES_OF else "yuan_per_person_year"
    limit = cap or (Money(1_000_000) if formula == "actual_cost_capped" else None)
    made = scheme(
        formula=(formula, "text"),
        rounding=(rounded, "text"),
        dibao_line=("rural", "text"),
        rate__spring=(rate, unit),
        certificate=("true", "switch"),
        flags_any=(("dibao", "hardship"), "texts"),
        flags_none=(("extreme_poverty",), "texts"),
        **({"cap": (str(limit), "yuan")} if limit else {}),
        **{f"overlap__{word}": (word, "text") for word in OVERLAPS},
    )
    values = {key: (made.rules[key],) for key in made.rules.keys()}  # noqa: SIM118
    values["dibao.line.rural"] = (rule("line", "484.05", "yuan_per_person_month"),)
    return Scheme.of(RuleBook(values).at(DAY), "visit")


def amount(made: Scheme, basis: Basis) -> Money:
    """What is paid; nothing where the rules leave nothing."""
    try:
        return price(made, "spring", basis)[0]
    except Refusal as refusal:
        if refusal.code != "subsidy.amount_not_positive":
            raise
        return Money.ZERO


def granted(made: Scheme, basis: Basis, holder: Holder, beside: list[Benefit]) -> Money:
    """What a person gets: nothing who is not entitled."""
    due = amount(made, basis)
    try:
        decide(made, holder, DAY, "spring")
        decide_overlaps(made, beside, (), due)
    except Refusal:
        return Money.ZERO
    return due


def rates(formula: str) -> st.SearchStrategy[tuple[str, str]]:
    """Two rates of the formula, the second one not lower."""
    one = PERCENT if formula in SHARES_OF else MONEY.map(str)
    key: Callable[[str], Money] = Money.yuan
    return st.tuples(one, one).map(lambda two: (min(two, key=key), max(two, key=key)))


@pytest.mark.parametrize("formula", FORMULAS)
@given(data=st.data(), rounded=rounding, cap=caps, basis=bases, holder=holders, beside=benefits)
def test_a_higher_rate_lowers_nobodys_amount(
    formula: str,
    data: st.DataObject,
    rounded: str,
    cap: Money | None,
    basis: Basis,
    holder: Holder,
    beside: list[Benefit],
) -> None:
    low, high = data.draw(rates(formula))

    before = granted(paying(formula, low, rounded, cap), basis, holder, beside)
    after = granted(paying(formula, high, rounded, cap), basis, holder, beside)

    assert before <= after


@pytest.mark.parametrize("formula", FORMULAS)
@given(data=st.data(), rounded=rounding, cap=caps, basis=bases, more=st.integers(0, 400_000))
def test_more_days_and_a_higher_cost_lower_nobodys_amount(
    formula: str, data: st.DataObject, rounded: str, cap: Money | None, basis: Basis, more: int
) -> None:
    made = paying(formula, data.draw(rates(formula))[0], rounded, cap)
    assert basis.cost is not None and basis.days is not None  # noqa: PT018
    larger = Basis(basis.cost + Money(more), basis.days + more % 60)

    assert amount(made, basis) <= amount(made, larger)


entitled = st.builds(
    Holder,
    certified=st.just(True),
    category=st.just("physical"),
    grade=st.integers(1, 4),
    expires_on=st.dates(DAY, DAY + timedelta(days=9)),
    flags=st.frozensets(st.sampled_from(FLAGS)).map(lambda flags: flags | {"dibao"}),
)


@pytest.mark.parametrize(
    "worse",
    [
        lambda holder: replace(holder, flags=(holder.flags or frozenset()) | {"extreme_poverty"}),
        lambda holder: replace(holder, flags=(holder.flags or frozenset()) - {"dibao", "hardship"}),
        lambda holder: replace(holder, certified=False),
        lambda holder: replace(holder, expires_on=DAY - timedelta(days=1)),
    ],
)
@given(holder=holders | entitled, beside=st.just([]) | benefits)
def test_one_ground_for_exclusion_more_pays_nobody_more(
    worse: Callable[[Holder], Holder], holder: Holder, beside: list[Benefit]
) -> None:
    made = paying("fixed", "217.00", "fen_half_up", None)

    assert granted(made, Basis(), worse(holder), beside) <= granted(made, Basis(), holder, beside)


@pytest.mark.parametrize("word", OVERLAPS)
@given(holder=holders | entitled, beside=st.just([]) | benefits, other=MONEY)
def test_one_benefit_more_beside_it_pays_nobody_more(
    word: str, holder: Holder, beside: list[Benefit], other: Money
) -> None:
    made = paying("fixed", "217.00", "fen_half_up", None)

    after = granted(made, Basis(), holder, [*beside, Benefit(word, other)])

    assert after <= granted(made, Basis(), holder, beside)


def award(first: str, last: str | None, **held: str | None) -> Award:
    return Award("1", "2", "visit", "spring", first, last, COUNTY.value, DAY, [], **held)  # type: ignore[arg-type]


MONTHS = [month.text for month in Period.year(2024).months()]
month = st.sampled_from(MONTHS)


def paid(each: Award) -> set[str]:
    """The months that it is paid for."""
    return {one for one in MONTHS if each.holds_in(one, one) and not each.holds_back(one)}


@given(first=month, last=month, later=st.none() | month, freeze=st.none() | month, wait=st.none() | month)
def test_more_months_pay_nobody_less_and_what_is_held_pays_nobody_more(
    first: str, last: str, later: str | None, freeze: str | None, wait: str | None
) -> None:
    held = award(first, last, held_from=freeze, review_held_from=wait)
    longer = replace(held, last_period=later if later is None else max(last, later))
    sooner = replace(held, period=min(first, later or first))
    released = replace(held, held_from=None, review_held_from=None)

    assert paid(held) <= paid(longer)
    assert paid(held) <= paid(sooner)
    assert paid(held) <= paid(released)


@given(days=st.tuples(st.dates(date(2024, 1, 1), date(2026, 12, 31)), st.integers(0, 400)))
@pytest.mark.parametrize("word", STOPS)
def test_who_stops_later_is_paid_no_month_less(word: str, days: tuple[date, int]) -> None:
    made = scheme(cadence=("month", "text"), stop__death=(word, "text"))
    day, more = days

    before, _ = last_month(made, "death", day)
    after, _ = last_month(made, "death", day + timedelta(days=more))

    assert before.start <= after.start


@given(
    due=MONEY, more=st.integers(0, 10_000), debt=MONEY, owed=st.integers(0, 10_000), cap=st.integers(0, 100)
)
def test_who_is_due_more_or_owes_less_is_paid_no_less(
    due: Money, more: int, debt: Money, owed: int, cap: int
) -> None:
    rate = rule("offset_cap", str(cap), "percent")

    def net(due: Money, debt: Money) -> Money:
        return due - withheld(due, debt, rate)

    assert Money.ZERO < net(due, debt) <= net(due + Money(more), debt)
    assert net(due, debt + Money(owed)) <= net(due, debt)


@given(
    total=st.integers(0, 10**9).map(Money),
    more=MONEY,
    weights=st.lists(st.integers(0, 9), min_size=1, max_size=5).filter(sum),
)
def test_no_source_bears_less_of_a_larger_list(total: Money, more: Money, weights: list[int]) -> None:
    sources = tuple("abcde"[: len(weights)])
    bearers = Bearers(sources, tuple(Fraction(weight, sum(weights)) for weight in weights))

    for before, after in zip(bearers.parts(total), bearers.parts(total + more), strict=True):
        assert before <= after


@given(
    payments=st.lists(MONEY, max_size=20),
    left=st.integers(0, 10_000_000).map(Money),
    more=MONEY,
    weights=st.lists(st.integers(0, 9), min_size=2, max_size=2).filter(sum),
)
def test_a_larger_allotment_leaves_no_more_to_the_source_that_bears_the_rest(
    payments: list[Money], left: Money, more: Money, weights: list[int]
) -> None:
    bearers = Bearers(("above", "county"), tuple(Fraction(weight, sum(weights)) for weight in weights))

    def rest(allotted: Money) -> Money:
        funding = Funding([Fund("1", "above", COUNTY, allotted)], bearers)
        return Money.sum_of(funding.draw(each, COUNTY).get("county", Money.ZERO) for each in payments)

    assert rest(left + more) <= rest(left)
