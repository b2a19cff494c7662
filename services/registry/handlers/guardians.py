"""Registering guardians, and the ends of guardianships."""

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.fields import reading
from chassis.rows import rows_among
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from kernel.errors import NotFound
from kernel.masking import Phone
from services.registry.case_repository import opened, sealed
from services.registry.domain.guardianship import check_end, check_span
from services.registry.domain.record import check_same
from services.registry.guardian_tables import GUARDIAN_NAME, GUARDIAN_PHONE, guardians
from services.registry.handlers.lookup import check_person, mine
from services.registry.homes import homes_of
from services.registry.repository import Known


@dataclass(frozen=True, slots=True)
class Guardian:
    """What a guardian's reference stands for. scope: in alphabetical order, comma separated."""

    person_id: str
    name: str = field(repr=False)
    phone: str | None = field(repr=False)
    relation: str
    scope: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class End:
    """What the reference of an end stands for."""

    guardian_ref: str
    ended_on: date


def register_guardians(tx: Transaction, message: messages.RegisterGuardians) -> BulkReply:
    """Register guardians; the office's reference is the key."""
    tx.no_scope("each record is checked against the region of its person")
    bulk = Bulk(message)
    homes = homes_of(tx, {item.person_id for item in bulk.items()})
    known = _known(tx, {item.ref for item in bulk.items()})
    rows: list[dict[str, Any]] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.GuardianItem = entry.item
            check_person(tx, homes, item.person_id)
            told = _told(item)
            if same := known.get(item.ref):
                check_same("guardian", same.content, told)
                entry.unchanged(same.id)
                continue
            check_span(told.since, told.until, "until")
            guardian_id = tx.new_id()
            known[item.ref] = Known(guardian_id, told)
            rows.append(_row(tx, guardian_id, item.ref, told))
            tx.record(_registered(homes[told.person_id], guardian_id, told))
            entry.created(guardian_id)
    tx.insert(guardians, rows)
    return bulk.reply()


def _told(item: messages.GuardianItem) -> Guardian:
    with reading("phone"):
        phone = Phone.parse(item.phone).value if item.phone else None
    scope = ",".join(sorted(set(item.scope)))
    return Guardian(item.person_id, item.name, phone, item.relation, scope, item.since, item.until)


def _known(tx: Transaction, refs: set[str]) -> dict[str, Known[Guardian]]:
    return {
        row.ref: Known(
            row.id,
            Guardian(
                row.person_id,
                GUARDIAN_NAME.open(tx.vault, row.id, row.name),
                opened(tx, GUARDIAN_PHONE, row.id, row.phone),
                row.relation,
                row.scope,
                row.since,
                row.until,
            ),
        )
        for row in rows_among(tx, sa.select(guardians), guardians.c.ref, refs)
    }


def _row(tx: Transaction, guardian_id: str, ref: str, told: Guardian) -> dict[str, Any]:
    return {
        "id": guardian_id,
        "ref": ref,
        **asdict(told),
        "name": GUARDIAN_NAME.seal(tx.vault, guardian_id, told.name),
        "phone": sealed(tx, GUARDIAN_PHONE, guardian_id, told.phone),
        "recorded_by": tx.caller.subject,
        "recorded_at": tx.now,
    }


def _registered(region: str, guardian_id: str, told: Guardian) -> messages.GuardianRegistered:
    return messages.GuardianRegistered.model_validate(
        {
            "region": region,
            "person_id": told.person_id,
            "guardianship_id": guardian_id,
            "relation": told.relation,
            "scope": told.scope.split(","),
            "since": told.since,
            "until": told.until,
        }
    )


def end_guardianships(tx: Transaction, message: messages.EndGuardianships) -> BulkReply:
    """End guardianships; the office's reference of the end is the key."""
    tx.no_scope("each record is checked against the region of its person")
    bulk = Bulk(message)
    items: list[messages.GuardianshipEndItem] = list(bulk.items())
    locked = sa.select(guardians).order_by(guardians.c.id).with_for_update()
    told_of = rows_among(tx, locked, guardians.c.ref, {item.guardian_ref for item in items})
    ended = rows_among(tx, sa.select(guardians), guardians.c.end_ref, {item.ref for item in items})
    by_ref = {row.ref: row for row in told_of}
    known = {row.end_ref: Known(row.id, End(row.ref, row.ended_on)) for row in ended}
    days = {row.ref: row.ended_on for row in told_of}
    homes = homes_of(tx, {row.person_id for row in told_of})
    changed: list[dict[str, Any]] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.GuardianshipEndItem = entry.item
            row = by_ref.get(item.guardian_ref)
            if row is None or not mine(tx, homes.get(row.person_id)):
                raise NotFound(
                    "registry.unknown_guardian",
                    "The guardian is not registered; register them first.",
                    field="guardian_ref",
                )
            if same := known.get(item.ref):
                check_same("guardianship_end", same.content, End(row.ref, item.ended_on))
                entry.unchanged(same.id)
                continue
            check_end(row.since, row.until, days[row.ref], item.ended_on)
            days[row.ref], known[item.ref] = item.ended_on, Known(row.id, End(row.ref, item.ended_on))
            end = {"end_ref": item.ref, "ended_on": item.ended_on, "ended_by": tx.caller.subject}
            changed.append({"guardian": row.id, **end})
            tx.record(_ended(homes[row.person_id], row, item.ended_on))
            entry.created(row.id)
    if changed:
        tx.execute(sa.update(guardians).where(guardians.c.id == sa.bindparam("guardian")), changed)
    return bulk.reply()


def _ended(region: str, row: sa.Row[Any], day: date) -> messages.GuardianshipEnded:
    return messages.GuardianshipEnded(
        region=region, person_id=row.person_id, guardianship_id=row.id, ended_on=day
    )
