"""Messages of persons: registered, found, shown masked, read in plain."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    Command,
    Event,
    Identifier,
    Item,
    MonthText,
    Name,
    Query,
    Reference,
    RegionText,
    Reply,
)
from contracts.registry.certificates import CertificateView
from contracts.registry.files import Purpose
from contracts.registry.identities import Identities

Sex = Literal["male", "female"]


class PersonRegistered(Event):
    """A person entered the registry, certified or not. The birth month suffices for age rules."""

    TYPE: ClassVar[str] = "registry.person_registered.v1"
    DAY: ClassVar[str] = "registered_on"

    person_id: Identifier
    household_id: Identifier | None = Field(
        default=None, description="The household the person belongs to, where it is known"
    )
    sex: Sex = Field(description="As in the citizen number")
    birth_month: MonthText
    registered_on: date = Field(description="Day of registration")


class PersonItem(Item):
    """One person, with the personal data that only the registry keeps."""

    id_number: str = Field(
        min_length=1, max_length=40, description="Citizen number (GB 11643), 18 characters"
    )
    name: Name = Field(description="Full name; never leaves the registry but masked")
    region: RegionText = Field(description="Village or community where the person lives")
    household_ref: Reference | None = Field(
        default=None, description="The office's reference of a registered household"
    )
    phone: str | None = Field(default=None, max_length=40, description="Telephone number; stored sealed")
    bank_account: str | None = Field(
        default=None,
        max_length=40,
        description="Number of the account that subsidies are paid to; stored sealed",
    )
    registered_on: date = Field(description="Day of registration")


class RegisterPersons(BulkCommand):
    """Register persons; the citizen number makes a person unique."""

    TYPE: ClassVar[str] = "registry.register_persons"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = PersonItem


class ResolvePersons(Query):
    """Find persons' identifiers by citizen number, through the blind index. Tells nothing else of them."""

    TYPE: ClassVar[str] = "registry.resolve_persons"
    REPLY: ClassVar[type[Reply]] = Identities

    id_numbers: list[str] = Field(
        min_length=1, max_length=1000, description="Citizen numbers (GB 11643), 18 characters each"
    )


class PersonView(Reply):
    """A person as the registry shows it: masked."""

    person_id: Identifier
    name: str = Field(description="Masked: the family name only")
    id_number: str = Field(description="Masked")
    phone: str | None = Field(description="Masked")
    bank_account: str | None = Field(description="Masked")
    sex: Sex = Field(description="As in the citizen number")
    birth_month: MonthText
    region: RegionText
    household_id: Identifier | None = Field(description="The person's household, where it is known")
    certificate: CertificateView | None = Field(
        description="The latest certificate; null for a person who never had one"
    )
    merged_into: Identifier | None = Field(
        default=None, description="The record that stands for this one, of a person who was registered twice"
    )


class FindPerson(Query):
    """One person by identifier, masked."""

    TYPE: ClassVar[str] = "registry.find_person"
    REPLY: ClassVar[type[Reply]] = PersonView

    person_id: Identifier


class RevealedPerson(Reply):
    """The plain values of the fields asked for."""

    person_id: Identifier
    values: dict[str, str | None] = Field(description="Plain value by field; null where none is recorded")


class RevealPerson(Command):
    """Read sealed fields in plain. Writes an audit row with the purpose in the same transaction."""

    TYPE: ClassVar[str] = "registry.reveal_person"
    KEEP_REPLY: ClassVar[bool] = False
    REPLY: ClassVar[type[Reply]] = RevealedPerson

    person_id: Identifier
    fields: list[Literal["name", "id_number", "phone", "bank_account"]] = Field(
        min_length=1, description="What to open"
    )
    purpose: Purpose
