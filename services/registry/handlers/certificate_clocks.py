"""The clocks of certificates: what struck is told once; what a rule does by itself is done as an act."""

from datetime import date

import sqlalchemy as sa

from chassis.clock import day_begins
from chassis.jobs import Job
from chassis.transaction import Transaction
from contracts import registry as messages
from services.registry import repository
from services.registry.domain.certificate_clocks import Due, struck
from services.registry.domain.certificate_state import NOT_MOVED, Act, Action
from services.registry.handlers.certificate_book import Book, Told
from services.registry.repository import Held, Holder
from services.registry.tables import certificate_clocks, certificates

CERTIFICATES_PER_STEP = 500
BY = "registry"
"""Who records what a clock does: the service itself."""

_TELLS: dict[str, type[messages.CertificateClockEvent]] = {
    "renewal_open": messages.RenewalOpened,
    "expiring": messages.CertificateExpiring,
    "expired": messages.CertificateExpired,
    "reapply": messages.ReapplicationOpened,
}
_DOES: dict[str, Action] = {"freeze": "freeze", "cancel": "cancel"}


def look(tx: Transaction, job: Job) -> bool:
    """Let the next clocks strike that have come by the job's day; true when none is left.

    A certificate that an act was recorded on since the day began is left for the next day: its later acts may
    still be on their way, as in the import of an old register.
    """
    day = date.fromisoformat(job.key)
    recorded_at = certificates.c.recorded_at
    settled = sa.or_(recorded_at.is_(None), recorded_at < day_begins(day))
    query = sa.select(certificates.c.person_id).where(certificates.c.due_on <= day, settled)
    ids = tx.execute(query.order_by(certificates.c.due_on, certificates.c.id).limit(CERTIFICATES_PER_STEP))
    # Locked and read again: an act that came between may have stopped the clock.
    book = Book.load(tx, set(ids.scalars()), by=BY)
    if not book.held:
        return True
    told = repository.told_clocks(tx, [held.id for held in book.held.values()])
    rows = []
    for person_id in sorted(book.held):
        book.numbers.setdefault(person_id, None)
        for clock, on in _strike(tx, book, book.holders[person_id], told[book.held[person_id].id], day):
            rows.append(
                {
                    "certificate_id": book.held[person_id].id,
                    "clock": clock,
                    "struck_on": on,
                    "recorded_at": tx.now,
                }
            )
    book.save(tx, looked_at=day)
    tx.insert(certificate_clocks, rows)
    job.done += len(rows)
    return False


def _strike(tx: Transaction, book: Book, holder: Holder, told: set[Due], day: date) -> list[Due]:
    """What strikes one certificate, in order; an act may start or stop others."""
    done: list[Due] = []
    while True:
        held = book.held[holder.id]
        _, terms = book.rules(tx, held.certificate.last_act_on)
        due = struck(held.certificate, terms, told, day)
        if not due:
            return done
        clock, on = due[0]
        if clock in _DOES:
            book.record(tx, holder, _act(held, _DOES[clock], clock, on))
        else:
            tx.record(_event(held, holder, clock, on))
        told.add((clock, on))
        done.append((clock, on))


def _act(held: Held, action: Action, clock: str, on: date) -> Told:
    certificate = held.certificate
    act = Act(
        action,
        # Never before an act that is recorded; the day of the clock is kept beside it.
        max(on, certificate.last_act_on),
        certificate.category,
        certificate.grade,
        certificate.standard,
        reason=NOT_MOVED,
    )
    return Told(f"clock {held.id} {clock} {on}", "office", act, held.number_index, None)


def _event(held: Held, holder: Holder, clock: str, on: date) -> messages.CertificateClockEvent:
    return _TELLS[clock](
        region=holder.region,
        person_id=holder.id,
        certificate_id=held.id,
        category=held.certificate.category.value,
        grade=held.certificate.grade,
        expires_on=held.certificate.expires_on,
        struck_on=on,
    )
