"""Recording applications for certificates, and finding who applies at any window of the office."""

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.bulk import Bulk, Entry
from chassis.fields import reading, renaming
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from kernel.citizen_id import CitizenId
from kernel.errors import Conflict, NotFound
from kernel.regions import RegionRow
from kernel.workdays import Workdays
from services.registry import application_repository, repository
from services.registry.actors import Actors
from services.registry.application_repository import Filed, Request
from services.registry.application_tables import applications
from services.registry.domain.application import applied
from services.registry.domain.application_result import check_applicable, check_wish
from services.registry.domain.application_state import Office
from services.registry.domain.certificate_state import Terms
from services.registry.domain.record import check_same
from services.registry.domain.region import check_home, check_known
from services.registry.handlers.application_clocks import facts_of
from services.registry.handlers.lookup import check_person, check_unmerged
from services.registry.homes import Homes
from services.registry.repository import Held, Known
from services.registry.tables import ID_NUMBER, persons

_FIELDS = {"acted_on": "applied_on", "action": "kind"}
"""What a field of an act on a certificate is called in an application."""


@dataclass
class Desk:
    """What is known when the command begins, kept up with each application. opened: person and kind."""

    known: dict[str, Known[Request]]
    homes: Homes
    born: dict[str, date]
    held: dict[str, Held]
    opened: set[tuple[str, str]]
    divisions: dict[str, dict[date, RegionRow]]
    workdays: Workdays
    actors: Actors
    rows: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def load(cls, tx: Transaction, bulk: Bulk) -> "Desk":
        """Read what the records are about."""
        people = {item.person_id for item in bulk.items()}
        holders = repository.lock_holders(tx, people)
        named = {each for item in bulk.items() for each in (item.window, item.to_region) if each}
        return cls(
            application_repository.requests_by_ref(tx, {item.ref for item in bulk.items()}),
            Homes.of(holders.values()),
            {each.id: each.birth_date for each in holders.values()},
            repository.certificates_of(tx, people),
            application_repository.open_applications(tx, people),
            repository.region_histories(tx, named),
            Workdays.of(tx.rules),
            Actors.load(tx, bulk.items()),
        )


def record_applications(tx: Transaction, message: messages.RecordApplications) -> BulkReply:
    """Record applications; the office's reference is the key."""
    tx.no_scope("each record is checked against the region of its person or of its window")
    bulk = Bulk(message)
    desk = Desk.load(tx, bulk)
    for entry in bulk:
        with entry.deciding():
            item: messages.ApplicationItem = entry.item
            told = Request.of(item)
            check_wish(told.wish)
            _check_place(tx, desk, item)
            if same := desk.known.get(item.ref):
                check_same("application", same.content.wish, told.wish)
                check_same("application", same.content.acting, told.acting)
                check_same("application", same.content, told)
                entry.unchanged(same.id)
                continue
            _record(tx, desk, entry, told)
    tx.insert(applications, desk.rows)
    return bulk.reply()


def _check_place(tx: Transaction, desk: Desk, item: messages.ApplicationItem) -> None:
    """At a window everybody of the office may apply; else only who lives in the caller's regions."""
    if item.window is None:
        check_person(tx, desk.homes, item.person_id)
    else:
        with reading("window"), renaming({"region": "window"}):
            tx.within(item.window)
            check_known(desk.divisions[item.window].values(), item.window, item.applied_on)
    if item.person_id not in desk.homes:
        raise NotFound(
            "registry.unknown_person", "The person is not registered; register them first.", field="person_id"
        )
    check_unmerged(merged=item.person_id in desk.homes.merged)
    if item.to_region is not None:
        with renaming({"region": "to_region"}):
            check_home(desk.divisions[item.to_region].values(), item.to_region, item.applied_on)


def _record(tx: Transaction, desk: Desk, entry: Entry, told: Request) -> None:
    with reading("applied_on"):
        rules = tx.rules.at(told.applied_on)
        office = Office(rules, desk.workdays, desk.born[told.person_id])
        desk.actors.check(told.person_id, told.acting, "application", told.applied_on, rules)
        held = desk.held.get(told.person_id)
        with renaming(_FIELDS):
            check_applicable(told.wish, held.certificate if held else None, told.applied_on, Terms.of(rules))
        application = applied(told.wish.kind, told.wish.channel, told.applied_on, office)
    if (told.person_id, told.wish.kind) in desk.opened:
        raise Conflict(
            "registry.application_open",
            "The person has applied for this and waits for the decision; go on with that application.",
            field="kind",
        )
    desk.opened.add((told.person_id, told.wish.kind))
    filed = Filed(tx.new_id(), told, desk.homes[told.person_id], 0, application)
    desk.known[entry.item.ref] = Known(filed.id, told)
    desk.rows.append(
        {
            "id": filed.id,
            "ref": entry.item.ref,
            "person_id": told.person_id,
            "mode": told.mode,
            "applied_on": told.applied_on,
            **asdict(told.wish),
            **asdict(told.acting),
            "region": filed.region,
            **filed.columns(),
            "recorded_by": tx.caller.subject,
            "recorded_at": tx.now,
        }
    )
    tx.record(messages.ApplicationReceived(**facts_of(filed), ground=told.wish.ground))
    entry.created(filed.id)


def identify_applicant(tx: Transaction, message: messages.IdentifyApplicant) -> messages.Applicant:
    """Who has this citizen number, wherever in the office they live; that it was asked is audited.

    Raises Invalid with a code of the citizen number, NotFound("registry.unknown_person").
    """
    tx.within(message.window)
    with reading("id_number"):
        number = CitizenId.parse(message.id_number)
    query = sa.select(sa.func.coalesce(persons.c.merged_into, persons.c.id)).where(
        persons.c.id_number_index.in_(ID_NUMBER.indexes(tx.vault, number.value))
    )
    person_id = tx.execute(query).scalar_one_or_none()
    if person_id is None:
        raise NotFound(
            "registry.unknown_person",
            "No such person is registered in the office; register them first.",
            field="id_number",
        )
    tx.audit_read(person_id, ["person_id"], f"window {message.window}")
    return messages.Applicant(person_id=person_id)
