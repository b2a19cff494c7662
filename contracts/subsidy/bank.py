"""Messages of what goes to the bank and comes back: instructions in batches, receipts, what was held up."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.message import (
    Command,
    DimensionKey,
    Event,
    Identifier,
    Message,
    MoneyText,
    PeriodText,
    Query,
    RegionText,
    Reply,
)
from contracts.subsidy.disbursement import DisbursementRun
from contracts.subsidy.schemes import Scheme

HashText = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256, 64 hexadecimal digits")]
HeldReason = Annotated[
    DimensionKey, Field(description="Why it was not paid: no_account, or a reason of the service's rules")
]
HeldState = Literal["open", "reissued", "given_up"]


class _Instruction(Event):
    """What events of one instruction to the bank have in common."""

    instruction_id: Identifier
    run_id: Identifier
    person_id: Identifier
    scheme: Scheme
    period: PeriodText = Field(description="Period paid for")
    amount: MoneyText = Field(description="What the person is to be paid, in yuan")


class PaymentInstructed(_Instruction):
    """The bank is told to pay a person."""

    TYPE: ClassVar[str] = "subsidy.payment_instructed.v1"
    DAY: ClassVar[str] = "pay_on"

    pay_on: date = Field(description="Day on which the bank is to pay")


class PaymentReturned(_Instruction):
    """The bank could not pay a person; the money is still there."""

    TYPE: ClassVar[str] = "subsidy.payment_returned.v1"
    DAY: ClassVar[str] = "returned_on"

    reason: HeldReason
    returned_on: date = Field(description="Day of the bank's answer")


class PaymentReissued(_Instruction):
    """The bank is told again to pay a person whom it could not pay before."""

    TYPE: ClassVar[str] = "subsidy.payment_reissued.v1"
    DAY: ClassVar[str] = "pay_on"

    reissue_of: Identifier = Field(description="The instruction that was returned")
    pay_on: date = Field(description="Day on which the bank is to pay")


class InstructDisbursement(Command):
    """Tell the bank to pay an approved run; a job writes the instructions. For a run that was instructed
    before: those held up that can be paid by now.
    """

    TYPE: ClassVar[str] = "subsidy.instruct_disbursement"
    REPLY: ClassVar[type[Reply]] = DisbursementRun

    run_id: Identifier


class BankBatch(Message):
    """One file for the bank."""

    batch_id: Identifier
    run_id: Identifier
    seq: int = Field(ge=1, description="Number within the run, from 1")
    pay_on: date = Field(description="Day on which the bank is to pay")
    lines: int = Field(description="Instructions in it")
    amount: MoneyText = Field(description="Their sum, in yuan")
    answered: int = Field(description="Instructions that the bank has answered")
    file_hash: HashText | None = Field(description="Of the file; null while instructions are being written")


class BankBatchPage(Reply):
    """Batches in the order of their identifiers, which is that of their making."""

    batches: list[BankBatch] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListBankBatches(Query):
    """What a run sent to the bank, page by page."""

    TYPE: ClassVar[str] = "subsidy.list_bank_batches"
    REPLY: ClassVar[type[Reply]] = BankBatchPage

    run_id: Identifier
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Batches in a page")] = 100


class BankFile(Reply):
    """A batch as the bank takes it; the same batch gives the same bytes."""

    batch_id: Identifier
    name: str = Field(description="Name of the file")
    content: str = Field(description="The bytes, in base64")
    file_hash: HashText


class FetchBankFile(Command):
    """The file of a batch, with account numbers in plain. Writes an audit row for each person in it."""

    TYPE: ClassVar[str] = "subsidy.fetch_bank_file"
    KEEP_REPLY: ClassVar[bool] = False
    REPLY: ClassVar[type[Reply]] = BankFile

    batch_id: Identifier


class BankReceipt(Reply):
    """What a receipt file came to."""

    receipt_id: Identifier
    batch_id: Identifier
    run_id: Identifier
    outcome: Literal["created", "unchanged"] = Field(description="unchanged: this file was recorded before")
    paid_lines: int = Field(description="Payments that it tells of")
    paid_amount: MoneyText = Field(description="Their sum, in yuan")
    returned_lines: int = Field(description="Instructions that the bank could not do")
    returned_amount: MoneyText = Field(description="Their sum, in yuan")


class RecordBankReceipt(Command):
    """Record the bank's answer to a batch: the whole file, or nothing of it when one line is wrong."""

    TYPE: ClassVar[str] = "subsidy.record_bank_receipt"
    REPLY: ClassVar[type[Reply]] = BankReceipt

    content: str = Field(min_length=1, max_length=8_000_000, description="The file's bytes, in base64")


class HeldPayment(Message):
    """A payment of a run that did not come about: what is to be done about it is the work list."""

    held_id: Identifier
    run_id: Identifier
    person_id: Identifier
    region: RegionText
    scheme: Scheme
    period: PeriodText
    amount: MoneyText = Field(description="What the person is to be paid, in yuan")
    reason: HeldReason
    remedy: Literal["account", "bank", "stop"] = Field(
        description="account: have another account recorded (更正账户); bank: instruct again (重发); "
        "stop: look into it, it is not sent again (停发核查)"
    )
    instruction_id: Identifier | None = Field(description="What was returned; null: it was never sent")
    held_on: date = Field(description="Day from which it waits")
    state: HeldState = Field(description="open, sent to the bank again, or given up")


class HeldPaymentPage(Reply):
    """Payments held up, in the order in which they were."""

    held: list[HeldPayment] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListHeldPayments(Query):
    """Payments held up in the caller's regions, page by page."""

    TYPE: ClassVar[str] = "subsidy.list_held_payments"
    REPLY: ClassVar[type[Reply]] = HeldPaymentPage

    run_id: Identifier | None = Field(default=None, description="Only those of this run")
    states: list[HeldState] = Field(default=["open"], description="Only those in one of these; empty: all")
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Payments in a page")] = 100
