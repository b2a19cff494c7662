"""The file that tells a bank whom to pay: control totals, a hash, and the same bytes for the same batch."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from kernel.errors import Conflict, Invalid
from kernel.masking import BankAccount
from kernel.money import Money
from services.subsidy.domain.bank_layout import Layout


@dataclass(frozen=True, slots=True)
class Order:
    """One instruction. seq: its place in the file, from 1. holder: as the bank compares it."""

    seq: int
    instruction_id: str
    number: BankAccount
    holder: str = field(repr=False)
    amount: Money


@dataclass(frozen=True, slots=True)
class Batch:
    """What one file tells of itself. pay_on: day on which the bank is to pay."""

    id: str
    run_id: str
    region: str
    layout: str
    pay_on: date
    lines: int
    amount: Money
    file_hash: str | None

    def check_sealed(self) -> None:
        """Raises Conflict("subsidy.batch_unsealed") while instructions are being written into it."""
        if self.file_hash is None:
            raise Conflict(
                "subsidy.batch_unsealed",
                "Instructions are still being written into it; ask again in a moment.",
                batch_id=self.id,
            )


def render(layout: Layout, batch: Batch, orders: Iterable[Order]) -> bytes:
    """The bytes of the file.

    Raises what Layout.write raises, and Invalid("subsidy.unsafe_text") for a name with a sign that the bank's
    encoding has not.
    """
    totals = {"count": str(batch.lines), "amount": str(batch.amount)}
    day = f"{batch.pay_on:%Y%m%d}"
    parts = [layout.write("instructions.header", {"batch": batch.id, "day": day, **totals})]
    parts += [_line(layout, order) for order in orders]
    body = b"".join(parts)
    return body + layout.write("instructions.trailer", {"hash": sha256(body).hexdigest(), **totals})


def _line(layout: Layout, order: Order) -> bytes:
    values = {
        "seq": str(order.seq),
        "instruction": order.instruction_id,
        "number": order.number.value,
        "holder": order.holder,
        "amount": str(order.amount),
    }
    try:
        return layout.write("instructions.line", values)
    except UnicodeEncodeError:  # which would tell the sign
        raise Invalid(
            "subsidy.unsafe_text",
            f"The name of instruction {order.instruction_id} has a sign that {layout.encoding} lacks; agree "
            "with the bank on GB18030.",
            instruction_id=order.instruction_id,
        ) from None
