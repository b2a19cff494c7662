"""What was corrected, and what held for a person on an earlier day, by what was known then.

A room of its own because queries.py tells what is so now.
"""

from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa

from chassis import clock, stream
from chassis.transaction import Transaction
from contracts import registry as messages
from kernel.errors import NotFound
from kernel.masking import BankAccount, Phone
from services.registry.correction_tables import corrections
from services.registry.domain.person import masked_name
from services.registry.domain.person_correction import Change, value_then
from services.registry.paging import page_of, view_of
from services.registry.person_values import COLUMNS, Registered, correction_of
from services.registry.tables import certificate_acts, persons

_FIELDS = ("name", "region", "household", "phone", "bank_account")


def list_corrections(tx: Transaction, message: messages.ListCorrections) -> messages.CorrectionPage:
    """A page of corrections of persons of the caller's regions, without the values."""
    homes = sa.select(persons.c.id).where(tx.scope(persons.c.region))
    query = sa.select(corrections).where(corrections.c.person_id.in_(homes))
    if message.person_id is not None:
        query = query.where(corrections.c.person_id == message.person_id)
    if message.states:
        query = query.where(corrections.c.state.in_(message.states))
    page, after = page_of(tx, query, corrections, message.after, message.limit)
    shown = [view_of(messages.CorrectionView, "correction_id", row) for row in page]
    return messages.CorrectionPage(corrections=shown, after=after)


def show_person_then(tx: Transaction, message: messages.ShowPersonThen) -> messages.PersonThen:
    """A person as of a day, as known on a day, masked.

    Raises NotFound("registry.unknown_person"), also for one out of scope, or
    NotFound("registry.not_known_then") for a day before the registration.
    """
    query = sa.select(*COLUMNS).where(persons.c.id == message.person_id, tx.scope(persons.c.region))
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound("registry.unknown_person", "No such person is registered in the caller's regions.")
    person = Registered(*tuple(row))
    until = tx.now
    if message.known_on is not None and message.known_on < clock.office_day(tx.now):
        until = _end_of(message.known_on)
    if message.day < person.registered_on or stream.aware(person.recorded_at) >= until:
        raise NotFound(
            "registry.not_known_then", "The person was not registered yet; ask for a later day.", field="day"
        )
    values = _values(tx, person, message.day, until)
    phone, account = values["phone"], values["bank_account"]
    return messages.PersonThen(
        person_id=person.id,
        name=masked_name(str(values["name"])),
        phone=None if phone is None else Phone(phone).masked,
        bank_account=None if account is None else BankAccount(account).masked,
        region=str(values["region"]),
        household_id=values["household"],
        last_act=_last_act(tx, person.id, message.day, until),
    )


def _end_of(day: date) -> datetime:
    """The first instant after the day at the office, as SQLite keeps instants."""
    return datetime.combine(day + timedelta(days=1), time(), clock.OFFICE_ZONE).astimezone(UTC)


def _values(tx: Transaction, person: Registered, day: date, until: datetime) -> dict[str, str | None]:
    query = sa.select(corrections).where(corrections.c.person_id == person.id, corrections.c.seq.is_not(None))
    changes: dict[str, list[Change]] = {name: [] for name in _FIELDS}
    for row in tx.execute(query.order_by(corrections.c.seq)).mappings():
        made = correction_of(tx, row)
        decided_at = stream.aware(row["decided_at"])
        changes[row["field"]].append(Change(made.before, made.after, made.effective_on, decided_at))
    changes["region"] += _moves(tx, person)
    return {name: value_then(person.value(tx, name), changes[name], day, until) for name in _FIELDS}


def _moves(tx: Transaction, person: Registered) -> list[Change]:
    """Where the person moved with the certificate, beginning with the division that the first move left."""
    act = certificate_acts.c
    query = sa.select(act.region, act.acted_on, act.recorded_at).where(act.person_id == person.id)
    # Of several moves of one day the one recorded last, as identifiers grow with time.
    rows = tx.execute(query.where(act.region.is_not(None)).order_by(act.acted_on, act.id)).all()
    left = [person.registered_region, *(row.region for row in rows)]
    return [
        Change(before, row.region, row.acted_on, stream.aware(row.recorded_at))
        for before, row in zip(left, rows, strict=False)
    ]


def _last_act(tx: Transaction, person_id: str, day: date, until: datetime) -> messages.LastAct | None:
    act = certificate_acts.c
    query = sa.select(act.action, act.acted_on, act.category_after, act.grade_after, act.expires_on_after)
    query = query.where(act.person_id == person_id, act.acted_on <= day, act.recorded_at < until)
    # Of several acts of one day the one recorded last.
    row = tx.execute(query.order_by(act.acted_on.desc(), act.id.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    return messages.LastAct(
        action=row.action,
        acted_on=row.acted_on,
        category=row.category_after,
        grade=row.grade_after,
        expires_on=row.expires_on_after,
    )
