"""What every message has in common: frozen models, explicit type strings, named owners.

Commands and queries refuse fields they do not know, so that a caller's mistake is told at once.
Events ignore them when read, so that a publisher may add optional fields without a new version.
"""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

RegionText = Annotated[
    str, Field(pattern=r"^[0-9]{12}$", description="Division code, 12 digits (GB/T 2260 and 10114)")
]
OfficeCode = Annotated[str, Field(pattern=r"^[0-9]{6}$", description="Division code of the office, 6 digits")]
MoneyText = Annotated[
    str, Field(pattern=r"^-?[0-9]{1,15}\.[0-9]{2}$", description="Exact amount in yuan, two decimals")
]
MonthText = Annotated[
    str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="Calendar month, YYYY-MM")
]
PeriodText = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{4}(H[12]|Q[1-4]|-[0-9]{2}(-[0-9]{2})?)?$",
        description="2024, 2024H1, 2024Q3, 2024-05 or 2024-05-31",
    ),
]
Identifier = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{32}$", description="Identifier given by the owning service, 32 hexadecimal digits"
    ),
]
Reference = Annotated[
    str,
    Field(
        min_length=1,
        max_length=80,
        pattern=r"^[^\s\x00-\x1f\x7f]+$",
        description="The office's own number of the record; the same number is the same record",
    ),
]
Name = Annotated[
    str,
    Field(
        min_length=1,
        max_length=120,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="Text without control characters",
    ),
]
RuleKey = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$", description="Key of a dated rule of the service")
]
DimensionKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Dimensions = dict[DimensionKey, Annotated[str, Field(min_length=1, max_length=60)]]


class Message(BaseModel):
    """A value on the wire. Unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Event(Message):
    """Something that happened, told in the past tense; holds identifiers, never personal data.

    ``TYPE`` is the routing key and the CloudEvents type. ``SUBJECT`` names the field whose events must
    be applied in order; ``DAY`` the field with the day on which it happened, which decides the period
    it is counted in. ``region`` is where it counts.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    TYPE: ClassVar[str]
    SUBJECT: ClassVar[str] = "person_id"
    DAY: ClassVar[str]

    region: RegionText = Field(
        description="Where it counts: the division code of the person, household or work, 12 digits"
    )

    @property
    def subject(self) -> str:
        """The identifier of what the event is about."""
        return str(getattr(self, self.SUBJECT))

    @property
    def day(self) -> date:
        """The day on which it happened."""
        day: date = getattr(self, self.DAY)
        return day


class Reply(Message):
    """What a command or a query answers."""

    @property
    def final(self) -> bool:
        """Whether sending the command again with the same key must give this reply again."""
        return True


class Request(Message):
    """A call of a service; its method is the snake-case name after the service in ``TYPE``."""

    TYPE: ClassVar[str]
    REPLY: ClassVar[type[Reply]]


class Query(Request):
    """A question; changes nothing."""


class Command(Request):
    """An order to change something, safe to send again with the same key.

    ``KEEP_REPLY`` is false where the reply itself is secret, and where no event tells of each record, so that
    a load counts by the reply: it is then made anew, not stored.
    """

    KEEP_REPLY: ClassVar[bool] = True

    idempotency_key: str = Field(
        min_length=8,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Chosen by the caller: the same key with the same input returns the first reply, "
        "with other input it is refused",
    )


class Item(Message):
    """One record of a bulk command."""


class BulkCommand(Command):
    """Up to 1000 records at once. A bad record is rejected with its reason, the good ones are kept."""

    ITEM: ClassVar[type[Item]]

    items: list[dict[str, Any]] = Field(
        min_length=1,
        max_length=1000,
        description="The records, decided one by one in this order; one that is malformed is rejected alone",
    )


class ErrorText(Message):
    """Why a record was rejected: a stable code, a sentence, and the field at fault where there is one."""

    code: str = Field(description="Stable, `<service>.<what>`; for programs")
    message: str = Field(description="What is wrong and what to do, without personal data")
    field: str | None = Field(default=None, description="Name of the item's field at fault")


class Outcome(Message):
    """What became of one record: made, already there with the same content, or rejected."""

    index: int = Field(ge=0, description="Place in the command's items, from 0")
    outcome: Literal["created", "unchanged", "rejected"] = Field(
        description="created: kept as new; unchanged: it was there with the same content; rejected: see error"
    )
    id: str | None = Field(default=None, description="Identifier of the record, when it was kept")
    error: ErrorText | None = Field(default=None, description="Why it was rejected; absent otherwise")


class BulkReply(Reply):
    """One outcome for each item, in their order."""

    outcomes: list[Outcome] = Field(description="One for each item, in their order")

    @property
    def final(self) -> bool:
        """A rejected record may be accepted later: what stood in its way can be put right meanwhile.

        The records that were kept are known by their own numbers, so nothing is done twice.
        """
        return all(outcome.outcome != "rejected" for outcome in self.outcomes)
