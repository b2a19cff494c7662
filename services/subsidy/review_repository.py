"""Rows of reviews: the work list, and what came of them.

A room of its own because repository.py is what is granted, and this whether it still stands.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date

import sqlalchemy as sa

from chassis.transaction import Transaction
from services.subsidy import repository
from services.subsidy.domain.award import Award
from services.subsidy.domain.review import Review
from services.subsidy.review_tables import award_reviews, due_reviews
from services.subsidy.tables import awards

_TOLD = tuple(Review.__dataclass_fields__)


def people_of(tx: Transaction, award_ids: Collection[str]) -> dict[str, str]:
    """The persons of the awards in the caller's regions, by award."""
    query = sa.select(awards.c.award_id, awards.c.person_id)
    query = query.where(awards.c.award_id.in_(award_ids), tx.scope(awards.c.region))
    return {row.award_id: row.person_id for row in tx.execute(query)}


def reviews(tx: Transaction, refs: Collection[str]) -> dict[str, tuple[str, Review]]:
    """The reviews with these numbers, by number, each with its identifier."""
    query = sa.select(award_reviews).where(award_reviews.c.ref.in_(refs))
    return {
        row["ref"]: (row["review_id"], Review(**{name: row[name] for name in _TOLD}))
        for row in tx.execute(query).mappings()
    }


def add_reviews(tx: Transaction, new: Mapping[str, tuple[str, Review]], done: Collection[str]) -> None:
    """Insert reviews by number, each with its identifier, and take awards off the work list."""
    by = {"recorded_by": tx.caller.subject, "recorded_at": tx.now}
    rows = [{"review_id": id_, "ref": ref, **asdict(review), **by} for ref, (id_, review) in new.items()]
    tx.insert(award_reviews, rows)
    if done:
        tx.execute(sa.delete(due_reviews).where(due_reviews.c.award_id.in_(done)))


def sweep(tx: Transaction) -> None:
    """Take awards off the work list that have ended and have no month that waits for the review."""
    ended = awards.c.last_period.is_not(None) & awards.c.review_held_from.is_(None)
    tx.execute(
        sa.delete(due_reviews).where(sa.exists().where(awards.c.award_id == due_reviews.c.award_id, ended))
    )


def unlisted(
    tx: Transaction, scheme: str, since: date, after: tuple[str, str], limit: int
) -> Sequence[tuple[date, str]]:
    """The next awards that go on, were reviewed by that day and are not on the work list: day and identifier,
    in that order.
    """
    award = awards.c
    page = (
        sa.select(award.reviewed_on, award.award_id)
        .where(
            award.scheme == scheme,
            award.last_period.is_(None),
            award.reviewed_on <= since,
            sa.tuple_(award.reviewed_on, award.award_id) > (date.fromisoformat(after[0]), after[1]),
            ~sa.exists().where(due_reviews.c.award_id == award.award_id),
        )
        .order_by(award.reviewed_on, award.award_id)
        .limit(limit)
    )
    return [(row.reviewed_on, row.award_id) for row in tx.execute(page)]


def lock(tx: Transaction, award_ids: Collection[str]) -> list[Award]:
    """Those of the awards that go on, locked until the commit."""
    query = sa.select(awards).where(awards.c.award_id.in_(award_ids), awards.c.last_period.is_(None))
    # In the order of their keys, or two transactions could wait for each other.
    return [
        repository.award_of(row) for row in tx.execute(query.order_by(awards.c.award_id).with_for_update())
    ]


def list_due(tx: Transaction, due: Sequence[tuple[Award, date]]) -> None:
    """Put awards on the work list, each with the last day of its review."""
    tx.insert(
        due_reviews,
        [
            {
                "award_id": award.id,
                "person_id": award.person_id,
                "scheme": award.scheme,
                "region": award.region,
                "due_on": day,
                "overdue_told": False,
            }
            for award, day in due
        ],
    )


def untold(
    tx: Transaction, day: date, limit: int, award_ids: Collection[str] | None = None
) -> dict[str, date]:
    """Awards whose review was due before the day, which nobody was told: by award, the last day of it."""
    review = due_reviews.c
    query = sa.select(review.award_id, review.due_on).where(review.due_on < day, ~review.overdue_told)
    if award_ids is not None:
        query = query.where(review.award_id.in_(award_ids))
    rows = tx.execute(query.order_by(review.due_on, review.award_id).limit(limit))
    return {row.award_id: row.due_on for row in rows}


def told(tx: Transaction, award_ids: Collection[str]) -> None:
    """Note that it was told that these are overdue."""
    tx.execute(
        sa.update(due_reviews).where(due_reviews.c.award_id.in_(award_ids)).values(overdue_told=sa.true())
    )
