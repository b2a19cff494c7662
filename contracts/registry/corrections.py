"""Messages of corrections (更正): asked for by one, decided by another, with what stood before and after."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    Command,
    Event,
    Identifier,
    Item,
    Message,
    Name,
    Query,
    Reference,
    RegionText,
    Reply,
)
from contracts.registry.certificates import CategoryText, Grade
from contracts.registry.files import Purpose
from contracts.registry.guardians import ActedBy, AgentKind, GuardianRef

CorrectedField = Literal["name", "region", "household", "phone", "bank_account"]
CorrectionState = Literal["requested", "approved", "rejected"]


class PersonCorrected(Event):
    """What is registered of a person was corrected; tells what followers keep, as it is now."""

    TYPE: ClassVar[str] = "registry.person_corrected.v1"
    DAY: ClassVar[str] = "corrected_on"

    person_id: Identifier
    field: CorrectedField = Field(description="What was corrected; names and numbers are not told")
    household_id: Identifier | None = Field(description="The person's household now, where it is known")
    effective_on: date = Field(description="Day from which it holds")
    corrected_on: date = Field(description="Day of the decision")


class CorrectionItem(Item):
    """One correction of one field of a person, as somebody asks for it."""

    ref: Reference
    person_id: Identifier
    field: CorrectedField = Field(
        description="What is to be corrected: 姓名, 住址区划, 所在家庭, 电话, 银行账号"
    )
    value: Name | None = Field(
        default=None,
        description="The right value; of a household its reference. Null takes away a household, a telephone "
        "or an account",
    )
    effective_on: date | None = Field(
        default=None,
        description="Day from which it holds; null: from the registration, it was recorded wrongly",
    )
    requested_on: date = Field(description="Day of the request")
    acted_by: ActedBy = None
    guardian_ref: GuardianRef = None
    agent_kind: AgentKind = None


class RequestCorrections(BulkCommand):
    """Ask for corrections; nothing changes until another person approves."""

    TYPE: ClassVar[str] = "registry.request_corrections"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = CorrectionItem


class CorrectionDecisionItem(Item):
    """One decision on one requested correction."""

    ref: Reference
    correction_ref: Reference = Field(description="Reference of the correction")
    decision: Literal["approved", "rejected"] = Field(description="同意, 不同意")
    decided_on: date = Field(description="Day of the decision")


class DecideCorrections(BulkCommand):
    """Decide on corrections that somebody else asked for; an approved one is made at once."""

    TYPE: ClassVar[str] = "registry.decide_corrections"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = CorrectionDecisionItem


class CorrectionView(Message):
    """A correction without the values."""

    correction_id: Identifier
    ref: Reference
    person_id: Identifier
    region: RegionText
    field: CorrectedField = Field(description="What it corrects")
    effective_on: date = Field(description="Day from which the new value holds")
    requested_on: date = Field(description="Day of the request")
    requested_by: str = Field(description="Account that asked")
    state: CorrectionState = Field(description="Where it stands")
    decided_on: date | None = Field(description="Day of the decision")
    decided_by: str | None = Field(description="Account that decided")
    acted_by: ActedBy
    guardian_ref: GuardianRef
    agent_kind: AgentKind


class CorrectionPage(Reply):
    """Corrections in the order of their identifiers, which is about that of their recording."""

    corrections: list[CorrectionView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListCorrections(Query):
    """Corrections of the caller's regions, page by page: the history of a person, or what waits."""

    TYPE: ClassVar[str] = "registry.list_corrections"
    REPLY: ClassVar[type[Reply]] = CorrectionPage

    person_id: Identifier | None = Field(default=None, description="Only those of this person")
    states: list[CorrectionState] = Field(
        default=[], description="Only those in one of these states; empty: all"
    )
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Corrections in a page")] = 100


class RevealedCorrection(Reply):
    """Both values in plain, side by side; of a household its identifier."""

    correction_id: Identifier
    before: str | None = Field(description="What stood when it was asked for; null: nothing")
    after: str | None = Field(description="What is to stand; null: nothing")


class RevealCorrection(Command):
    """Read what a correction changes in plain. Writes an audit row with the purpose."""

    TYPE: ClassVar[str] = "registry.reveal_correction"
    KEEP_REPLY: ClassVar[bool] = False
    REPLY: ClassVar[type[Reply]] = RevealedCorrection

    correction_id: Identifier
    purpose: Purpose


class LastAct(Message):
    """The last act on a certificate by a day."""

    action: str = Field(description="What was done")
    acted_on: date = Field(description="Day of the act")
    category: CategoryText = Field(description="Category after it")
    grade: Grade = Field(description="Grade after it, 1 to 4")
    expires_on: date = Field(description="Last day of validity after it")


class PersonThen(Reply):
    """A person as of a day, as known on a day: masked."""

    person_id: Identifier
    name: str = Field(description="Masked: the family name only")
    phone: str | None = Field(description="Masked")
    bank_account: str | None = Field(description="Masked")
    region: RegionText
    household_id: Identifier | None = Field(description="The person's household")
    last_act: LastAct | None = Field(description="Of the certificate; null before the first act")


class ShowPersonThen(Query):
    """What held for a person on a day, by what the registry knew on another."""

    TYPE: ClassVar[str] = "registry.show_person_then"
    REPLY: ClassVar[type[Reply]] = PersonThen

    person_id: Identifier
    day: date = Field(description="The day it is about")
    known_on: date | None = Field(
        default=None, description="By what was recorded until the end of this day; null: until now"
    )
