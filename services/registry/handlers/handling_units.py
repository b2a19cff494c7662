"""Registering the units that handle cases."""

from typing import Any

from chassis.bulk import Bulk
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from kernel.regions import RegionCode
from services.registry import case_repository, repository
from services.registry.case_repository import Unit
from services.registry.case_tables import handling_units
from services.registry.domain.record import check_same
from services.registry.domain.region import check_known
from services.registry.handlers.fields import reading
from services.registry.repository import Known


def register_handling_units(tx: Transaction, message: messages.RegisterHandlingUnits) -> BulkReply:
    """Register units; the office's reference is the key."""
    tx.no_scope("each record is checked against its own region")
    bulk = Bulk(message)
    histories = repository.region_histories(tx, {item.region for item in bulk.items()})
    known = case_repository.units_by_ref(tx, {item.ref for item in bulk.items()})
    rows: list[dict[str, Any]] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.HandlingUnitItem = entry.item
            with reading("region"):
                tx.within(item.region)
            told = Unit(item.unit, item.region, item.registered_on)
            if same := known.get(item.ref):
                check_same("unit", same.content, told)
                entry.unchanged(same.id)
                continue
            check_known(histories[item.region].values(), item.region, item.registered_on)
            unit_id = tx.new_id()
            known[item.ref] = Known(unit_id, told)
            rows.append({"id": unit_id, **item.model_dump(), "recorded_at": tx.now})
            tx.record(
                messages.HandlingUnitRegistered(
                    region=item.region,
                    unit_id=unit_id,
                    level=RegionCode(item.region).level,
                    registered_on=item.registered_on,
                )
            )
            entry.created(unit_id)
    tx.insert(handling_units, rows)
    return bulk.reply()
