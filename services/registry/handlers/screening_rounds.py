"""Recording rounds of dispute screening."""

from dataclasses import asdict, dataclass
from datetime import date

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from services.registry import repository
from services.registry.dispute_tables import screening_rounds
from services.registry.domain.record import check_same
from services.registry.domain.region import check_known
from services.registry.handlers.fields import reading
from services.registry.handlers.filing import Row
from services.registry.repository import Known, rows_among


@dataclass(frozen=True, slots=True)
class Round:
    """What a round's reference stands for."""

    region: str
    held_on: date
    households: int


def record_screening_rounds(tx: Transaction, message: messages.RecordScreeningRounds) -> BulkReply:
    """Record rounds; the office's reference is the key."""
    tx.no_scope("each record is checked against its own region")
    bulk = Bulk(message)
    histories = repository.region_histories(tx, {item.region for item in bulk.items()})
    stored = rows_among(
        tx, sa.select(screening_rounds), screening_rounds.c.ref, {item.ref for item in bulk.items()}
    )
    known = {row.ref: Known(row.id, Round(row.region, row.held_on, row.households)) for row in stored}
    rows: list[Row] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.ScreeningRoundItem = entry.item
            with reading("region"):
                tx.within(item.region)
            told = Round(item.region, item.held_on, item.households)
            if same := known.get(item.ref):
                check_same("round", same.content, told)
                entry.unchanged(same.id)
                continue
            check_known(histories[item.region].values(), item.region, item.held_on)
            round_id = tx.new_id()
            known[item.ref] = Known(round_id, told)
            rows.append({"id": round_id, "ref": item.ref, **asdict(told), "recorded_at": tx.now})
            tx.record(messages.ScreeningHeld(round_id=round_id, **asdict(told)))
            entry.created(round_id)
    tx.insert(screening_rounds, rows)
    return bulk.reply()
