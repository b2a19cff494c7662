"""The bank's answer to a batch: read whole and compared with what was instructed, before anything is done.

A file that was written by halves, was changed, was put in another order, or belongs elsewhere is refused
whole, with the line at fault.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from itertools import pairwise

from kernel.errors import Conflict, Invalid, Refusal
from kernel.money import Money
from services.subsidy.domain.bank_layout import OTHER, Layout


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bank says of one instruction. place: line of the file. code: the bank's own, of a return."""

    place: int
    seq: int
    instruction_id: str
    amount: Money
    paid: bool
    code: str
    reason: str
    settled_on: date


@dataclass(frozen=True, slots=True)
class Receipt:
    """A file of the bank. hash: of all its bytes, by which it is known again."""

    batch_id: str
    hash: str
    answers: tuple[Answer, ...]

    def total(self, paid: bool) -> tuple[int, Money]:
        """How many were paid or returned, and their sum."""
        amounts = [answer.amount for answer in self.answers if answer.paid is paid]
        return len(amounts), Money.sum_of(amounts)


def batch_of(layout: Layout, content: bytes) -> str:
    """The batch that a file says it answers. Raises Invalid("subsidy.receipt_malformed")."""
    return _split(layout, "header", content.split(_line_end(layout), 1)[0], 1)["batch"]


def read(layout: Layout, content: bytes) -> Receipt:
    """The whole file. Raises Invalid, each with the line:

    "subsidy.receipt_cut_off" for one without its end, "subsidy.receipt_malformed" for a line that is none,
    "subsidy.receipt_out_of_order" for lines that are repeated or not in the order of the instructions,
    "subsidy.receipt_totals" for control totals or a hash that are not those of the lines.
    """
    end = _line_end(layout)
    lines = content.split(end)
    if len(lines) < 3 or lines[-1]:  # noqa: PLR2004 - header, trailer, and nothing after the last line end
        raise _fault(
            "receipt_cut_off", "The file ends within a line; fetch it from the bank again.", len(lines)
        )
    lines.pop()
    header = _split(layout, "header", lines[0], 1)
    answers = [_answer(layout, line, place) for place, line in enumerate(lines[1:-1], start=2)]
    for before, after in pairwise(answers):
        if after.seq <= before.seq:
            raise _fault(
                "receipt_out_of_order",
                "The lines are repeated or not in the order of the batch.",
                after.place,
            )
    trailer = _trailer(layout, lines[-1], len(lines))
    receipt = Receipt(header["batch"], sha256(content).hexdigest(), tuple(answers))
    body = content[: len(content) - len(lines[-1]) - len(end)]
    _check_trailer(receipt, trailer, sha256(body).hexdigest(), len(lines))
    return receipt


def check(
    receipt: Receipt,
    instructed: Mapping[int, tuple[str, Money]],
    answered: Collection[str],
    pay_on: date,
    today: date,
) -> None:
    """Compare a file with the batch. instructed: instruction and amount by place in the batch.

    Raises Conflict("subsidy.receipt_foreign") for a line that was not instructed so,
    Conflict("subsidy.receipt_repeated") for one that another file has answered,
    Invalid("subsidy.receipt_day") for a day before the batch's or to come.
    """
    for answer in receipt.answers:
        if instructed.get(answer.seq) != (answer.instruction_id, answer.amount):
            raise Conflict(
                "subsidy.receipt_foreign",
                f"Line {answer.place} is not what this batch instructed; nothing of the file was taken.",
                line=answer.place,
            )
        if answer.instruction_id in answered:
            raise Conflict(
                "subsidy.receipt_repeated",
                f"Line {answer.place} was answered by another file; nothing of this one was taken.",
                line=answer.place,
            )
        if not pay_on <= answer.settled_on <= today:
            raise _fault("receipt_day", "The day is before that of the batch, or to come.", answer.place)


def _line_end(layout: Layout) -> bytes:
    return layout.line_end.encode(layout.encoding)


def _split(layout: Layout, record: str, line: bytes, place: int) -> dict[str, str]:
    try:
        return layout.split(f"receipt.{record}", line)
    except ValueError:
        raise _fault("receipt_malformed", f"It is no {record} of layout {layout.code}.", place) from None


def _trailer(layout: Layout, line: bytes, place: int) -> dict[str, str]:
    try:
        return layout.split("receipt.trailer", line)
    except ValueError:
        raise _fault(
            "receipt_cut_off", "The file has no trailer; fetch it from the bank again.", place
        ) from None


def _answer(layout: Layout, line: bytes, place: int) -> Answer:
    told = _split(layout, "line", line, place)
    results = {code: word for word, code in layout.results.items()}
    try:
        paid = results[told["result"]] == "paid"
        amount, day = Money.yuan(told["amount"].lstrip("0").rjust(4, "0")), told["day"]
        settled_on = datetime.strptime(day, "%Y%m%d").date()  # noqa: DTZ007 - a day, not an instant
        seq = int(told["seq"])
    except (KeyError, ValueError, Refusal):
        raise _fault("receipt_malformed", "A field of the line cannot be read.", place) from None
    code = told["reason"]
    if paid is bool(code):
        raise _fault("receipt_malformed", "A return has a reason, and a payment has none.", place)
    reason = "" if paid else layout.reasons.get(code, OTHER)
    return Answer(place, seq, told["instruction"], amount, paid, code, reason, settled_on)


def _check_trailer(receipt: Receipt, told: Mapping[str, str], body_hash: str, place: int) -> None:
    for word, paid in (("paid", True), ("returned", False)):
        count, amount = receipt.total(paid)
        if (told[f"{word}_count"].lstrip("0") or "0", told[f"{word}_amount"].lstrip("0").rjust(4, "0")) != (
            str(count),
            str(amount),
        ):
            raise _fault("receipt_totals", f"The totals of {word} are not those of the lines.", place)
    if told["hash"] != body_hash:
        raise _fault("receipt_totals", "The hash is not that of the lines.", place)


def _fault(code: str, message: str, place: int) -> Invalid:
    return Invalid(
        f"subsidy.{code}",
        f"Line {place}: {message} Nothing of the file was taken.",
        line=place,
        field="content",
    )
