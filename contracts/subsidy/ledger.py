"""Messages of the ledger: what its accounts sum to."""

from typing import ClassVar

from pydantic import Field

from contracts.message import Message, MoneyText, Query, Reply


class AccountBalance(Message):
    """Debit and credit of one ledger account."""

    account: str = Field(
        description="Name of a ledger account: funds, allotted, expense or payable, with source and scheme"
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
