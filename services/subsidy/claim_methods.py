"""What the subsidy service offers about claims: from hand-in to the decision, and what is late.

A room of its own because service.py would be longer than one reads at a time; the class there takes these in.
"""

from chassis.jobs import Job
from chassis.service import command, daily, query
from chassis.transaction import Transaction
from contracts import subsidy as messages
from contracts.message import BulkReply
from services.subsidy import claim_queries, notice_queries
from services.subsidy.handlers import claim_acts, claim_clocks, claim_decisions, claims


class ClaimMethods:
    """Methods of the subsidy service about claims."""

    @command(messages.RecordClaims, roles=("clerk",))
    def record_claims(self, message: messages.RecordClaims, tx: Transaction) -> BulkReply:
        """Record claims that were handed in."""
        return claims.record_claims(tx, message)

    @command(messages.RecordClaimActs, roles=("clerk",))
    def record_claim_acts(self, message: messages.RecordClaimActs, tx: Transaction) -> BulkReply:
        """Record steps of claims."""
        return claim_acts.record_claim_acts(tx, message)

    @command(messages.DecideClaims, roles=("checker",))
    def decide_claims(self, message: messages.DecideClaims, tx: Transaction) -> BulkReply:
        """Approve, refuse or award claims."""
        return claim_decisions.decide_claims(tx, message)

    @query(messages.ListClaims, roles=("clerk", "checker", "auditor"))
    def list_claims(self, message: messages.ListClaims, tx: Transaction) -> messages.ClaimPage:
        """Claims, page by page."""
        return claim_queries.list_claims(tx, message)

    @query(messages.ShowClaim, roles=("clerk", "checker", "auditor"))
    def show_claim(self, message: messages.ShowClaim, tx: Transaction) -> messages.ClaimShown:
        """A claim, its history, and what the applicant is to be told."""
        return claim_queries.show_claim(tx, message)

    @query(messages.ShowClaimLights, roles=("clerk", "checker", "auditor"))
    def show_claim_lights(self, message: messages.ShowClaimLights, tx: Transaction) -> messages.ClaimLights:
        """Yellow and red lights by desk."""
        return claim_queries.show_claim_lights(tx, message)

    @query(messages.ListNotices, roles=("clerk", "auditor"))
    def list_notices(self, message: messages.ListNotices, tx: Transaction) -> messages.NoticePage:
        """What is put up for the public on a day, page by page."""
        return notice_queries.list_notices(tx, message)

    @daily(claim_clocks.JOB)
    def claims_step(self, job: Job, tx: Transaction) -> bool:
        """Tell of the next clocks of claims that ran out."""
        return claim_clocks.look(tx, job)
