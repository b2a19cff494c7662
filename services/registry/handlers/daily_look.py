"""The daily look at what days alone change: clocks of cases, certificates and applications, flags."""

from collections.abc import Callable

from chassis.jobs import Job
from chassis.transaction import Transaction
from services.registry.handlers import application_clocks, certificate_clocks, deadlines, derived_flags

_LOOKS: tuple[Callable[[Transaction, Job], bool], ...] = (
    deadlines.deadline_step,
    certificate_clocks.look,
    application_clocks.look,
    derived_flags.look,
)
"""Each tells of some clocks and returns whether none is left."""


def look_step(tx: Transaction, job: Job) -> bool:
    """One step of the look at a day: at some clocks of one kind, one kind after the other."""
    kind = job.cursor.get("look", 0)
    ended = _LOOKS[kind](tx, job)
    job.cursor["look"] = kind + ended
    return bool(job.cursor["look"] == len(_LOOKS))
