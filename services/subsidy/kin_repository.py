"""Which awards are paid in a period, and which of a person who was registered twice.

A room of its own because runs ask for awards by many conditions, and these are about persons.
"""

from typing import Any

import sqlalchemy as sa

from services.subsidy.person_tables import persons
from services.subsidy.tables import awards, run_lines


def behind_kin(scheme: str, period: str) -> sa.CompoundSelect[Any]:
    """The awards of a scheme and a period that are not paid, for another record of the person comes first.

    First comes what is in a run, and else what was granted first.
    """
    earlier = awards.alias("earlier")
    listed = (run_lines.c.scheme == scheme, run_lines.c.period == period, run_lines.c.stands)
    paid = paid_in(awards, scheme, period)
    return sa.union_all(
        _where_kin_has(run_lines, *listed).where(paid),
        _where_kin_has(
            earlier, paid_in(earlier, scheme, period), earlier.c.award_id < awards.c.award_id
        ).where(paid),
    )


def paid_in(award: sa.FromClause, scheme: str, period: str) -> sa.ColumnElement[bool]:
    """Whether an award of the scheme is paid in the period: it began by then, has not ended, is not held."""
    last, held, unreviewed = award.c.last_period, award.c.held_from, award.c.review_held_from
    return sa.and_(
        award.c.scheme == scheme,
        award.c.period <= period,
        sa.or_(last.is_(None), last >= period),
        sa.or_(held.is_(None), held > period),
        sa.or_(unreviewed.is_(None), unreviewed > period),
    )


def _where_kin_has(others: sa.FromClause, *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Awards where another record of the person has such a row among the others."""
    kin = _kin().subquery("kin")
    return (
        sa.select(awards.c.award_id)
        .select_from(kin)
        .join(awards, awards.c.person_id == kin.c.person_id)
        .join(others, others.c.person_id == kin.c.kin_id)
        .where(*conditions)
        .correlate(None)
    )


def _kin() -> sa.CompoundSelect[Any]:
    """All pairs of records of one person, few beside all persons."""
    one, other = persons.alias("one"), persons.alias("other")
    led = one.c.merged_into.is_not(None)
    return sa.union_all(
        sa.select(one.c.person_id, one.c.merged_into.label("kin_id")).where(led),
        sa.select(one.c.merged_into, one.c.person_id).where(led),
        sa.select(one.c.person_id, other.c.person_id)
        .join(other, other.c.merged_into == one.c.merged_into)
        .where(led, other.c.person_id != one.c.person_id),
    )
