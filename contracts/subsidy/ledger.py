"""Messages of the ledger: what its accounts sum to, how far money is spent, and whether all tell the same."""

from typing import ClassVar, Literal

from pydantic import Field

from contracts.message import Identifier, Message, MoneyText, PeriodText, Query, Reply
from contracts.subsidy.funds import FundSource
from contracts.subsidy.schemes import Scheme


class AccountBalance(Message):
    """Debit and credit of one ledger account."""

    account: str = Field(
        description="Name of an account: funds, allotted, expense, payable or transit, with source and scheme"
    )
    debit: MoneyText = Field(description="Sum of debits, in yuan")
    credit: MoneyText = Field(description="Sum of credits, in yuan")


class Balances(Reply):
    """Sums of the ledger by account; total debit equals total credit."""

    accounts: list[AccountBalance] = Field(description="Every account with entries, by name")


class TrialBalance(Query):
    """The ledger's balances, of the entries in the caller's regions."""

    TYPE: ClassVar[str] = "subsidy.trial_balance"
    REPLY: ClassVar[type[Reply]] = Balances

    run_id: Identifier | None = Field(default=None, description="Only the entries of this run")


class SourceProgress(Message):
    """How far the money of one source for one scheme is spent. All of a year, in yuan."""

    scheme: Scheme
    source: FundSource = Field(description="Who bears it")
    allotted: MoneyText = Field(description="Made available (下达)")
    committed: MoneyText = Field(description="Approved and not yet paid (已审批未支付)")
    paid: MoneyText = Field(description="Paid by the bank (已支付)")
    left: MoneyText = Field(description="Allotted, less committed and paid; below zero: to be allotted still")
    due: MoneyText | None = Field(
        default=None,
        description="Its share of all that was committed and paid (应负担); null without shares",
    )
    behind: MoneyText | None = Field(
        default=None, description="How much of it others bear (配套未到位), below zero when it bears more"
    )
    slow: bool = Field(
        default=False, description="Paid less than the rule asks for by now (支出进度滞后于序时进度)"
    )


class Progress(Reply):
    """Spending by scheme and source (资金支出进度)."""

    sources: list[SourceProgress] = Field(description="By scheme, then source")


class SpendingProgress(Query):
    """How far the money of a year is spent, in the caller's regions."""

    TYPE: ClassVar[str] = "subsidy.spending_progress"
    REPLY: ClassVar[type[Reply]] = Progress

    year: PeriodText = Field(description="Year that funds were allotted for and periods lie in, as 2024")


class ReconciledStep(Message):
    """One step of the money of a scheme and a source, as each tells it, in yuan."""

    scheme: Scheme
    source: FundSource = Field(description="Who bears it")
    step: Literal["instructed", "returned", "paid", "taken_back"] = Field(
        description="报盘, 退回, 支付, 退汇"
    )
    ledger: MoneyText = Field(description="By the books")
    bank: MoneyText = Field(description="By the files for the bank, its receipts, or what was taken back")
    payments: MoneyText | None = Field(description="By the payments, which events tell; null for other steps")


class Reconciliation(Reply):
    """Whether books, bank files, receipts and payments tell the same, to the fen (对账)."""

    steps: list[ReconciledStep] = Field(description="By scheme, source and step")
    first_difference: ReconciledStep | None = Field(description="The first that differs; null: none does")


class Reconcile(Query):
    """Compare the money of a period as each tells it, of runs in the caller's regions."""

    TYPE: ClassVar[str] = "subsidy.reconcile"
    REPLY: ClassVar[type[Reply]] = Reconciliation

    period: PeriodText = Field(description="Days on which the bank was told or answered: 2024-12, or 2024")
