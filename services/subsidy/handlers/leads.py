"""Following up leads: step by step as officials tell, and by claim and award once there are such."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, replace

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.filing import Register, Steps, fields_of, record_steps
from chassis.rows import Row
from chassis.transaction import Transaction
from contracts import subsidy as messages
from contracts.message import BulkReply
from services.subsidy import repository
from services.subsidy.domain.award import Award
from services.subsidy.domain.outreach import OPEN, Act, Lead, covers, follow_up
from services.subsidy.handlers.prospects import lock_people
from services.subsidy.outreach_tables import lead_acts, leads

BY = "subsidy"
"""Who records what a claim or an award does to a lead: the service itself."""


def record_lead_acts(tx: Transaction, message: messages.RecordLeadActs) -> BulkReply:
    """Record steps of leads; the office's reference is the key. Several of one lead are decided in order."""
    return record_steps(tx, Bulk(message), _REGISTER, fields_of(Act))


def close_granted(tx: Transaction, granted: Iterable[Award]) -> None:
    """Close the open leads of those who are granted what they were to be asked for."""
    by_person: dict[str, list[Award]] = {}
    for award in granted:
        by_person.setdefault(award.person_id, []).append(award)
    if not by_person:
        return
    lock_people(tx, by_person.keys())
    heads = repository.heads(tx, by_person.keys())
    steps = Steps(leads, lead_acts)
    for row in _locked(tx, leads.c.person_id.in_(heads), leads.c.state.in_(OPEN)):
        for award in by_person[heads[row["person_id"]]]:
            if covers(award, row["scheme"], row["period"]):
                # With a space, which no reference of an office has. Both records of a person may have a lead.
                ref = f"award {award.id} {row['lead_id']}"
                _take(tx, steps, row, ref, Act("grant", award.granted_on), "granted", {"award_id": award.id})
    steps.save(tx)


def mark_applied(tx: Transaction, claimed: Collection[Row]) -> None:
    """Move on the leads of those who have applied. claimed: rows of new claims."""
    by_person = {(claim["person_id"], claim["scheme"]): claim for claim in claimed}
    if not by_person:
        return
    ids = {claim["person_id"] for claim in claimed}
    lock_people(tx, ids)
    heads = repository.heads(tx, ids)
    steps = Steps(leads, lead_acts)
    for row in _locked(tx, leads.c.person_id.in_(heads), leads.c.state.in_(("found", "contacted"))):
        if claim := by_person.get((heads[row["person_id"]], row["scheme"])):
            ref = f"claim {claim['claim_id']} {row['lead_id']}"
            _take(tx, steps, row, ref, Act("apply", claim["applied_on"]), "applied", {})
    steps.save(tx)


def _locked(tx: Transaction, *wanted: sa.ColumnElement[bool]) -> list[Row]:
    # In the order of their keys, or two transactions could wait for each other.
    query = sa.select(leads).where(*wanted).order_by(leads.c.lead_id).with_for_update()
    return [dict(row) for row in tx.execute(query).mappings()]


def _take(tx: Transaction, steps: Steps, row: Row, ref: str, act: Act, state: str, more: Row) -> None:
    """Take a step of the service's own, not before the last one. more: other columns that it changes."""
    act = replace(act, acted_on=max(act.acted_on, row["last_act_on"]))
    after = Lead(state, act.acted_on)
    steps.take(tx, ref, row["lead_id"], asdict(act), {**asdict(after), **more}, by=BY)
    tx.record(_event(row, act, after))


def _event(file: Row, act: Act, after: Lead) -> messages.LeadMoved:
    return messages.LeadMoved(
        region=file["region"],
        lead_id=file["lead_id"],
        person_id=file["person_id"],
        scheme=file["scheme"],
        period=file["period"],
        state=after.state,
        acted_on=act.acted_on,
    )


_REGISTER = Register(
    "subsidy.lead",
    leads,
    lead_acts,
    Lead,
    Act,
    follow_up,
    _event,
    by_id=True,
    reused="subsidy.ref_reused",
)
