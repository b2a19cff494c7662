"""What the employment service offers to callers, and whom it follows."""

from typing import ClassVar

from chassis.service import Service, command, follow
from chassis.stream import Received
from chassis.transaction import Transaction
from contracts import employment as messages
from contracts.message import BulkReply
from services.employment import tables
from services.employment.handlers import copies, courses, needs, trainees


class EmploymentService(Service):
    """Training needs, courses and trainees."""

    name = "employment"
    tables = tables.metadata
    projections: ClassVar = {"registry": ("persons",)}

    @command(messages.RegisterTrainingNeeds, roles=("clerk",))
    def register_training_needs(self, message: messages.RegisterTrainingNeeds, tx: Transaction) -> BulkReply:
        """Register who wishes for which training."""
        return needs.register_training_needs(tx, message)

    @command(messages.OpenCourses, roles=("clerk",))
    def open_courses(self, message: messages.OpenCourses, tx: Transaction) -> BulkReply:
        """Open training courses."""
        return courses.open_courses(tx, message)

    @command(messages.EnrolTrainees, roles=("clerk",))
    def enrol_trainees(self, message: messages.EnrolTrainees, tx: Transaction) -> BulkReply:
        """Give persons places in courses."""
        return trainees.enrol_trainees(tx, message)

    @command(messages.CompleteTrainings, roles=("clerk",))
    def complete_trainings(self, message: messages.CompleteTrainings, tx: Transaction) -> BulkReply:
        """Record who completed a course, with a vocational certificate or without."""
        return trainees.complete_trainings(tx, message)

    @follow("registry")
    def follow_registry(self, events: list[Received], tx: Transaction) -> None:
        """Keep a copy of the facts that conditions are judged by."""
        copies.follow_registry(tx, events)
