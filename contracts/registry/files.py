"""What all files of people have in common: reading their words in plain."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.message import Command, Identifier, Reply

Purpose = Annotated[
    str,
    Field(
        min_length=4,
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="Why it must be read; kept in the audit",
    ),
]


class RevealedFile(Reply):
    """The words of a file."""

    file_id: Identifier
    values: dict[str, str | None] = Field(description="Plain value by field; null where none is recorded")


class RevealFile(Command):
    """Read the words of a file in plain. Writes an audit row with the purpose in the same transaction."""

    TYPE: ClassVar[str] = "registry.reveal_file"
    KEEP_REPLY: ClassVar[bool] = False
    REPLY: ClassVar[type[Reply]] = RevealedFile

    kind: Literal[
        "dispute",
        "legal_aid",
        "proposal",
        "risk",
        "appointment",
        "delegate",
        "volunteer",
        "pair",
        "archive_document",
    ] = Field(description="What the file is")
    file_id: Identifier
    purpose: Purpose
