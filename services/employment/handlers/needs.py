"""Registering who needs training."""

from chassis.bulk import Bulk
from chassis.transaction import Transaction
from contracts import employment as messages
from contracts.message import BulkReply
from kernel.errors import Conflict
from services.employment import repository
from services.employment.domain.people import Person
from services.employment.domain.training import Need, check_same
from services.employment.handlers.lookup import employment_age, known_person


def register_training_needs(tx: Transaction, message: messages.RegisterTrainingNeeds) -> BulkReply:
    """Each reference once, and each person once a year for a type of training."""
    bulk = Bulk(message)
    items: list[messages.TrainingNeedItem] = list(bulk.items())
    people = repository.heads(tx, {item.person_id for item in items})
    persons = repository.persons(tx, set(people.values()))
    years = {item.registered_on.year for item in items}
    known = repository.needs(tx, {item.ref for item in items}, people, years)
    by_ref = {need.ref: need for need in known}
    asked = {need.key for need in known}
    age_on = employment_age(tx.rules)
    made: list[Need] = []
    for entry in bulk:
        with entry.deciding():
            person = known_person(persons, people[entry.item.person_id])
            need = Need(tx.new_id(), **entry.item.model_dump() | {"person_id": person.id})
            if same := by_ref.get(need.ref):
                check_same(same, need, "employment.ref_taken", "ref")
                entry.unchanged(same.id)
                continue
            if need.key in asked:
                raise Conflict(
                    "employment.need_known",
                    "The person's need for this type of training is registered for this year under another "
                    "reference.",
                    field="person_id",
                )
            need.check(person, age_on(need.registered_on))
            by_ref[need.ref] = need
            asked.add(need.key)
            made.append(need)
            tx.record(_registered(need, person))
            entry.created(need.id)
    repository.add_needs(tx, made)
    return bulk.reply()


def _registered(need: Need, person: Person) -> messages.TrainingNeedRegistered:
    return messages.TrainingNeedRegistered.model_validate(
        {
            "region": person.region,
            "need_id": need.id,
            "person_id": need.person_id,
            "type": need.type,
            "registered_on": need.registered_on,
        }
    )
