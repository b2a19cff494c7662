"""Messages of guardians (监护人): for whom, for what, from when until when."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    Event,
    Identifier,
    Item,
    Message,
    Name,
    Query,
    Reference,
    Reply,
)
from contracts.registry.identities import Identities

GuardianRelation = Literal[
    "parent", "spouse", "child", "sibling", "grandparent", "committee", "civil_affairs", "other"
]
GuardianScope = Literal["certificate", "subsidy", "rehab", "property"]
ActedBy = Annotated[
    Literal["self", "guardian", "agent"] | None,
    Field(description="Who handed it in: 本人, 监护人, 代理人; null: it was not told"),
]
GuardianRef = Annotated[
    Reference | None, Field(description="Reference of the person's guardian; for guardian, null otherwise")
]
AgentKind = Annotated[
    Literal["supporter", "committee", "other"] | None,
    Field(
        description="What the agent is to the person: 扶养义务人, 村(居)民委员会, 其他代理人; for agent, "
        "null otherwise"
    ),
]


class GuardianRegistered(Event):
    """Somebody became known as a person's guardian."""

    TYPE: ClassVar[str] = "registry.guardian_registered.v1"
    DAY: ClassVar[str] = "since"

    person_id: Identifier
    guardianship_id: Identifier
    relation: GuardianRelation = Field(description="What the guardian is to the person")
    scope: list[GuardianScope] = Field(description="For what, each once")
    since: date = Field(description="First day")
    until: date | None = Field(description="Last day, where it is set beforehand")


class GuardianshipEnded(Event):
    """A guardianship ended before the day that was set, or without one."""

    TYPE: ClassVar[str] = "registry.guardianship_ended.v1"
    DAY: ClassVar[str] = "ended_on"

    person_id: Identifier
    guardianship_id: Identifier
    ended_on: date = Field(description="Last day")


class GuardianItem(Item):
    """One guardian of one person."""

    ref: Reference
    person_id: Identifier = Field(description="Who has the guardian")
    name: Name = Field(description="Full name of the guardian, a person or a body; stored sealed")
    phone: str | None = Field(default=None, max_length=40, description="Telephone number; stored sealed")
    relation: GuardianRelation = Field(
        description="父母, 配偶, 子女, 兄弟姐妹, 祖父母或外祖父母, 村(居)民委员会, 民政部门, 其他"
    )
    scope: list[GuardianScope] = Field(min_length=1, description="For what: 办证, 补贴, 康复, 财产")
    since: date = Field(description="First day")
    until: date | None = Field(default=None, description="Last day, where it is set beforehand")


class RegisterGuardians(BulkCommand):
    """Register guardians; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.register_guardians"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = GuardianItem


class GuardianshipEndItem(Item):
    """The end of one guardianship."""

    ref: Reference
    guardian_ref: Reference = Field(description="Reference of the guardian")
    ended_on: date = Field(description="Last day")


class EndGuardianships(BulkCommand):
    """End guardianships; each ends once."""

    TYPE: ClassVar[str] = "registry.end_guardianships"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = GuardianshipEndItem


class ResolveGuardians(Query):
    """Find guardianships' identifiers by the office's reference."""

    TYPE: ClassVar[str] = "registry.resolve_guardians"
    REPLY: ClassVar[type[Reply]] = Identities

    refs: list[Reference] = Field(min_length=1, max_length=1000, description="Their references")


class GuardianView(Message):
    """A guardian: masked."""

    guardianship_id: Identifier
    ref: Reference
    name: str = Field(description="Masked: the family name only")
    phone: str | None = Field(description="Masked")
    relation: GuardianRelation = Field(description="What the guardian is to the person")
    scope: list[GuardianScope] = Field(description="For what")
    since: date = Field(description="First day")
    until: date | None = Field(description="Last day; null: none is known")


class Guardians(Reply):
    """Guardians in the order of their first days."""

    guardians: list[GuardianView] = Field(description="All that are asked for")


class ListGuardians(Query):
    """The guardians of a person, all that ever were, or those of a day."""

    TYPE: ClassVar[str] = "registry.list_guardians"
    REPLY: ClassVar[type[Reply]] = Guardians

    person_id: Identifier
    day: date | None = Field(default=None, description="Only those who are guardians on this day")
    scope: GuardianScope | None = Field(default=None, description="Only those for this")
