"""Awards of persons who were registered twice, as statements see them.

A room of its own because runs ask for awards by many conditions, and this one is about persons.
"""

from typing import Any

import sqlalchemy as sa

from services.subsidy.tables import awards, persons, run_lines


def behind_kin(scheme: str, period: str) -> sa.CompoundSelect[Any]:
    """The awards of a scheme and a period that are not paid, for another record of the person comes first.

    First comes what is in a run, and else what was granted first.
    """
    earlier = awards.alias("earlier")
    return sa.union_all(
        _behind(run_lines, scheme, period),
        _behind(earlier, scheme, period).where(earlier.c.award_id < awards.c.award_id),
    )


def _behind(others: sa.FromClause, scheme: str, period: str) -> sa.Select[Any]:
    """Awards where another record of the person has a row among the others."""
    kin = _kin().subquery("kin")
    return (
        sa.select(awards.c.award_id)
        .select_from(kin)
        .join(awards, awards.c.person_id == kin.c.person_id)
        .join(others, others.c.person_id == kin.c.kin_id)
        .where(awards.c.scheme == scheme, awards.c.period == period)
        .where(others.c.scheme == scheme, others.c.period == period)
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
