"""The source, with something to do every day."""

from pathlib import Path
from typing import ClassVar

from chassis.jobs import Job
from chassis.service import daily
from chassis.transaction import Transaction
from contracts import registry as messages
from kernel.errors import Conflict
from tests.support.source.service import SourceService

KIND = "registry.sweep"


class DailyService(SourceService):
    """Tells each day, but for the one on which it refuses."""

    refused_on: ClassVar[str] = ""

    @classmethod
    def directory(cls) -> Path:
        """That of the source."""
        return SourceService.directory()

    @daily(KIND)
    def sweep(self, job: Job, tx: Transaction) -> bool:
        """Tell the day."""
        if job.key == self.refused_on:
            raise Conflict("registry.no_sweep", "Nothing is swept on this day.")
        tx.record(messages.RegionRecorded(region="341524100000", name=job.key, valid_from=tx.now.date()))
        return True
