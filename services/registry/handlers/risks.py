"""Recording hidden risks, and their steps."""

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.fields import reading
from chassis.filing import Register, fields_of, record_steps
from chassis.rows import Row, rows_among
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from kernel.errors import NotFound
from services.registry import repository
from services.registry.case_repository import opened, sealed
from services.registry.domain.person import Household
from services.registry.domain.record import check_same
from services.registry.domain.region import check_known
from services.registry.domain.risk import Act, Risk, decide, found
from services.registry.handlers.lookup import mine
from services.registry.repository import Known
from services.registry.risk_tables import RISK_CONTENT, risk_acts, risks


@dataclass(frozen=True, slots=True)
class Finding:
    """What a risk's reference stands for."""

    kind: str
    place: str
    region: str
    household_id: str | None
    found_on: date
    due_on: date
    content: str | None = field(repr=False)


def record_risks(tx: Transaction, message: messages.RecordRisks) -> BulkReply:
    """Record hidden risks; the office's reference is the key."""
    tx.no_scope("each record is checked against its own region")
    bulk = Bulk(message)
    items: list[messages.RiskItem] = list(bulk.items())
    histories = repository.region_histories(tx, {item.region for item in items})
    homes = repository.households_by_ref(tx, {item.household_ref for item in items if item.household_ref})
    known = _known(tx, {item.ref for item in items})
    rows: list[Row] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.RiskItem = entry.item
            told = _told(tx, item, homes)
            if same := known.get(item.ref):
                check_same("risk", same.content, told)
                entry.unchanged(same.id)
                continue
            check_known(histories[told.region].values(), told.region, told.found_on)
            risk = found(told.kind, told.found_on, told.due_on, tx.rules.at(told.found_on))
            risk_id = tx.new_id()
            known[item.ref] = Known(risk_id, told)
            rows.append(_row(tx, risk_id, item.ref, told, risk))
            event = {name: value for name, value in asdict(told).items() if name != "content"}
            tx.record(messages.RiskFound(risk_id=risk_id, **event))
            entry.created(risk_id)
    tx.insert(risks, rows)
    return bulk.reply()


def _told(tx: Transaction, item: messages.RiskItem, homes: dict[str, Known[Household]]) -> Finding:
    with reading("region"):
        tx.within(item.region)
    household_id = None
    if item.household_ref is not None:
        home = homes.get(item.household_ref)
        if home is None or not mine(tx, home.content.region):
            raise NotFound(
                "registry.unknown_household",
                "The household is not registered; register it first.",
                field="household_ref",
            )
        household_id = home.id
    told = item.model_dump(exclude={"ref", "household_ref"})
    return Finding(household_id=household_id, **told)


def _known(tx: Transaction, refs: set[str]) -> dict[str, Known[Finding]]:
    return {
        row.ref: Known(
            row.id,
            Finding(
                row.kind,
                row.place,
                row.region,
                row.household_id,
                row.found_on,
                row.due_on,
                opened(tx, RISK_CONTENT, row.id, row.content),
            ),
        )
        for row in rows_among(tx, sa.select(risks), risks.c.ref, refs)
    }


def _row(tx: Transaction, risk_id: str, ref: str, told: Finding, risk: Risk) -> Row:
    return {
        "id": risk_id,
        "ref": ref,
        **asdict(told),
        "content": sealed(tx, RISK_CONTENT, risk_id, told.content),
        **asdict(risk),
        "steps": 0,
        "recorded_by": tx.caller.subject,
        "recorded_at": tx.now,
    }


def record_risk_acts(tx: Transaction, message: messages.RecordRiskActs) -> BulkReply:
    """Record steps of hidden risks; the office's reference is the key."""
    return record_steps(tx, Bulk(message), _REGISTER, fields_of(Act))


_EVENTS: dict[str, type[messages.RiskEvent]] = {
    "report": messages.RiskReported,
    "take_up": messages.RiskTakenUp,
    "close": messages.RiskClosed,
}


def _event(file: Row, act: Act, _after: Risk) -> messages.RiskEvent:
    told: dict[str, Any] = {name: file[name] for name in ("region", "kind", "place", "found_on")}
    told |= {"risk_id": file["id"], "acted_on": act.acted_on, "late": act.acted_on > file["due_on"]}
    kind = _EVENTS[act.action]
    return kind(**{name: value for name, value in told.items() if name in kind.model_fields})


_REGISTER = Register("registry.risk", risks, risk_acts, Risk, Act, decide, _event)
