"""Who and what a record of a file names: of another office, it is as good as unknown."""

from chassis.transaction import Transaction
from kernel.errors import Conflict, NotFound
from services.registry.homes import Homes


def mine(tx: Transaction, region: str | None) -> bool:
    """Whether something known lies in the caller's regions; None: it is not known."""
    return region is not None and tx.caller.covers(region)


def check_registered(tx: Transaction, homes: Homes, person_id: str | None) -> None:
    """Refuse a person who is not registered in the caller's regions; None passes.

    Raises NotFound("registry.unknown_person").
    """
    # Saying more of a person of another office would tell that they exist.
    if person_id is not None and not mine(tx, homes.get(person_id)):
        raise NotFound(
            "registry.unknown_person", "The person is not registered; register them first.", field="person_id"
        )


def check_unmerged(*, merged: bool) -> None:
    """Raises Conflict("registry.person_merged") for a person who leads to another one."""
    if merged:
        raise Conflict(
            "registry.person_merged",
            "The person was registered twice and leads to another record; find the person and name that one.",
            field="person_id",
        )


def check_person(tx: Transaction, homes: Homes, person_id: str | None) -> None:
    """Refuse a person of whom nothing may be recorded here. Raises what the two above raise."""
    check_registered(tx, homes, person_id)
    check_unmerged(merged=person_id in homes.merged)
