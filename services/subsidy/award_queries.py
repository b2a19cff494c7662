"""Awards of a scheme by period, with what each rests on: to go back over all of them (清理).

A room of its own because explanation_queries.py explains one award, and this lists them.
"""

import json
from typing import Any

import sqlalchemy as sa

from chassis.transaction import Transaction
from contracts import subsidy as messages
from services.subsidy import replies
from services.subsidy.claim_tables import claims
from services.subsidy.tables import award_changes, awards


def list_awards(tx: Transaction, message: messages.ListAwards) -> messages.AwardPage:
    """The awards that begin with a period, each with what it rests on."""
    award = awards.c
    query = (
        sa.select(awards, claims.c.claim_id, claims.c.proof, award_changes.c.change_id)
        .outerjoin(claims, claims.c.award_id == award.award_id)
        .outerjoin(award_changes, award_changes.c.change_id == award.ref)
        .where(award.scheme == message.scheme, award.period == message.period, tx.scope(award.region))
        .order_by(award.award_id)
        .limit(message.limit + 1)
    )
    if message.unproven:
        query = query.where(claims.c.proof.is_(None))
    if message.after is not None:
        query = query.where(award.award_id > message.after)
    rows = tx.execute(query).all()
    page = rows[: message.limit]
    return messages.AwardPage(
        awards=[_basis(row) for row in page],
        after=page[-1].award_id if len(rows) > message.limit else None,
    )


def count_awards(tx: Transaction, message: messages.CountAwards) -> messages.AwardYears:
    """How many awards begin with each period, and what they rest on."""
    award = awards.c
    query = (
        sa.select(
            award.period,
            sa.func.count().label("awards"),
            sa.func.count(claims.c.claim_id).label("claimed"),
            sa.func.count(claims.c.proof).label("proven"),
        )
        .outerjoin(claims, claims.c.award_id == award.award_id)
        .where(award.scheme == message.scheme, award.period >= message.since, tx.scope(award.region))
        .group_by(award.period)
        .order_by(award.period)
    )
    return messages.AwardYears(
        periods=[messages.AwardYear.model_validate(dict(row)) for row in tx.execute(query).mappings()]
    )


def _basis(row: sa.Row[Any]) -> messages.AwardBasis:
    came_of: tuple[tuple[messages.AwardOrigin, str | None], ...] = (
        ("claim", row.claim_id),
        ("enrolment", row.enrolment_id),
        ("news", row.change_id),
    )
    basis = next((origin for origin, identifier in came_of if identifier is not None), "office")
    return messages.AwardBasis(
        award_id=row.award_id,
        # Others have a number of the service's own.
        ref=row.ref if basis == "office" else None,
        person_id=row.person_id,
        variant=row.variant,
        period=row.period,
        region=row.region,
        granted_on=row.granted_on,
        basis=basis,
        claim_id=row.claim_id,
        proven=row.proof is not None,
        reasons=replies.rule_steps(json.loads(row.decision)),
    )
