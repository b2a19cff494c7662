"""Telling which field of a record a value's own refusal is about."""

from collections.abc import Mapping
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


@dataclass(frozen=True, slots=True)
class renaming:  # noqa: N801 - like reading
    """Name fields in a refusal raised inside as the record does. names: by what the rule calls them."""

    names: Mapping[str, str]

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _where: TracebackType | None
    ) -> None:
        if isinstance(error, Refusal) and "field" in error.facts:
            field = str(error.facts["field"])
            error.facts["field"] = self.names.get(field, field)
