"""Registering households."""

from typing import Any

from chassis.bulk import Bulk
from chassis.fields import reading
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from services.registry import repository
from services.registry.domain.person import Household
from services.registry.domain.record import check_same
from services.registry.domain.region import check_home
from services.registry.repository import Known
from services.registry.tables import household_flags, households


def register_households(tx: Transaction, message: messages.RegisterHouseholds) -> BulkReply:
    """Register households; the office's reference is the key."""
    tx.no_scope("each record is checked against its own region")
    bulk = Bulk(message)
    histories = repository.region_histories(tx, {item.region for item in bulk.items()})
    known = repository.households_by_ref(tx, {item.ref for item in bulk.items()})
    rows: list[dict[str, Any]] = []
    flags: list[dict[str, Any]] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.HouseholdItem = entry.item
            with reading("region"):
                tx.within(item.region)
            told = Household(item.region, tuple(sorted(set(item.flags))), item.registered_on)
            if same := known.get(item.ref):
                check_same("household", same.content, told)
                entry.unchanged(same.id)
                continue
            check_home(histories[item.region].values(), item.region, item.registered_on)
            household_id = tx.new_id()
            known[item.ref] = Known(household_id, told)
            rows.append(_row(tx, household_id, item.ref, told))
            flags += [{"flag": flag, "household_id": household_id} for flag in told.flags]
            tx.record(
                messages.HouseholdRegistered(
                    region=told.region,
                    household_id=household_id,
                    flags=list(told.flags),
                    begun=[messages.FlagMark(flag=flag) for flag in told.flags],
                    registered_on=told.registered_on,
                )
            )
            entry.created(household_id)
    tx.insert(households, rows)
    tx.insert(household_flags, flags)
    return bulk.reply()


def _row(tx: Transaction, household_id: str, ref: str, household: Household) -> dict[str, Any]:
    return {
        "id": household_id,
        "ref": ref,
        "region": household.region,
        "flags": ",".join(household.flags),
        "registered_on": household.registered_on,
        "recorded_at": tx.now,
    }
