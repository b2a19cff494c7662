"""Telling which field of a record a value's own refusal is about."""

from dataclasses import dataclass
from types import TracebackType

from kernel.errors import Refusal


# A class, not a generator: it is entered several times for each record of a file.
@dataclass(frozen=True, slots=True)
class reading:  # noqa: N801 - read as a word of a sentence, like the context managers of contextlib
    """Name the field at fault in a refusal raised inside."""

    field: str

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _where: TracebackType | None
    ) -> None:
        if isinstance(error, Refusal):
            error.facts.setdefault("field", self.field)
