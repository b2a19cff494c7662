"""Messages of proofs (凭证核验): what the office has seen of a person that no other service tells.

An appraisal of labour capacity, the danger grade of a home, works that were accepted, a card that was issued:
the scheme's rules name them, and an award waits for them.
"""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    DimensionKey,
    Event,
    Identifier,
    Item,
    Message,
    Query,
    Reference,
    RegionText,
    Reply,
)
from contracts.subsidy.schemes import Scheme

Fact = Annotated[
    DimensionKey, Field(max_length=40, description="What was seen, as the scheme's rules of proofs name it")
]
Value = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_]{1,20}$",
        description="What it says, as the rule lists it; yes where it is enough that there is one",
    ),
]


class ProofRecorded(Event):
    """The office has seen a proof of a person for a scheme; what it says stays with the office."""

    TYPE: ClassVar[str] = "subsidy.proof_recorded.v1"
    DAY: ClassVar[str] = "seen_on"

    proof_id: Identifier
    person_id: Identifier
    scheme: Scheme
    fact: Fact
    seen_on: date = Field(description="Day from which it stands: of the appraisal, acceptance, issue")


class ProofItem(Item):
    """One proof. A later one of the same fact takes the place of an earlier one."""

    ref: Reference
    person_id: Identifier
    scheme: Scheme
    fact: Fact
    value: Value = "yes"
    seen_on: date = Field(description="Day from which it stands: of the appraisal, acceptance, issue")


class RecordProofs(BulkCommand):
    """Record proofs; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "subsidy.record_proofs"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = ProofItem


class ProofView(Message):
    """A proof as recorded."""

    proof_id: Identifier
    ref: Reference
    person_id: Identifier
    region: RegionText = Field(description="Where the person lived when it was recorded")
    scheme: Scheme
    fact: Fact
    value: Value
    seen_on: date = Field(description="Day from which it stands")
    recorded_by: str = Field(description="Account that recorded it")


class ProofPage(Reply):
    """Proofs in the order of their identifiers, which is about that of their recording."""

    proofs: list[ProofView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListProofs(Query):
    """Proofs of a scheme of persons of the caller's regions, page by page."""

    TYPE: ClassVar[str] = "subsidy.list_proofs"
    REPLY: ClassVar[type[Reply]] = ProofPage

    scheme: Scheme
    person_id: Identifier | None = Field(default=None, description="Only those of this person")
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Proofs in a page")] = 100
