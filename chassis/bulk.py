"""Bulk commands: each record is decided alone, so that a bad one does not take the good ones with it."""

from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

from pydantic import ValidationError

from chassis.validation import explain
from contracts.message import BulkCommand, BulkReply, ErrorText, Outcome
from kernel.errors import Refusal


class Entry:
    """One record of a bulk command on its way to an outcome."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.item: Any = None
        self.outcome: Outcome | None = None

    def created(self, identifier: str) -> None:
        """The record is kept as new."""
        self.outcome = Outcome.model_construct(index=self.index, outcome="created", id=identifier, error=None)

    def unchanged(self, identifier: str) -> None:
        """The record was there already with the same content; nothing is written."""
        self.outcome = Outcome.model_construct(
            index=self.index, outcome="unchanged", id=identifier, error=None
        )

    def reject(self, code: str, message: str, field: str | None = None) -> None:
        """The record is refused, with its reason."""
        error = ErrorText(code=code, message=message, field=field)
        self.outcome = Outcome(index=self.index, outcome="rejected", error=error)

    def deciding(self) -> Self:
        """A refusal raised inside rejects this record alone; its fact ``field`` names the field at fault."""
        return self

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _where: TracebackType | None
    ) -> bool:
        if not isinstance(error, Refusal):
            return False
        field = error.facts.get("field")
        self.reject(error.code, error.message, str(field) if field is not None else None)
        return True


class Bulk:
    """The records of a bulk command, checked one by one against the item's contract."""

    def __init__(self, command: BulkCommand) -> None:
        self._entries = [Entry(index) for index in range(len(command.items))]
        for entry, raw in zip(self._entries, command.items, strict=True):
            try:
                entry.item = command.ITEM.model_validate(raw)
            except ValidationError as error:
                field, message = explain(error)
                entry.reject("record.invalid", message, field)

    def __iter__(self) -> Iterator[Entry]:
        """Records without an outcome yet, in order."""
        return (entry for entry in self._entries if entry.outcome is None)

    def items(self) -> Iterator[Any]:
        """The valid items without an outcome yet, in order."""
        return (entry.item for entry in self)

    def reply(self) -> BulkReply:
        """One outcome for each record; ``AssertionError`` for one that the program forgot to decide."""
        undecided = [entry.index for entry in self]
        if undecided:
            raise AssertionError(f"records without an outcome: {undecided[:5]}")
        outcomes = [entry.outcome for entry in self._entries if entry.outcome is not None]
        return BulkReply.model_construct(outcomes=outcomes)
