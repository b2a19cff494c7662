"""What the reporting service offers to callers, and whom it follows: everybody."""

from typing import ClassVar

from chassis.service import Service, command, follow, query
from chassis.stream import Received
from chassis.transaction import Transaction
from contracts import reporting as messages
from contracts.catalogue import SUBSCRIPTIONS
from contracts.message import BulkReply
from services.reporting import definitions, queries, tables
from services.reporting.handlers import facts, merges, snapshots, targets

definitions.catalogue()  # a wrong catalogue stops the start, not the first snapshot


class ReportingService(Service):
    """Facts from all services' events; targets, snapshots, and the way from a number to its events."""

    name = "reporting"
    tables = tables.metadata
    projections: ClassVar = {
        **dict.fromkeys(SUBSCRIPTIONS["reporting"], ("facts",)),
        "registry": ("facts", "merged_persons"),
    }

    @command(messages.SetTargets, roles=("clerk", "maker"))
    def set_targets(self, message: messages.SetTargets, tx: Transaction) -> BulkReply:
        """Set tasks for indicators."""
        return targets.set_targets(tx, message)

    @command(messages.TakeSnapshot, roles=("maker",))
    def take_snapshot(self, message: messages.TakeSnapshot, tx: Transaction) -> messages.Snapshot:
        """Record the figures of a period for a region."""
        return snapshots.take_snapshot(tx, message)

    @command(messages.SignSnapshot, roles=("checker",))
    def sign_snapshot(self, message: messages.SignSnapshot, tx: Transaction) -> messages.Snapshot:
        """Sign a snapshot by its hash."""
        return snapshots.sign_snapshot(tx, message)

    @query(messages.FindSnapshot, roles=("clerk", "maker", "checker", "auditor"))
    def find_snapshot(self, message: messages.FindSnapshot, tx: Transaction) -> messages.Snapshot:
        """A recorded snapshot."""
        return queries.find_snapshot(tx, message)

    @query(messages.TraceIndicator, roles=("maker", "checker", "auditor"))
    def trace_indicator(self, message: messages.TraceIndicator, tx: Transaction) -> messages.Trace:
        """The events behind a figure."""
        return queries.trace_indicator(tx, message)

    @query(messages.ShowCatalogue, roles=("clerk", "maker", "checker", "auditor"))
    def show_catalogue(self, message: messages.ShowCatalogue, tx: Transaction) -> messages.Catalogue:
        """The definitions of all indicators."""
        return queries.show_catalogue(tx, message)

    @follow("registry")
    def follow_registry(self, events: list[Received], tx: Transaction) -> None:
        """Turn the registry's events into facts, and learn who was registered twice."""
        facts.record_facts(tx, events)
        merges.follow_registry(tx, events)

    @follow("subsidy")
    def follow_subsidy(self, events: list[Received], tx: Transaction) -> None:
        """Turn subsidy's events into facts."""
        facts.record_facts(tx, events)

    @follow("rehab")
    def follow_rehab(self, events: list[Received], tx: Transaction) -> None:
        """Turn rehab's events into facts."""
        facts.record_facts(tx, events)

    @follow("employment")
    def follow_employment(self, events: list[Received], tx: Transaction) -> None:
        """Turn employment's events into facts."""
        facts.record_facts(tx, events)
