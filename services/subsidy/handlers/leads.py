"""Following up leads: step by step as officials tell, and by claim and award once there are such."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.transaction import Transaction
from contracts import subsidy as messages
from contracts.message import BulkReply
from kernel.errors import NotFound
from services.subsidy import repository
from services.subsidy.domain.award import Award
from services.subsidy.domain.outreach import OPEN, Act, Lead, covers, follow_up
from services.subsidy.domain.record import check_same
from services.subsidy.handlers.prospects import lock_people
from services.subsidy.outreach_tables import lead_acts, leads

BY = "subsidy"
"""Who records what a claim or an award does to a lead: the service itself."""

Row = dict[str, Any]


def record_lead_acts(tx: Transaction, message: messages.RecordLeadActs) -> BulkReply:
    """Record steps of leads; the office's reference is the key. Several of one lead are decided in order."""
    bulk = Bulk(message)
    query = sa.select(leads).where(
        leads.c.lead_id.in_({item.lead_id for item in bulk.items()}), tx.scope(leads.c.region)
    )
    rows = {row["lead_id"]: dict(row) for row in _locked(tx, query)}
    told = sa.select(lead_acts).where(lead_acts.c.ref.in_({item.ref for item in bulk.items()}))
    known = {row["ref"]: dict(row) for row in tx.execute(told).mappings()}
    acts: list[Row] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.LeadActItem = entry.item
            row = rows.get(item.lead_id)
            if row is None:
                raise NotFound(
                    "subsidy.unknown_lead",
                    "There is no such lead in the caller's regions; list the leads again.",
                    field="lead_id",
                )
            act = Act(item.action, item.acted_on, item.reason)
            if same := known.get(item.ref):
                asked = {"lead_id": item.lead_id, **asdict(act)}
                check_same("step", {name: same[name] for name in asked}, asked)
                entry.unchanged(same["act_id"])
                continue
            lead = Lead(row["state"], row["last_act_on"], row["reason"])
            after = follow_up(lead, act, tx.rules.at(act.acted_on))
            known[item.ref] = _move(tx, row, item.ref, act, after, tx.caller.subject)
            acts.append(known[item.ref])
            entry.created(known[item.ref]["act_id"])
    _save(tx, [rows[lead_id] for lead_id in sorted({act["lead_id"] for act in acts})], acts)
    return bulk.reply()


def _locked(tx: Transaction, query: sa.Select[Any]) -> Sequence[sa.RowMapping]:
    # In the order of their keys, or two transactions could wait for each other.
    return tx.execute(query.order_by(leads.c.lead_id).with_for_update()).mappings().all()


def close_granted(tx: Transaction, granted: Iterable[Award]) -> None:
    """Close the open leads of those who are granted what they were to be asked for."""
    by_person: dict[str, list[Award]] = {}
    for award in granted:
        by_person.setdefault(award.person_id, []).append(award)
    if not by_person:
        return
    lock_people(tx, by_person.keys())
    heads = repository.heads(tx, by_person.keys())
    query = sa.select(leads).where(leads.c.person_id.in_(heads), leads.c.state.in_(OPEN))
    closed: list[Row] = []
    acts: list[Row] = []
    for row in map(dict, _locked(tx, query)):
        for award in by_person[heads[row["person_id"]]]:
            if covers(award, row["scheme"], row["period"]):
                row["award_id"] = award.id
                act = Act("grant", max(award.granted_on, row["last_act_on"]))
                # With a space, which no reference of an office has. Both records of a person may have a lead.
                ref = f"award {award.id} {row['lead_id']}"
                acts.append(_move(tx, row, ref, act, Lead("granted", act.acted_on), BY))
                closed.append(row)
    _save(tx, closed, acts)


def mark_applied(tx: Transaction, claimed: Collection[Row]) -> None:
    """Move on the leads of those who have applied. claimed: rows of new claims."""
    by_person = {(claim["person_id"], claim["scheme"]): claim for claim in claimed}
    if not by_person:
        return
    ids = {claim["person_id"] for claim in claimed}
    lock_people(tx, ids)
    heads = repository.heads(tx, ids)
    query = sa.select(leads).where(leads.c.person_id.in_(heads), leads.c.state.in_(("found", "contacted")))
    moved: list[Row] = []
    acts: list[Row] = []
    for row in map(dict, _locked(tx, query)):
        if claim := by_person.get((heads[row["person_id"]], row["scheme"])):
            act = Act("apply", max(claim["applied_on"], row["last_act_on"]))
            ref = f"claim {claim['claim_id']} {row['lead_id']}"
            acts.append(_move(tx, row, ref, act, Lead("applied", act.acted_on), BY))
            moved.append(row)
    _save(tx, moved, acts)


def _move(tx: Transaction, row: Row, ref: str, act: Act, after: Lead, by: str) -> Row:
    """Take the lead to where it stands now, and tell of it; returns the row of the step."""
    row |= asdict(after)
    tx.record(
        messages.LeadMoved(
            region=row["region"],
            lead_id=row["lead_id"],
            person_id=row["person_id"],
            scheme=row["scheme"],
            period=row["period"],
            state=after.state,
            acted_on=act.acted_on,
        )
    )
    return {
        "act_id": tx.new_id(),
        "ref": ref,
        "lead_id": row["lead_id"],
        **asdict(act),
        "state_after": after.state,
        "recorded_by": by,
        "recorded_at": tx.now,
    }


def _save(tx: Transaction, moved: Sequence[Row], acts: Sequence[Row]) -> None:
    """Write each lead once, however many steps it took, and all steps."""
    if moved:
        columns = ("state", "last_act_on", "reason", "award_id")
        rows = [{"lead": row["lead_id"], **{name: row[name] for name in columns}} for row in moved]
        tx.execute(sa.update(leads).where(leads.c.lead_id == sa.bindparam("lead")), rows)
    tx.insert(lead_acts, acts)
