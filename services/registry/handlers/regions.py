"""Recording divisions and their history."""

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.fields import reading
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from kernel.regions import RegionCode, RegionRow
from services.registry import repository
from services.registry.domain import region as rules
from services.registry.tables import regions

Key = tuple[str, date]


def record_regions(tx: Transaction, message: messages.RecordRegions) -> BulkReply:
    """Record rows of the table of divisions. An open row may be told again with its end and successors."""
    tx.no_scope("each record is checked against its own region")
    bulk = Bulk(message)
    histories = repository.region_histories(tx, {item.code for item in bulk.items()})
    added: dict[Key, RegionRow] = {}
    ended: dict[Key, RegionRow] = {}
    for entry in bulk:
        with entry.deciding():
            item: messages.RegionItem = entry.item
            told = _row(tx, item)
            history = histories[item.code]
            if not rules.adds_to(history, told):
                entry.unchanged(item.code)
                continue
            key = (item.code, item.valid_from)
            known_before = item.valid_from in history and key not in added
            (ended if known_before else added)[key] = told
            history[item.valid_from] = told
            tx.record(messages.RegionRecorded(region=item.code, **item.model_dump(exclude={"code"})))
            entry.created(item.code)
    _save(tx, added, ended)
    return bulk.reply()


def _row(tx: Transaction, item: messages.RegionItem) -> RegionRow:
    with reading("code"):
        tx.within(item.code)
        code = RegionCode(item.code)
    with reading("successors"):
        successors = tuple(RegionCode(successor) for successor in item.successors)
    with reading("valid_to"):
        return RegionRow(code, item.name, item.valid_from, item.valid_to, successors)


def _save(tx: Transaction, added: Mapping[Key, RegionRow], ended: Mapping[Key, RegionRow]) -> None:
    if added:
        tx.execute(
            sa.insert(regions),
            [
                {
                    "code": row.code.value,
                    "name": row.name,
                    "valid_from": row.valid_from,
                    "valid_to": row.valid_to,
                    "successors": _joined(row),
                }
                for row in added.values()
            ],
        )
    if ended:
        tx.execute(
            sa.update(regions)
            .where(regions.c.code == sa.bindparam("key"), regions.c.valid_from == sa.bindparam("begun"))
            .values(valid_to=sa.bindparam("to"), successors=sa.bindparam("codes")),
            [
                {"key": code, "begun": day, "to": row.valid_to, "codes": _joined(row)}
                for (code, day), row in ended.items()
            ],
        )


def _joined(row: RegionRow) -> str:
    return ",".join(code.value for code in row.successors)
