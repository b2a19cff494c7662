"""Names as a public notice (公示) puts them up."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from contracts.message import Command, Identifier, Message, Reply
from contracts.registry.files import Purpose


class NoticeName(Message):
    """One person's name, partly hidden."""

    person_id: Identifier
    name: str = Field(description="王＊明 or 王＊＊, as rule notice.last_character says")


class NoticeNames(Reply):
    """Names of those asked for who live in the caller's regions; the others are left out."""

    names: list[NoticeName] = Field(description="In the order of their identifiers")


class RevealNoticeNames(Command):
    """Read names for a public notice. Writes an audit row for each person in the same transaction."""

    TYPE: ClassVar[str] = "registry.reveal_notice_names"
    KEEP_REPLY: ClassVar[bool] = False
    REPLY: ClassVar[type[Reply]] = NoticeNames

    person_ids: Annotated[list[Identifier], Field(min_length=1, max_length=1000, description="Whose names")]
    day: date = Field(description="Day of the notice; its rules apply")
    purpose: Purpose
