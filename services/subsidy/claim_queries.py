"""Questions about claims; each answers within the caller's regions only.

A room of its own because queries.py answers about money, and this about who asks for it.
"""

import json

import sqlalchemy as sa

from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.errors import NotFound
from kernel.regions import RegionCode
from kernel.workdays import Workdays
from services.subsidy import replies
from services.subsidy.claim_tables import claim_acts, claims


def list_claims(tx: Transaction, message: messages.ListClaims) -> messages.ClaimPage:
    """A page of claims whose home or window lies in the caller's regions."""
    query = sa.select(claims).where(_mine(tx))
    if message.person_id is not None:
        query = query.where(claims.c.person_id == message.person_id)
    if message.scheme is not None:
        query = query.where(claims.c.scheme == message.scheme)
    if message.states:
        query = query.where(claims.c.state.in_(message.states))
    if message.desk is not None:
        prefix = RegionCode(message.desk).prefix
        query = query.where(claims.c.desk.between(prefix.ljust(12, "0"), prefix.ljust(12, "9")))
    if message.due_before is not None:
        query = query.where(claims.c.due_on < message.due_before)
    if message.after is not None:
        query = query.where(claims.c.claim_id > message.after)
    rows = tx.execute(query.order_by(claims.c.claim_id).limit(message.limit + 1)).mappings().all()
    page = rows[: message.limit]
    return messages.ClaimPage(
        claims=[_view(row) for row in page],
        after=page[-1]["claim_id"] if len(rows) > message.limit else None,
    )


def show_claim(tx: Transaction, message: messages.ShowClaim) -> messages.ClaimShown:
    """A claim with its history and the grounds of its last decision.

    Raises NotFound("subsidy.unknown_claim").
    """
    query = sa.select(claims).where(claims.c.claim_id == message.claim_id, _mine(tx))
    row = tx.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(
            "subsidy.unknown_claim", "There is no such claim, or it lies outside the caller's regions."
        )
    history = sa.select(claim_acts).where(claim_acts.c.claim_id == message.claim_id)
    acts = tx.execute(history.order_by(claim_acts.c.seq)).all()
    decided = [act.decision for act in acts if act.decision is not None]
    return messages.ClaimShown(
        claim=_view(row),
        steps=[
            messages.ClaimStepView(
                action=act.action,
                acted_on=act.acted_on,
                reason=act.reason,
                state=act.state_after,
                due_on=act.due_after,
            )
            for act in acts
        ],
        reasons=replies.rule_steps(json.loads(decided[-1]) if decided else []),
    )


def show_claim_lights(tx: Transaction, message: messages.ShowClaimLights) -> messages.ClaimLights:
    """Running, soon due and overdue clocks of the caller's regions by desk.

    Raises NotFound("workdays.unknown_year").
    """
    near = tx.rules.at(message.day)["claims.yellow"].integer
    until = Workdays.of(tx.rules).after(message.day, near)
    due = claims.c.due_on
    red = sa.func.sum(sa.case((due < message.day, 1), else_=0)).label("red")
    yellow = sa.func.sum(sa.case((due.between(message.day, until), 1), else_=0)).label("yellow")
    query = (
        sa.select(claims.c.desk, claims.c.clock, sa.func.count().label("running"), yellow, red)
        .where(_mine(tx), due.is_not(None))
        .group_by(claims.c.desk, claims.c.clock)
        .order_by(red.desc(), yellow.desc(), claims.c.desk, claims.c.clock)
    )
    return messages.ClaimLights(
        lights=[messages.ClaimLight.model_validate(dict(row)) for row in tx.execute(query).mappings()]
    )


def _mine(tx: Transaction) -> sa.ColumnElement[bool]:
    return sa.or_(tx.scope(claims.c.region), tx.scope(claims.c.window))


def _view(row: sa.RowMapping) -> messages.ClaimView:
    return messages.ClaimView(**{name: row[name] for name in messages.ClaimView.model_fields})
