"""What the subsidy service offers about reviews of awards.

A room of its own because service.py would be longer than one reads at a time; the class there takes these in.
"""

from chassis.jobs import Job
from chassis.service import command, daily, query
from chassis.transaction import Transaction
from contracts import subsidy as messages
from contracts.message import BulkReply
from services.subsidy import review_queries
from services.subsidy.handlers import review_clocks, reviews


class ReviewMethods:
    """Methods of the subsidy service about reviews."""

    @command(messages.RecordReviews, roles=("clerk",))
    def record_reviews(self, message: messages.RecordReviews, tx: Transaction) -> BulkReply:
        """Record what came of reviews."""
        return reviews.record_reviews(tx, message)

    @query(messages.ListDueReviews, roles=("clerk", "checker", "auditor"))
    def list_due_reviews(self, message: messages.ListDueReviews, tx: Transaction) -> messages.DueReviewPage:
        """Awards to be looked at again, page by page."""
        return review_queries.list_due_reviews(tx, message)

    @query(messages.ShowReviewLights, roles=("clerk", "checker", "auditor"))
    def show_review_lights(
        self, message: messages.ShowReviewLights, tx: Transaction
    ) -> messages.ReviewLights:
        """Yellow and red lights by township."""
        return review_queries.show_review_lights(tx, message)

    @daily(review_clocks.JOB)
    def review_step(self, job: Job, tx: Transaction) -> bool:
        """List the next reviews that are due, or tell of those that are overdue."""
        return review_clocks.review_step(tx, job)
