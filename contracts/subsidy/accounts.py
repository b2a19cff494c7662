"""Messages of pay accounts (发放账户): where a person is paid to. A change takes two people."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    Identifier,
    Item,
    Message,
    Name,
    Query,
    Reference,
    Reply,
)

AccountState = Literal["requested", "approved", "rejected"]


class PayAccountItem(Item):
    """An account to pay a person to. A person's first one holds at once, a later one is decided on."""

    ref: Reference
    person_id: Identifier
    holder: Name = Field(description="Name on the account (户名), as the bank compares it")
    number: Name = Field(description="Number of the account or card, 12 to 23 digits")


class RecordPayAccounts(BulkCommand):
    """Record where persons are paid to, or ask for a change of it."""

    TYPE: ClassVar[str] = "subsidy.record_pay_accounts"
    KEEP_REPLY: ClassVar[bool] = False  # no event tells of a record; each file is decided anew
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = PayAccountItem


class PayAccountDecisionItem(Item):
    """A decision on a change of an account."""

    ref: Reference
    account_ref: Reference = Field(description="Reference of the account asked for")
    decision: Literal["approved", "rejected"] = Field(description="同意, 不同意")


class DecidePayAccounts(BulkCommand):
    """Decide on changes of accounts that somebody else asked for; a new one is paid to after a wait."""

    TYPE: ClassVar[str] = "subsidy.decide_pay_accounts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = PayAccountDecisionItem


class PayAccountView(Message):
    """An account, masked."""

    account_id: Identifier
    ref: Reference
    person_id: Identifier
    number: str = Field(description="Masked: the first and the last four digits")
    state: AccountState = Field(description="Where it stands")
    usable_from: date | None = Field(description="First day on which it is paid to; null: not approved")
    shared_with: int = Field(description="How many other persons are paid to the same number")
    requested_by: str = Field(description="Account that recorded it")
    decided_by: str | None = Field(description="Account that decided; null for a first one")


class PayAccountPage(Reply):
    """Accounts in the order of their identifiers, which is about that of their recording."""

    accounts: list[PayAccountView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListPayAccounts(Query):
    """Accounts of persons of the caller's regions, page by page."""

    TYPE: ClassVar[str] = "subsidy.list_pay_accounts"
    REPLY: ClassVar[type[Reply]] = PayAccountPage

    person_id: Identifier | None = Field(default=None, description="Only those of this person")
    states: list[AccountState] = Field(default=[], description="Only those in one of these; empty: all")
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Accounts in a page")] = 100


class AccountRead(Message):
    """One reading of a person's account in plain."""

    at: datetime = Field(description="Instant of the reading")
    actor: str = Field(description="Account that read")
    purpose: str = Field(description="What for: bank_file and the batch")
    fields: list[str] = Field(description="What was opened, by the names of fields")


class AccountReads(Reply):
    """Readings, the latest first."""

    reads: list[AccountRead] = Field(description="At most as many as asked for")
    after: int | None = Field(description="Ask for the next page with this; null after the last")


class ListAccountReads(Query):
    """Who read a person's accounts in plain. Other readings tells `registry.list_person_reads`."""

    TYPE: ClassVar[str] = "subsidy.list_account_reads"
    REPLY: ClassVar[type[Reply]] = AccountReads

    person_id: Identifier
    after: int | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Readings in a page")] = 100
