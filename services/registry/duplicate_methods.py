"""What the registry offers about persons registered twice: pairs that look alike, merging, undoing.

A room of its own because service.py would be longer than one reads at a time; the class there takes these in.
"""

from chassis.jobs import Job
from chassis.service import command, daily, job, query
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from services.registry import duplicate_queries
from services.registry.handlers import (
    daily_duplicates,
    duplicate_dismissals,
    duplicates,
    merge_decisions,
    merges,
)


class DuplicateMethods:
    """Methods of the registry service about persons registered twice."""

    @command(messages.LookForDuplicates, roles=("clerk",))
    def look_for_duplicates(
        self, message: messages.LookForDuplicates, tx: Transaction
    ) -> messages.DuplicateSearch:
        """Look for records that may be one person."""
        return duplicates.look_for_duplicates(tx, message)

    @job(duplicates.JOB)
    def duplicate_step(self, job: Job, tx: Transaction) -> bool:
        """Compare the next persons of a division."""
        return duplicates.duplicate_step(tx, job)

    @daily(daily_duplicates.JOB)
    def daily_duplicate_step(self, job: Job, tx: Transaction) -> bool:
        """Compare the next persons of the office."""
        return daily_duplicates.look_step(tx, job)

    @query(messages.ListDuplicates, roles=("clerk", "checker", "auditor"))
    def list_duplicates(self, message: messages.ListDuplicates, tx: Transaction) -> messages.DuplicatePage:
        """Pairs that may be one person, page by page."""
        return duplicate_queries.list_duplicates(tx, message)

    @query(messages.ComparePersons, roles=("clerk", "checker", "auditor"))
    def compare_persons(self, message: messages.ComparePersons, tx: Transaction) -> messages.Comparison:
        """Two persons side by side."""
        return duplicate_queries.compare_persons(tx, message)

    @command(messages.DismissDuplicates, roles=("clerk",))
    def dismiss_duplicates(self, message: messages.DismissDuplicates, tx: Transaction) -> BulkReply:
        """Say of pairs that they are two persons."""
        return duplicate_dismissals.dismiss_duplicates(tx, message)

    @command(messages.RequestMerges, roles=("clerk",))
    def request_merges(self, message: messages.RequestMerges, tx: Transaction) -> BulkReply:
        """Ask to merge two records of one person."""
        return merges.request_merges(tx, message)

    @command(messages.RequestUnmerges, roles=("clerk",))
    def request_unmerges(self, message: messages.RequestUnmerges, tx: Transaction) -> BulkReply:
        """Ask to undo merges."""
        return merges.request_unmerges(tx, message)

    @command(messages.DecideMerges, roles=("checker",))
    def decide_merges(self, message: messages.DecideMerges, tx: Transaction) -> BulkReply:
        """Approve or reject what somebody else asked for."""
        return merge_decisions.decide_merges(tx, message)

    @query(messages.ListMerges, roles=("clerk", "checker", "auditor"))
    def list_merges(self, message: messages.ListMerges, tx: Transaction) -> messages.MergePage:
        """Requests to merge or to undo, page by page."""
        return duplicate_queries.list_merges(tx, message)
