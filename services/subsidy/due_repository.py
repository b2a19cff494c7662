"""Rows of awards that a run is still to pay.

A room of its own because run_repository.py is the list of a run, and this what is not on one yet.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from chassis.transaction import Transaction
from kernel.regions import RegionCode
from services.subsidy.domain.run import Run
from services.subsidy.kin_repository import behind_kin, paid_in
from services.subsidy.repository import DueAwards, due_of
from services.subsidy.tables import awards, run_lines


def unpaid_variants(tx: Transaction, scheme: str, period: str, region: str) -> dict[tuple[str, str], int]:
    """How many awards in the division are in no run yet, by variant and by the division they count in."""
    query = sa.select(awards.c.variant, awards.c.region, sa.func.count().label("awards")).where(
        _in_no_run(scheme, period, region)
    )
    rows = tx.execute(query.group_by(awards.c.variant, awards.c.region))
    return {(row.variant, row.region): row.awards for row in rows}


def unpaid_groups(tx: Transaction, scheme: str, period: str, region: str) -> list[DueAwards]:
    """The awards in the division that are in no run yet, in groups that amount to the same."""
    award = awards.c
    group = (award.variant, award.region, award.cost_fen, award.days)
    query = sa.select(*group, sa.func.count().label("awards")).where(_in_no_run(scheme, period, region))
    return [due_of(row) for row in tx.execute(query.group_by(*group).order_by(*group))]


def awards_after(tx: Transaction, run: Run, after: str, limit: int) -> Sequence[sa.Row[Any]]:
    """The next awards of the run's division and period in the order of their identifiers, in a run or not.

    listed: the place in its run of the person's line for the period, None without one. Looked up for each:
    the database's own guess of how many lines there are lags behind a run.
    """
    line = run_lines.c
    listed = sa.select(line.seq).where(
        line.person_id == awards.c.person_id,
        line.scheme == run.scheme,
        line.period == run.period,
        line.stands,
    )
    query = (
        sa.select(
            awards.c.award_id,
            awards.c.person_id,
            awards.c.variant,
            awards.c.region,
            awards.c.cost_fen,
            awards.c.days,
            listed.limit(1).scalar_subquery().label("listed"),
        )
        .where(_due(run.scheme, run.period, run.region), awards.c.award_id > after)
        .order_by(awards.c.award_id)
        .limit(limit)
    )
    return tx.execute(query).all()


def taken(tx: Transaction, run: Run, page: Sequence[sa.Row[Any]]) -> set[str]:
    """Those of a page of awards that are in a run already, or stand behind another record of the person."""
    behind = behind_kin(run.scheme, run.period).subquery("behind").c
    second = sa.select(behind.award_id).where(behind.award_id.between(page[0].award_id, page[-1].award_id))
    listed = {row.award_id for row in page if row.listed is not None}
    return listed | {row.award_id for row in tx.execute(second)}


def _in_no_run(scheme: str, period: str, region: str) -> sa.ColumnElement[bool]:
    line = run_lines.c
    listed = (
        line.person_id == awards.c.person_id,
        line.scheme == scheme,
        line.period == period,
        line.stands,
    )
    return sa.and_(
        _due(scheme, period, region),
        ~sa.exists().where(*listed),
        awards.c.award_id.not_in(behind_kin(scheme, period)),
    )


def _due(scheme: str, period: str, region: str) -> sa.ColumnElement[bool]:
    return sa.and_(paid_in(awards, scheme, period), awards.c.region.startswith(RegionCode(region).prefix))
