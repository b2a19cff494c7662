"""Who was registered twice, so that nobody is counted twice."""

from chassis.replica import Replica
from chassis.stream import Received
from chassis.transaction import Transaction
from contracts.registry import PersonsMerged, PersonsUnmerged
from services.reporting.tables import merged_persons

MERGED = Replica(
    merged_persons,
    key="person_id",
    changes={
        PersonsMerged: lambda event: {"kept_id": event.kept_id},
        PersonsUnmerged: lambda _event: {"kept_id": None},
    },
)


def follow_registry(tx: Transaction, events: list[Received]) -> None:
    """Apply a batch of the registry's events, in their order."""
    MERGED.apply(tx, events)
