"""Who and what a record of a file names: of another office, it is as good as unknown."""

from collections.abc import Mapping

from chassis.transaction import Transaction
from kernel.errors import Forbidden, NotFound


def mine(tx: Transaction, region: str | None) -> bool:
    """Whether something known lies in the caller's regions; None: it is not known."""
    return region is not None and tx.caller.covers(region)


def check_person(tx: Transaction, homes: Mapping[str, str], person_id: str | None) -> None:
    """Refuse a person who is not registered in the caller's regions. homes: regions by person.

    Raises NotFound("registry.unknown_person").
    """
    # Saying more of a person of another office would tell that they exist.
    if person_id is not None and not mine(tx, homes.get(person_id)):
        raise NotFound(
            "registry.unknown_person", "The person is not registered; register them first.", field="person_id"
        )


def check_new_home(tx: Transaction, region: str, field: str) -> None:
    """Refuse to send somebody where the caller is not in charge, without telling where that is.

    Raises Forbidden("access.region").
    """
    if not mine(tx, region):
        raise Forbidden(
            "access.region",
            "The new home is outside the regions of the caller; ask the office in charge of both.",
            field=field,
        )
