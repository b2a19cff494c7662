"""Questions about reviews; each answers within the caller's regions only.

A room of its own because queries.py answers about money, and this about whom to look at again.
"""

from datetime import timedelta

import sqlalchemy as sa

from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.regions import RegionCode
from services.subsidy.outreach_queries import page_of
from services.subsidy.review_tables import award_reviews, due_reviews
from services.subsidy.tables import awards


def list_due_reviews(tx: Transaction, message: messages.ListDueReviews) -> messages.DueReviewPage:
    """A page of the work list."""
    review = due_reviews.c
    query = (
        sa.select(due_reviews, awards.c.variant, awards.c.review_held_from.label("held_from"))
        .join(awards, awards.c.award_id == review.award_id)
        .where(tx.scope(review.region))
    )
    if message.region is not None:
        prefix = RegionCode(message.region).prefix
        query = query.where(review.region.between(prefix.ljust(12, "0"), prefix.ljust(12, "9")))
    if message.scheme is not None:
        query = query.where(review.scheme == message.scheme)
    if message.due_before is not None:
        query = query.where(review.due_on < message.due_before)
    page, after = page_of(tx, query, review.award_id, message.after, message.limit)
    names = messages.DueReview.model_fields
    reviews = [messages.DueReview(**{name: row[name] for name in names}) for row in page]
    return messages.DueReviewPage(reviews=reviews, after=after)


def show_review_lights(tx: Transaction, message: messages.ShowReviewLights) -> messages.ReviewLights:
    """The work list by township or street and scheme."""
    review = due_reviews.c
    soon = message.day + timedelta(days=tx.rules.at(message.day)["review.soon_days"].integer)
    township = sa.func.substr(review.region, 1, 9).concat("000").label("region")
    red = sa.func.sum(sa.case((review.due_on < message.day, 1), else_=0)).label("red")
    yellow = sa.func.sum(sa.case((review.due_on.between(message.day, soon), 1), else_=0)).label("yellow")
    held = sa.func.sum(sa.case((awards.c.review_held_from.is_not(None), 1), else_=0)).label("held")
    query = (
        sa.select(township, review.scheme, yellow, red, held)
        .join(awards, awards.c.award_id == review.award_id)
        .where(tx.scope(review.region))
        .group_by(township, review.scheme)
        .order_by(township, review.scheme)
    )
    return messages.ReviewLights(
        lights=[messages.ReviewLight.model_validate(dict(row)) for row in tx.execute(query).mappings()]
    )


def reviews_of(tx: Transaction, award_id: str) -> list[messages.ReviewShown]:
    """What came of the reviews of an award, in the order in which they were recorded."""
    query = sa.select(award_reviews).where(award_reviews.c.award_id == award_id)
    rows = tx.execute(query.order_by(award_reviews.c.review_id)).mappings()
    names = messages.ReviewShown.model_fields
    return [messages.ReviewShown(**{name: row[name] for name in names}) for row in rows]
