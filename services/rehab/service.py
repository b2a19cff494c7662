"""What the rehab service offers to callers, and whom it follows."""

from typing import ClassVar

from chassis.service import Service, command, follow
from chassis.stream import Received
from chassis.transaction import Transaction
from contracts import rehab as messages
from contracts.message import BulkReply
from services.rehab import tables
from services.rehab.handlers import copies, enrolments, retrofits, services


class RehabService(Service):
    """Enrolment in and delivery of rehabilitation programmes, care and home retrofits."""

    name = "rehab"
    tables = tables.metadata
    projections: ClassVar = {"registry": ("persons", "households")}

    @command(messages.EnrolPersons, roles=("clerk",))
    def enrol_persons(self, message: messages.EnrolPersons, tx: Transaction) -> BulkReply:
        """Take persons into programmes."""
        return enrolments.enrol_persons(tx, message)

    @command(messages.RecordServices, roles=("clerk",))
    def record_services(self, message: messages.RecordServices, tx: Transaction) -> BulkReply:
        """Record services given to enrolled persons."""
        return services.record_services(tx, message)

    @command(messages.AcceptRetrofits, roles=("clerk",))
    def accept_retrofits(self, message: messages.AcceptRetrofits, tx: Transaction) -> BulkReply:
        """Record home retrofits that were accepted."""
        return retrofits.accept_retrofits(tx, message)

    @follow("registry")
    def follow_registry(self, events: list[Received], tx: Transaction) -> None:
        """Keep a copy of the facts that conditions are judged by."""
        copies.follow_registry(tx, events)
