"""Claims and their steps in the database: what handlers read before they decide.

A room of its own because repository.py reads awards and money, and this who asks for them.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any, Self

import sqlalchemy as sa

from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.money import Money
from services.subsidy import person_tables, replies
from services.subsidy.claim_tables import claim_acts, claim_overdue, claims
from services.subsidy.domain.award import Benefit
from services.subsidy.domain.claim_guardian import Guardianship
from services.subsidy.domain.claim_state import AT_WINDOW, OPEN, Act, Progress
from services.subsidy.person_tables import persons


@dataclass(frozen=True, slots=True)
class Request:
    """What a claim's reference stands for. person_id: who stands for the person. proof: its blind index."""

    person_id: str
    scheme: str
    variant: str
    period: str | None
    applicant: str
    guardianship_id: str | None
    channel: str
    applied_on: date
    window: str | None
    cost: Money | None
    days: int | None
    benefits: tuple[Benefit, ...]
    proof: str | None = None

    @classmethod
    def of(cls, item: messages.ClaimItem, heads: Mapping[str, str], proof: str | None) -> Self:
        """As the office states it."""
        told = item.model_dump(exclude={"ref", "person_id", "cost", "benefits", "proof"})
        cost = None if item.cost is None else Money.yuan(item.cost)
        benefits = replies.benefits(item.benefits)
        return cls(heads[item.person_id], cost=cost, benefits=benefits, proof=proof, **told)

    def columns(self) -> dict[str, Any]:
        """Its columns."""
        told = {each.name: getattr(self, each.name) for each in fields(self)}
        stated = {each.code: str(each.amount) if each.amount is not None else "" for each in self.benefits}
        cost = told.pop("cost")
        return told | {"cost_fen": None if cost is None else cost.fen, "benefits": json.dumps(stated)}


@dataclass(frozen=True, slots=True)
class Filed:
    """A claim as its next step sees it. region: the person's home at hand-in. steps: how many it took."""

    id: str
    request: Request
    region: str
    steps: int
    progress: Progress
    award_id: str | None = None

    @property
    def window(self) -> str:
        """Where the applicant came to: the home, or another division."""
        return self.request.window or self.region

    @property
    def desk(self) -> str:
        """The division whose turn it is."""
        return self.window if self.progress.state in AT_WINDOW else self.region

    def after(self, progress: Progress, award_id: str | None) -> "Filed":
        """One step later."""
        return replace(self, steps=self.steps + 1, progress=progress, award_id=award_id or self.award_id)

    def columns(self) -> dict[str, Any]:
        """The columns that a step may change."""
        state = asdict(self.progress)
        del state["away"]
        return {**state, "desk": self.desk, "steps": self.steps, "award_id": self.award_id}


def guardianships(tx: Transaction, ids: Collection[str]) -> dict[str, Guardianship]:
    """What is known of these guardianships, of any region."""
    query = sa.select(person_tables.guardianships).where(
        person_tables.guardianships.c.guardianship_id.in_(ids)
    )
    return {
        row.guardianship_id: Guardianship(
            row.person_id, frozenset(filter(None, row.scope.split(","))), row.since, row.until
        )
        for row in tx.execute(query)
    }


def proven(tx: Transaction, proofs: Collection[str]) -> set[tuple[str, str, str]]:
    """Scheme, period and proof of the claims of any region that have one of these blind indexes and were
    neither refused nor withdrawn.
    """
    query = sa.select(claims.c.scheme, claims.c.proof_for, claims.c.proof).where(claims.c.proof.in_(proofs))
    live = query.where(claims.c.reason.is_(None), claims.c.state != "withdrawn")
    return {(row.scheme, row.proof_for, row.proof) for row in tx.execute(live)}


def homes(tx: Transaction, ids: Collection[str]) -> dict[str, str]:
    """Where these persons live, wherever that is: a window of the office takes claims of all of it."""
    query = sa.select(persons.c.person_id, persons.c.region).where(persons.c.person_id.in_(ids))
    return {row.person_id: row.region for row in tx.execute(query)}


def requests_by_ref(tx: Transaction, refs: Collection[str], heads: Mapping[str, str]) -> dict[str, Filed]:
    """Claims of any region by the office's reference, each as of who stands for the person."""
    query = sa.select(claims).where(claims.c.ref.in_(refs))
    found = {row.ref: _filed(row) for row in tx.execute(query)}
    return {
        ref: replace(filed, request=replace(filed.request, person_id=heads.get(asked, asked)))
        for ref, filed in found.items()
        for asked in [filed.request.person_id]
    }


def lock_claims(tx: Transaction, refs: Collection[str]) -> dict[str, Filed]:
    """Claims of any region by reference, locked until the commit, so that steps queue up."""
    # In the order of their keys, or two commands could wait for each other.
    query = sa.select(claims).where(claims.c.ref.in_(refs)).order_by(claims.c.claim_id).with_for_update()
    return {row.ref: _filed(row) for row in tx.execute(query)}


def _filed(row: sa.Row[Any]) -> Filed:
    named = {each.name for each in fields(Request)} - {"cost", "benefits"}
    request = Request(
        cost=None if row.cost_fen is None else Money(row.cost_fen),
        benefits=replies.benefits(json.loads(row.benefits)),
        **{name: getattr(row, name) for name in named},
    )
    progress = Progress(
        away=row.window is not None,
        **{each.name: getattr(row, each.name) for each in fields(Progress) if each.name != "away"},
    )
    return Filed(row.claim_id, request, row.region, row.steps, progress, row.award_id)


def steps_by_ref(tx: Transaction, refs: Collection[str]) -> dict[str, tuple[str, str, Act]]:
    """Recorded steps of any region by the office's reference: identifier, claim, step."""
    query = sa.select(claim_acts).where(claim_acts.c.ref.in_(refs))
    return {
        row.ref: (row.act_id, row.claim_id, Act(row.action, row.acted_on, row.reason))
        for row in tx.execute(query)
    }


def examiners(tx: Transaction, claim_ids: Collection[str]) -> dict[tuple[str, str], frozenset[str]]:
    """Who ever checked or reviewed these claims, by claim and step."""
    act = claim_acts.c
    query = sa.select(act.claim_id, act.action, act.recorded_by).distinct()
    looked: dict[tuple[str, str], set[str]] = {}
    for row in tx.execute(query.where(act.claim_id.in_(claim_ids), act.action.in_(("check", "review")))):
        looked.setdefault((row.claim_id, row.action), set()).add(row.recorded_by)
    return {key: frozenset(subjects) for key, subjects in looked.items()}


def open_claims(tx: Transaction, person_ids: Collection[str]) -> set[tuple[str, str]]:
    """What these persons have claimed and is not decided yet: person and scheme."""
    query = sa.select(claims.c.person_id, claims.c.scheme)
    query = query.where(claims.c.person_id.in_(person_ids), claims.c.state.in_(OPEN))
    return {(row.person_id, row.scheme) for row in tx.execute(query)}


def told_overdue(tx: Transaction, claim_ids: Collection[str]) -> set[tuple[str, str, date]]:
    """The clocks of these claims that were told to have run out: claim, clock, last day."""
    query = sa.select(claim_overdue).where(claim_overdue.c.claim_id.in_(claim_ids))
    return {(row.claim_id, row.clock, row.due_on) for row in tx.execute(query)}
