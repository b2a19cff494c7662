"""Recording services that were given to enrolled persons."""

from collections import Counter

from chassis.bulk import Bulk
from chassis.transaction import Transaction
from contracts import rehab as messages
from contracts.message import BulkReply
from kernel.errors import NotFound, Refusal
from services.rehab import repository
from services.rehab.domain.people import Person
from services.rehab.domain.programme import Programme
from services.rehab.domain.records import Enrolment, Service, check_same
from services.rehab.handlers.lookup import dated, known_person

Places = dict[tuple[str, str, int], Enrolment]


def record_services(tx: Transaction, message: messages.RecordServices) -> BulkReply:
    """Each reference once, each item as often in a year as the programme allows."""
    bulk = Bulk(message)
    items: list[messages.ServiceItem] = list(bulk.items())
    people = repository.heads(tx, {item.person_id for item in items})
    persons = repository.persons(tx, set(people.values()))
    mine = {each: head for each, head in people.items() if head in persons}
    enrolments = repository.locked_enrolments(tx, mine, {item.completed_on.year for item in items})
    # A person who was registered and enrolled twice has one place, from the first day on.
    enrolments.sort(key=lambda enrolment: enrolment.enrolled_on, reverse=True)
    places: Places = {enrolment.key: enrolment for enrolment in enrolments}
    place_of = {enrolment.id: enrolment.key for enrolment in enrolments}
    wanted = {(people[item.person_id], item.programme, item.completed_on.year) for item in items}
    known = repository.services(
        tx, {item.ref for item in items}, [each for each, place in place_of.items() if place in wanted]
    )
    by_ref = {service.ref: service for service in known}
    given = Counter((place_of.get(service.enrolment_id), service.item) for service in known)
    programme_on = dated(tx.rules, Programme.on)
    made: list[Service] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.ServiceItem = entry.item
            person = known_person(persons, people[item.person_id])
            enrolment = _place(places, person, item)
            service = Service(tx.new_id(), item.ref, enrolment.id, item.item, item.free, item.completed_on)
            if same := by_ref.get(service.ref):
                check_same(same, service)
                entry.unchanged(same.id)
                continue
            counted = enrolment.key, item.item
            programme_on(item.completed_on, item.programme).check_item(item.item, given[counted])
            by_ref[service.ref] = service
            given[counted] += 1
            made.append(service)
            tx.record(_completed(service, enrolment, person))
            entry.created(service.id)
    repository.add_services(tx, made)
    return bulk.reply()


def _place(places: Places, person: Person, item: messages.ServiceItem) -> Enrolment:
    enrolment = places.get((person.id, item.programme, item.completed_on.year))
    if enrolment is None:
        raise NotFound(
            "rehab.not_enrolled",
            "The person is not enrolled in this programme for the year of the service; enrol first.",
            field="programme",
        )
    if item.completed_on < enrolment.enrolled_on:
        raise Refusal(
            "rehab.before_enrolment",
            "The service was completed before the person was enrolled; check both dates.",
            field="completed_on",
        )
    return enrolment


def _completed(service: Service, enrolment: Enrolment, person: Person) -> messages.ServiceCompleted:
    return messages.ServiceCompleted.model_validate(
        {
            "region": person.region,
            "service_id": service.id,
            "enrolment_id": enrolment.id,
            "person_id": enrolment.person_id,
            "programme": enrolment.programme,
            "item": service.item,
            "basis": enrolment.basis,
            "free": service.free,
            "completed_on": service.completed_on,
        }
    )
