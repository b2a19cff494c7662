"""Several codes kept as one text: in alphabetical order, each once, comma separated."""

from collections.abc import Iterable


def joined(codes: Iterable[str]) -> str:
    """The text; "" for none."""
    return ",".join(sorted(set(codes)))


def split(text: str | None) -> frozenset[str]:
    """The codes of a text; none of an absent one."""
    return frozenset(filter(None, (text or "").split(",")))
