"""Bank files: what is written is read again, and what cannot be written as it is, is refused."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Invalid
from kernel.masking import BankAccount
from kernel.money import Money
from services.subsidy.domain import bank_file, receipt
from services.subsidy.domain.bank_file import Batch, Order
from services.subsidy.domain.bank_layout import Layout, LayoutError, load

FOLDER = Path(__file__).parents[3] / "services" / "subsidy" / "rules" / "layouts"
LAYOUTS = [load(path) for path in sorted(FOLDER.glob("*.yaml"))]
BATCH = Batch("b" * 32, "a" * 32, "341524000000", "plain", date(2024, 12, 10), 0, Money.ZERO, None)
TODAY = date(2024, 12, 31)

every_layout = pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.code)


def orders(*amounts: int, holder: str = "欧阳小明") -> list[Order]:
    return [
        Order(seq, f"{seq:032x}", BankAccount("6217000000000000001"), holder, Money(fen))
        for seq, fen in enumerate(amounts, start=1)
    ]


def written(layout: Layout, told: Sequence[Order]) -> bytes:
    batch = replace(BATCH, lines=len(told), amount=Money.sum_of(order.amount for order in told))
    return bank_file.render(layout, batch, told)


def answered(layout: Layout, told: Sequence[Order], returned: Sequence[str]) -> bytes:
    """A receipt in which the bank returned the first ones with these codes."""
    codes = [*returned, *[""] * (len(told) - len(returned))]
    body = layout.write("receipt.header", {"batch": BATCH.id})
    for order, code in zip(told, codes, strict=True):
        values = {"seq": str(order.seq), "instruction": order.instruction_id, "amount": str(order.amount)}
        values |= {"result": layout.results["returned" if code else "paid"], "reason": code}
        body += layout.write("receipt.line", values | {"day": "20241211"})
    paid = [order.amount for order, code in zip(told, codes, strict=True) if not code]
    back = [order.amount for order, code in zip(told, codes, strict=True) if code]
    totals = {"paid_count": str(len(paid)), "paid_amount": str(Money.sum_of(paid))}
    totals |= {"returned_count": str(len(back)), "returned_amount": str(Money.sum_of(back))}
    return body + layout.write("receipt.trailer", totals | {"hash": sha256(body).hexdigest()})


@every_layout
@given(amounts=st.lists(st.integers(1, 10**9), max_size=6))
def test_the_same_batch_gives_the_same_bytes_with_its_totals(layout: Layout, amounts: list[int]) -> None:
    file = written(layout, orders(*amounts))

    assert file == written(layout, orders(*amounts))
    *body, trailer, nothing = file.split(layout.line_end.encode())
    told = layout.split("instructions.trailer", trailer)
    assert nothing == b""
    assert len(body) == len(amounts) + 1
    assert (int(told["count"]), Money.yuan(told["amount"].lstrip("0").rjust(4, "0"))) == (
        len(amounts),
        Money(sum(amounts)),
    )
    assert told["hash"] == sha256(file[: -len(trailer) - len(layout.line_end)]).hexdigest()


@every_layout
@given(amounts=st.lists(st.integers(1, 10**9), min_size=2, max_size=6))
def test_a_receipt_is_read_as_the_bank_meant_it(layout: Layout, amounts: list[int]) -> None:
    code, reason = next(iter(layout.reasons.items()))
    told = orders(*amounts)

    read = receipt.read(layout, answered(layout, told, [code, "ZZ"]))

    assert read.batch_id == BATCH.id
    assert [answer.amount.fen for answer in read.answers] == amounts
    assert [answer.reason for answer in read.answers][:2] == [reason, "other"]
    assert {answer.paid for answer in read.answers[2:]} <= {True}
    assert read.total(paid=False) == (2, Money(sum(amounts[:2])))
    known = {order.seq: (order.instruction_id, order.amount) for order in told}
    receipt.check(read, known, set(), BATCH.pay_on, TODAY)


@every_layout
def test_a_receipt_of_which_any_byte_is_missing_is_refused(layout: Layout) -> None:
    whole = answered(layout, orders(5, 7), [])

    for end in range(len(whole)):
        with pytest.raises(Invalid, match="Nothing of the file was taken"):
            receipt.read(layout, whole[:end])


@every_layout
@pytest.mark.parametrize("holder", ["=1+1", "+1", "-1", "@SUM(A1)", "王\r\nD", "王\t明"])
def test_a_name_that_a_spreadsheet_would_run_or_that_breaks_a_line_is_not_written(
    layout: Layout, holder: str
) -> None:
    with pytest.raises(Invalid) as told:
        written(layout, orders(5, holder=holder))

    assert told.value.code == "subsidy.unsafe_text"


@every_layout
def test_a_rare_character_that_the_bank_s_encoding_has_not_is_told_by_its_instruction(layout: Layout) -> None:
    narrow = replace(layout, encoding="gbk")

    with pytest.raises(Invalid) as told:
        written(narrow, orders(5, holder="王\u4dae"))

    assert told.value.code == "subsidy.unsafe_text"
    assert "\u4dae" not in told.value.message


def test_a_bar_in_a_name_does_not_break_a_separated_line() -> None:
    plain = next(layout for layout in LAYOUTS if layout.separator)

    with pytest.raises(Invalid, match="correct it where it was recorded"):
        written(plain, orders(5, holder="王|小明"))


def test_a_character_whose_second_byte_is_that_of_a_bar_does_not_break_a_line() -> None:
    plain = next(layout for layout in LAYOUTS if layout.separator == "|")
    tricky = next(sign for sign in map(chr, range(0x4E00, 0x9FA5)) if b"|" in sign.encode("gb18030"))

    line = written(plain, orders(5, holder=tricky)).split(b"\r\n")[1]

    assert plain.split("instructions.line", line)["holder"] == tricky


def test_a_name_that_has_no_room_is_not_cut() -> None:
    fixed = next(layout for layout in LAYOUTS if layout.separator is None)

    with pytest.raises(Invalid) as told:
        written(fixed, orders(5, holder="长" * 31))

    assert told.value.code == "subsidy.too_long"


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("encoding: GB18030", "encoding: ASCII", "no encoding that holds Chinese names"),
        ("{field: holder}, ", "", "must tell each of"),
        ("{field: holder}", "{field: holder, width: 9}", "a width where there is no separator"),
        ("{is: D}, {field: seq}, {field: instruction}, {field: number}", "{field: nobody}", "is unknown"),
        ("lines: 5000", "lines: 0", "expected a whole number from 1"),
    ],
)
def test_a_wrong_layout_is_told_by_file_and_line(
    tmp_path: Path, before: str, after: str, problem: str
) -> None:
    text = (FOLDER / "plain.yaml").read_text("utf-8")
    assert before in text
    (tmp_path / "mine.yaml").write_text(text.replace(before, after, 1), "utf-8")

    with pytest.raises(LayoutError, match=rf"mine\.yaml:\d+: .*{problem}"):
        load(tmp_path / "mine.yaml")
