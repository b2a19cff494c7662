"""Recording what is told once and never changes: handling units, screening rounds, legal agencies."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.fields import reading
from chassis.rows import rows_among
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkCommand, BulkReply, Event
from kernel.regions import RegionCode
from kernel.rulebook import RuleView
from services.registry import repository
from services.registry.case_tables import handling_units
from services.registry.dispute_tables import screening_rounds
from services.registry.domain.record import check_same
from services.registry.domain.region import check_known
from services.registry.legal_aid_tables import legal_agencies
from services.registry.repository import Known


@dataclass(frozen=True, slots=True)
class Unit:
    """What a handling unit's reference stands for."""

    unit: str
    region: str
    registered_on: date


@dataclass(frozen=True, slots=True)
class Round:
    """What a screening round's reference stands for."""

    region: str
    held_on: date
    households: int


@dataclass(frozen=True, slots=True)
class Agency:
    """What a legal agency's reference stands for."""

    agency: str
    kind: str
    region: str
    registered_on: date


@dataclass(frozen=True)
class Kind:
    """One kind of record. content: what a reference stands for, by the names of columns and of the record.

    noun: as a word of a code. day: the field whose day the division must exist on, and whose rules apply.
    event: from the identifier and the record. check: refuses what the rules do not allow.
    """

    noun: str
    table: sa.Table
    content: type[Any]
    day: str
    event: Callable[[str, Any], Event]
    check: Callable[[Any, RuleView], None] | None = None


def register_handling_units(tx: Transaction, message: messages.RegisterHandlingUnits) -> BulkReply:
    """Register units that handle cases; the office's reference is the key."""
    return record_plain(tx, message, Kind("unit", handling_units, Unit, "registered_on", _unit))


def record_screening_rounds(tx: Transaction, message: messages.RecordScreeningRounds) -> BulkReply:
    """Record rounds of dispute screening; the office's reference is the key."""
    return record_plain(tx, message, Kind("round", screening_rounds, Round, "held_on", _round))


def register_legal_agencies(tx: Transaction, message: messages.RegisterLegalAgencies) -> BulkReply:
    """Register institutions that give legal help; the office's reference is the key."""
    return record_plain(tx, message, Kind("agency", legal_agencies, Agency, "registered_on", _agency))


def _unit(unit_id: str, told: Unit) -> Event:
    level = RegionCode(told.region).level
    return messages.HandlingUnitRegistered(
        region=told.region, unit_id=unit_id, level=level, registered_on=told.registered_on
    )


def _round(round_id: str, told: Round) -> Event:
    return messages.ScreeningHeld(round_id=round_id, **asdict(told))


def _agency(agency_id: str, told: Agency) -> Event:
    return messages.LegalAgencyRegistered(
        region=told.region, agency_id=agency_id, kind=told.kind, registered_on=told.registered_on
    )


def record_plain(tx: Transaction, message: BulkCommand, kind: Kind) -> BulkReply:
    """Record what is told once; the office's reference is the key. The same again changes nothing."""
    tx.no_scope("each record is checked against its own region")
    bulk = Bulk(message)
    histories = repository.region_histories(tx, {item.region for item in bulk.items()})
    known = _known(tx, kind, {item.ref for item in bulk.items()})
    rows: list[dict[str, Any]] = []
    for entry in bulk:
        with entry.deciding():
            item = entry.item
            with reading("region"):
                tx.within(item.region)
            told = kind.content(**item.model_dump(exclude={"ref"}))
            if same := known.get(item.ref):
                check_same(kind.noun, same.content, told)
                entry.unchanged(same.id)
                continue
            day = getattr(item, kind.day)
            check_known(histories[item.region].values(), item.region, day)
            if kind.check:
                with reading(kind.day):
                    kind.check(told, tx.rules.at(day))
            identifier = tx.new_id()
            known[item.ref] = Known(identifier, told)
            rows.append({"id": identifier, "ref": item.ref, **asdict(told), "recorded_at": tx.now})
            tx.record(kind.event(identifier, told))
            entry.created(identifier)
    tx.insert(kind.table, rows)
    return bulk.reply()


def _known(tx: Transaction, kind: Kind, refs: set[str]) -> dict[str, Known[Any]]:
    names = [each.name for each in fields(kind.content)]
    return {
        row.ref: Known(row.id, kind.content(**{name: getattr(row, name) for name in names}))
        for row in rows_among(tx, sa.select(kind.table), kind.table.c.ref, refs)
    }
