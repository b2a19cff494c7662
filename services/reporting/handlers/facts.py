"""Events of the other services become facts."""

from collections.abc import Sequence

from chassis.stream import Received
from chassis.transaction import Transaction
from services.reporting import definitions, fact_repository
from services.reporting.domain.projection import facts_of


def record_facts(tx: Transaction, events: Sequence[Received]) -> None:
    """Append the facts of a batch of events in one statement; most events of some types have none."""
    catalogue = definitions.catalogue()
    rows = [
        {
            "indicator": fact.indicator,
            "region": received.event.region,
            "day": fact.day,
            "dims": fact.dims,
            "subject": fact.subject,
            "sign": fact.sign,
            "value": fact.value,
            "event_id": received.id,
            "source": received.source,
            "epoch": received.epoch,
            "position": received.position,
            "type": received.type,
            "trace_id": received.trace_id,
            "recorded_at": received.recorded_at,
        }
        for received in events
        if received.event is not None
        for fact in facts_of(catalogue, received.type, received.event)
    ]
    if rows:
        fact_repository.add(tx, rows)
