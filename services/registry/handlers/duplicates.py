"""Looking for records that may be one person: a division's persons, some hundred at a time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis import clock
from chassis.fields import reading
from chassis.jobs import Job
from chassis.rows import rows_among
from chassis.transaction import Transaction
from contracts import registry as messages
from kernel.errors import Invalid
from services.registry.case_repository import opened
from services.registry.domain.codes import joined, split
from services.registry.domain.duplicate import Traits, looked_for, seen, signs_of
from services.registry.domain.name_words import asked_word, sounds
from services.registry.duplicate_tables import duplicates
from services.registry.names import opened_name, sound_indexes
from services.registry.paging import below
from services.registry.tables import PHONE, name_words, persons

JOB = "registry.duplicates"
PERSONS_PER_STEP = 200

Pair = tuple[str, str]
Person = sa.Row[Any]


def look_for_duplicates(tx: Transaction, message: messages.LookForDuplicates) -> messages.DuplicateSearch:
    """Start a look at a division's persons; the same division and day again changes nothing.

    Raises Forbidden("access.region"), Invalid with a code of the division or Invalid("registry.day_to_come").
    """
    with reading("region"):
        tx.within(message.region)
        below(persons.c.region, message.region)
    if message.day > clock.office_day(tx.now):
        raise Invalid("registry.day_to_come", "The day has not come; look on that day.", field="day")
    with reading("day"):
        looked_for(tx.rules.at(message.day))
    key = f"{message.region}-{message.day.isoformat()}"
    return messages.DuplicateSearch(job_id=tx.start_job(JOB, key=key, payload={}))


def duplicate_step(tx: Transaction, job: Job) -> bool:
    """Compare the next persons with all of the office whose names sound alike, and with their households."""
    region, _, day = job.key.partition("-")
    looked_on = date.fromisoformat(day)
    page = _next_people(tx, region, job.cursor)
    if not page:
        return True
    keep_alike(tx, _candidates(tx, region, page), {}, looked_on)
    job.cursor.update(region=page[-1].region, person_id=page[-1].id)
    job.done += len(page)
    return False


def keep_alike(
    tx: Transaction, candidates: Iterable[tuple[Person, Person]], traits: dict[str, Traits], day: date
) -> None:
    """Write those of the candidates that show a sign which counts on the day. traits: those known already."""
    signs = looked_for(tx.rules.at(day))
    found: dict[Pair, frozenset[str]] = {}
    for person, other in candidates:
        pair = (min(person.id, other.id), max(person.id, other.id))
        if person.id != other.id and pair not in found:
            found[pair] = signs_of(traits_of(tx, traits, person), traits_of(tx, traits, other), signs)
    _keep(tx, {pair: signs for pair, signs in found.items() if signs}, day)


def people() -> sa.Select[Any]:
    """Those who may be compared: nobody who leads to another record."""
    return sa.select(persons).where(persons.c.merged_into.is_(None))


def _next_people(tx: Transaction, region: str, cursor: dict[str, Any]) -> Sequence[Person]:
    query = people().where(below(persons.c.region, region))
    if cursor:
        key = sa.tuple_(persons.c.region, persons.c.id)
        query = query.where(key > sa.tuple_(cursor["region"], cursor["person_id"]))
    return tx.execute(query.order_by(persons.c.region, persons.c.id).limit(PERSONS_PER_STEP)).all()


def _candidates(tx: Transaction, region: str, page: Sequence[Person]) -> Iterable[tuple[Person, Person]]:
    """Each of the people beside each who may be the same: born on that day, or of this division."""
    named, born, home = defaultdict(list), set(), defaultdict(list)
    for person in page:
        for index in sound_indexes(tx, opened_name(tx, person)):
            named[index].append(person)
        born.add(person.birth_date)
        if person.household_id is not None:
            home[person.household_id].append(person)
    near = sa.or_(persons.c.birth_date.in_(born), below(persons.c.region, region))
    alike = people().add_columns(name_words.c.word).where(near)
    alike = alike.join(name_words, name_words.c.person_id == persons.c.id).where(name_words.c.word.in_(named))
    for other in tx.execute(alike):
        for person in named[other.word]:
            yield person, other
    for other in rows_among(tx, people(), persons.c.household_id, home):
        for person in home[other.household_id]:
            yield person, other


def traits_of(tx: Transaction, known: dict[str, Traits], row: Person) -> Traits:
    """What is compared of a person, read once."""
    if row.id not in known:
        name = opened_name(tx, row)
        words = sounds(name)
        known[row.id] = Traits(
            asked_word(name) if words else name,
            words,
            row.birth_date,
            row.sex,
            row.household_id,
            opened(tx, PHONE, row.id, row.phone),
        )
    return known[row.id]


def _keep(tx: Transaction, found: dict[Pair, frozenset[str]], day: date) -> None:
    """Write new pairs, and open one again that shows a sign which nobody has looked at."""
    known = {
        (row.first_id, row.second_id): row
        for row in rows_among(tx, sa.select(duplicates), duplicates.c.first_id, {first for first, _ in found})
    }
    made: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for pair, signs in found.items():
        row = known.get(pair)
        if row is None:
            own = {"id": tx.new_id(), "first_id": pair[0], "second_id": pair[1], "state": "open"}
            made.append(own | {"signs": joined(signs), "found_on": day, "recorded_at": tx.now})
        elif split(row.signs) != signs:
            state = "dismissed" if seen(signs, split(row.dismissed_signs)) else "open"
            changed.append({"pair": row.id, "signs": joined(signs), "found_on": day, "state": state})
    tx.insert(duplicates, made)
    if changed:
        tx.execute(sa.update(duplicates).where(duplicates.c.id == sa.bindparam("pair")), changed)
