"""Whether a record that comes again with a known number of the office's is the same."""

from kernel.errors import Conflict


def check_same(kind: str, known: object, told: object) -> None:
    """Refuse a record whose number stands for another one. kind: what it is, in a word.

    Raises Conflict("subsidy.ref_reused").
    """
    if known != told:
        raise Conflict(
            "subsidy.ref_reused",
            f"The number was used for another {kind}; give each {kind} a number of its own.",
            field="ref",
        )
