"""Deciding on requests to merge or to undo: by another than who asked; what is approved is done at once."""

from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.rows import Row, rows_by
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from services.registry.domain.decision import check_decision
from services.registry.domain.merge import Family, Holding, Merge, check_holdings
from services.registry.domain.record import check_same
from services.registry.duplicate_tables import duplicates, merges
from services.registry.handlers.merges import check_apart, mine_of
from services.registry.homes import Homes
from services.registry.merge_repository import Record, family_of, holdings_of, lock_records, merge_of
from services.registry.tables import persons


@dataclass(frozen=True, slots=True)
class Decision:
    """What a decision's reference stands for."""

    merge_ref: str
    decision: str
    decided_on: date


@dataclass
class Desk:
    """What is known when the command begins, kept up with each decision. asked, decided: rows of merges by
    their own reference and by that of the decision. undone: rows of merges to be undone, by identifier.
    people: with all who are merged with them. homes: theirs when the command begins.
    """

    asked: dict[str, Row]
    decided: dict[str, Row]
    undone: dict[str, Row]
    people: dict[str, Record]
    homes: Homes
    family: Family
    holdings: dict[str, set[Holding]]
    touched: set[str] = field(default_factory=set)
    rows: list[Row] = field(default_factory=list)

    @classmethod
    def load(cls, tx: Transaction, items: list[messages.MergeDecisionItem]) -> "Desk":
        """Read what the decisions are about, and lock it."""
        locked = sa.select(merges).order_by(merges.c.id).with_for_update()
        asked = rows_by(tx, locked, merges.c.ref, {item.merge_ref for item in items})
        decided = rows_by(tx, sa.select(merges), merges.c.decision_ref, {item.ref for item in items})
        undone = rows_by(tx, locked, merges.c.id, {row["undoes_id"] for row in asked.values()} - {None})
        two = {each for row in asked.values() for each in (row["person_id"], row["kept_id"])}
        people = lock_records(tx, two)
        homes = Homes.of(people.values())
        return cls(asked, decided, undone, people, homes, family_of(tx, people), holdings_of(tx, two))


def decide_merges(tx: Transaction, message: messages.DecideMerges) -> BulkReply:
    """Decide on requests; the office's reference of the decision is the key."""
    tx.no_scope("each record is checked against the regions of both persons")
    bulk = Bulk(message)
    desk = Desk.load(tx, list(bulk.items()))
    for entry in bulk:
        with entry.deciding():
            item: messages.MergeDecisionItem = entry.item
            row = mine_of(tx, desk.homes, desk.asked.get(item.merge_ref))
            asked = merge_of(row)
            told = Decision(item.merge_ref, item.decision, item.decided_on)
            if same := desk.decided.get(item.ref):
                check_same("decision", Decision(same["ref"], same["state"], same["decided_on"]), told)
                entry.unchanged(same["id"])
                continue
            check_decision("merge", asked, item.decided_on, tx.caller.subject)
            if item.decision == "approved":
                _carry_out(tx, desk, asked, item.decided_on)
            _keep(tx, desk, row, item)
            entry.created(row["id"])
    _save(tx, desk)
    return bulk.reply()


def _carry_out(tx: Transaction, desk: Desk, asked: Merge, day: date) -> None:
    """Lead the records where they belong, and tell of each whose way changes."""
    if asked.undoes is None:
        two = Homes.of(desk.people[each] for each in (asked.person_id, asked.kept_id))
        check_apart(two, asked.person_id, asked.kept_id)
        check_holdings(desk.holdings[asked.person_id], desk.holdings[asked.kept_id])
        led = desk.family.merge(asked.person_id, asked.kept_id)
    else:
        undone = desk.undone[asked.undoes]
        merge_of(undone).check_stands()
        undone["undone_at"] = tx.now
        led = desk.family.unmerge(asked.person_id)
    for person_id, kept_id in led.items():
        _lead(tx, desk.people[person_id], kept_id, day)
    desk.touched.update(led)


def _lead(tx: Transaction, record: Record, kept_id: str, day: date) -> None:
    before, record.merged_into = record.merged_into, None if kept_id == record.id else kept_id
    if record.merged_into is not None:
        tx.record(
            messages.PersonsMerged(
                region=record.region, person_id=record.id, kept_id=record.merged_into, merged_on=day
            )
        )
    elif before is not None:
        tx.record(
            messages.PersonsUnmerged(
                region=record.region, person_id=record.id, kept_id=before, unmerged_on=day
            )
        )


def _keep(tx: Transaction, desk: Desk, row: Row, item: messages.MergeDecisionItem) -> None:
    row |= {
        "state": item.decision,
        "decision_ref": item.ref,
        "decided_on": item.decided_on,
        "decided_by": tx.caller.subject,
        "decided_at": tx.now,
    }
    desk.decided[item.ref] = row
    desk.rows.append(row)


def _save(tx: Transaction, desk: Desk) -> None:
    led = [{"person": each, "head": desk.people[each].merged_into} for each in sorted(desk.touched)]
    if led:
        lead = sa.update(persons).where(persons.c.id == sa.bindparam("person"))
        tx.execute(lead.values(merged_into=sa.bindparam("head")), led)
    # What is undone goes first: of a person one merge stands at a time.
    undone = [
        {"merge": row["id"], "undone_at": row["undone_at"]}
        for row in desk.undone.values()
        if row["undone_at"] is not None
    ]
    if undone:
        tx.execute(sa.update(merges).where(merges.c.id == sa.bindparam("merge")), undone)
    names = ("state", "decision_ref", "decided_on", "decided_by", "decided_at")
    decided = [{"merge": row["id"], **{name: row[name] for name in names}} for row in desk.rows]
    if decided:
        tx.execute(sa.update(merges).where(merges.c.id == sa.bindparam("merge")), decided)
    _save_pairs(tx, [row for row in desk.rows if row["state"] == "approved"])


def _save_pairs(tx: Transaction, rows: list[Row]) -> None:
    """Pairs that looked like one person: merged, or looked at and found to be two."""
    if not rows:
        return
    pair = sa.and_(
        duplicates.c.first_id == sa.bindparam("first"), duplicates.c.second_id == sa.bindparam("second")
    )
    looked_at = sa.case((sa.bindparam("now") == "dismissed", duplicates.c.signs), else_=None)
    found = [
        {
            "first": min(row["person_id"], row["kept_id"]),
            "second": max(row["person_id"], row["kept_id"]),
            "now": "merged" if row["undoes_id"] is None else "dismissed",
        }
        for row in rows
    ]
    change = sa.update(duplicates).where(pair)
    tx.execute(change.values(state=sa.bindparam("now"), dismissed_signs=looked_at), found)
