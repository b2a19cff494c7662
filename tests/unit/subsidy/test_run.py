"""Approving a run, the hash of its list, and how it is booked."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Refusal
from kernel.money import Money
from services.subsidy.domain import frozen_list, ledger
from services.subsidy.domain.frozen_list import Line
from services.subsidy.domain.ledger import Transfer
from services.subsidy.domain.run import Run

PAY_DAY = date(2024, 12, 10)
HASH = "a" * 64
FROZEN = Run("r", "care", "2024", "341524000000", PAY_DAY, "frozen", 1, 0, Money(5), HASH, "maker", None)
LINE = Line(1, "a1", "p1", "home", Money(500), {"superior": Money(300), "county": Money(200)}, "2024")

money = st.integers(1, 10**12).map(Money)
sources = st.dictionaries(st.sampled_from(["superior", "county"]), money, min_size=1)


def hash_of(*lines: Line) -> str:
    digest = frozen_list.begin("r", "care", "2024", "341524000000", PAY_DAY)
    for line in lines:
        digest = frozen_list.extend(digest, line, "2024")
    return digest


def test_the_hash_of_a_list_is_the_same_in_every_release() -> None:
    """An update may come between the freezing of a list and its proof."""
    back_pay = replace(LINE, seq=2, period="2024-05+1")
    assert hash_of(LINE, back_pay) == "cf4af50d0b07b95d70ca8fb75bff46723f41ec6077d3bfbdaecaceb5e321997c"


def test_a_second_person_approves_the_frozen_list() -> None:
    FROZEN.check_approval("checker", HASH)

    assert not FROZEN.approved_already("checker", HASH)
    assert replace(FROZEN, state="paid", approved_by="checker").approved_already("checker", HASH)


@pytest.mark.parametrize(
    ("run", "checker", "list_hash", "code"),
    [
        (FROZEN, "maker", HASH, "subsidy.maker_is_checker"),
        (FROZEN, "checker", "b" * 64, "subsidy.list_changed"),
        (replace(FROZEN, state="planning", list_hash=None), "checker", HASH, "subsidy.run_not_frozen"),
        (replace(FROZEN, state="approved", approved_by="c"), "checker", HASH, "subsidy.run_not_frozen"),
        (replace(FROZEN, state="paid", approved_by="c"), "checker", HASH, "subsidy.run_not_frozen"),
    ],
)
def test_anything_else_is_refused(run: Run, checker: str, list_hash: str, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        run.check_approval(checker, list_hash)

    assert refusal.value.code == code


def test_the_hash_is_64_hexadecimal_digits_that_never_change() -> None:
    assert hash_of(LINE) == "2f430e8d9350ca1a71072fa4a0827d6bf3a858c9c81b8bd2b94da00f29b5b3d3"


@pytest.mark.parametrize(
    "other",
    [
        replace(LINE, seq=2),
        replace(LINE, award_id="a2"),
        replace(LINE, person_id="p2"),
        replace(LINE, variant="day"),
        replace(LINE, amount=Money(501)),
        replace(LINE, shares={"superior": Money(500)}),
        replace(LINE, period="2024+1"),
    ],
)
def test_any_change_of_a_line_changes_the_hash(other: Line) -> None:
    assert hash_of(other) != hash_of(LINE)


def test_the_hash_depends_on_the_order_of_lines_but_not_on_that_of_shares() -> None:
    second = replace(LINE, seq=2)
    turned = replace(LINE, shares=dict(sorted(LINE.shares.items())))

    assert hash_of(LINE, second) != hash_of(second, LINE)
    assert hash_of(turned) == hash_of(LINE)


@given(sources)
def test_what_is_approved_instructed_and_paid_goes_through_the_accounts_of_its_sources(
    shares: dict[str, Money],
) -> None:
    booked = [
        *ledger.approval("care", shares),
        *ledger.instruction("care", shares),
        *ledger.returned("care", shares),
        *ledger.instruction("care", shares),
        *ledger.payment("care", shares),
    ]

    left: dict[str, int] = {}
    for transfer in booked:
        left[transfer.debit] = left.get(transfer.debit, 0) + transfer.amount.fen
        left[transfer.credit] = left.get(transfer.credit, 0) - transfer.amount.fen
    assert {account: fen for account, fen in left.items() if fen} == {
        "expense:care": sum(part.fen for part in shares.values()),
        **{f"funds:{source}:care": -part.fen for source, part in shares.items()},
    }


def test_an_empty_list_books_nothing() -> None:
    assert ledger.approval("care", {}) == []


@pytest.mark.parametrize(("credit", "fen"), [("b", 0), ("b", -1), ("a", 1)])
def test_a_transfer_moves_something_between_two_accounts(credit: str, fen: int) -> None:
    with pytest.raises(ValueError, match="two accounts"):
        Transfer("a", credit, Money(fen))
