"""Taking persons into programmes."""

from chassis.bulk import Bulk
from chassis.transaction import Transaction
from contracts import rehab as messages
from contracts.message import BulkReply
from kernel.errors import Conflict
from services.rehab import repository
from services.rehab.domain.people import Person
from services.rehab.domain.programme import Programme
from services.rehab.domain.records import Enrolment, check_same
from services.rehab.handlers.lookup import dated, known_person


def enrol_persons(tx: Transaction, message: messages.EnrolPersons) -> BulkReply:
    """Each reference once, and each person once for a programme and year."""
    bulk = Bulk(message)
    items: list[messages.EnrolmentItem] = list(bulk.items())
    people = repository.heads(tx, {item.person_id for item in items})
    persons = repository.persons(tx, set(people.values()))
    known = repository.enrolments(
        tx, {item.ref for item in items}, people, {item.enrolled_on.year for item in items}
    )
    by_ref = {enrolment.ref: enrolment for enrolment in known}
    taken = {enrolment.key for enrolment in known}
    programme_on = dated(tx.rules, Programme.on)
    made: list[Enrolment] = []
    for entry in bulk:
        with entry.deciding():
            person = known_person(persons, people[entry.item.person_id])
            enrolment = Enrolment(tx.new_id(), **entry.item.model_dump() | {"person_id": person.id})
            if same := by_ref.get(enrolment.ref):
                check_same(same, enrolment)
                entry.unchanged(same.id)
                continue
            if enrolment.key in taken:
                raise Conflict(
                    "rehab.already_enrolled",
                    f"The person has been enrolled in programme {enrolment.programme} for this year under "
                    "another reference; record the services there.",
                    field="person_id",
                )
            programme_on(enrolment.enrolled_on, enrolment.programme).admit(person, enrolment)
            by_ref[enrolment.ref] = enrolment
            taken.add(enrolment.key)
            made.append(enrolment)
            tx.record(_enrolled(enrolment, person))
            entry.created(enrolment.id)
    repository.add_enrolments(tx, made)
    return bulk.reply()


def _enrolled(enrolment: Enrolment, person: Person) -> messages.PersonEnrolled:
    return messages.PersonEnrolled.model_validate(
        {
            "region": person.region,
            "enrolment_id": enrolment.id,
            "person_id": enrolment.person_id,
            "programme": enrolment.programme,
            "basis": enrolment.basis,
            "mode": enrolment.mode,
            "enrolled_on": enrolment.enrolled_on,
        }
    )
