"""Tasks (目标任务) that the level above sets, or that the office splits among its townships (REP-02)."""

from typing import Any

from chassis.bulk import Bulk
from chassis.transaction import Transaction
from contracts.message import BulkReply
from contracts.reporting import SetTargets, TargetItem, TargetSet
from kernel.periods import Period
from services.reporting import definitions, repository
from services.reporting.domain.catalogue import dimensions_text
from services.reporting.domain.figures import target_value
from services.reporting.domain.snapshot import check_region


def set_targets(tx: Transaction, message: SetTargets) -> BulkReply:
    """Append tasks. The same task of the same day is unchanged; another value of that day replaces it."""
    bulk = Bulk(message)
    items: list[TargetItem] = list(bulk.items())
    tx.no_scope("each item's region is checked on its own")
    known = repository.targets_set(tx, (item.region for item in items), (item.period for item in items))
    rows = []
    for entry in bulk:
        with entry.deciding():
            row = _row(tx, entry.item)
            key = (row["region"], row["period"], row["indicator"], row["dims"], row["set_on"])
            value, target_id = known.get(key, (None, ""))
            if value == row["value"]:
                entry.unchanged(target_id)
                continue
            known[key] = (row["value"], row["target_id"])
            rows.append(row)
            tx.record(_event(row, entry.item))
            entry.created(row["target_id"])
    if rows:
        repository.add_targets(tx, rows)
    return bulk.reply()


def _row(tx: Transaction, item: TargetItem) -> dict[str, Any]:
    tx.within(item.region)
    check_region(tx.office, item.region)
    indicator = definitions.catalogue().find(item.indicator)
    cut = indicator.cut(item.dimensions)
    return {
        "target_id": tx.new_id(),
        "indicator": indicator.code,
        "dims": dimensions_text(cut.dimensions),
        "region": item.region,
        "period": Period.parse(item.period).text,
        "value": str(target_value(indicator, item.value)),
        "set_on": item.set_on,
        "set_by": tx.caller.subject,
        "recorded_at": tx.now,
    }


def _event(row: dict[str, Any], item: TargetItem) -> TargetSet:
    return TargetSet(
        region=row["region"],
        target_id=row["target_id"],
        indicator=row["indicator"],
        dimensions=item.dimensions,
        period=row["period"],
        value=row["value"],
        set_on=row["set_on"],
    )
