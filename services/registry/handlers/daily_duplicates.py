"""The daily look for records that may be one person, at the whole office.

Of the signs three need one day of birth, and the other one a telephone, which counts within a division. So
persons are read by days of birth and then by divisions, whole ones, and each is compared within its own.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, combinations
from typing import Any

import sqlalchemy as sa

from chassis.jobs import Job
from chassis.transaction import Transaction
from services.registry.domain.duplicate import Traits
from services.registry.handlers.duplicates import Person, keep_alike, people, traits_of
from services.registry.tables import persons

JOB = "registry.daily_duplicates"
PERSONS_PER_STEP = 1000


@dataclass(frozen=True, slots=True)
class Walk:
    """One way through the persons. by: what is taken whole. read: its value from the cursor's text.

    alike: of a person those things of which another one of the same whole must have one, to look alike.
    """

    by: sa.Column[Any]
    read: Callable[[str], Any]
    alike: Callable[[Traits], Iterable[Hashable]]


def _by_birth(traits: Traits) -> Iterable[Hashable]:
    yield traits.name
    yield from traits.sounds
    if traits.household_id is not None:
        yield traits.household_id, traits.sex


def _by_phone(traits: Traits) -> Iterable[Hashable]:
    if traits.phone is not None:
        yield traits.name, traits.phone


_WALKS = (
    Walk(persons.c.birth_date, date.fromisoformat, _by_birth),
    Walk(persons.c.region, str, _by_phone),
)


def look_step(tx: Transaction, job: Job) -> bool:
    """Compare the persons of the next days of birth, or of the next divisions. The job's key is its day."""
    walk = _WALKS[job.cursor.get("walk", 0)]
    page = _next_people(tx, walk, job.cursor.get("after"))
    if not page:
        job.cursor = {"walk": job.cursor.get("walk", 0) + 1}
        return bool(job.cursor["walk"] == len(_WALKS))
    traits: dict[str, Traits] = {}
    groups: dict[Hashable, list[Person]] = defaultdict(list)
    for person in page:
        whole = getattr(person, walk.by.name)
        for thing in walk.alike(traits_of(tx, traits, person)):
            groups[whole, thing].append(person)
    candidates = chain.from_iterable(combinations(group, 2) for group in groups.values())
    keep_alike(tx, candidates, traits, date.fromisoformat(job.key))
    job.cursor["after"] = str(getattr(page[-1], walk.by.name))
    job.done += len(page)
    return False


def _next_people(tx: Transaction, walk: Walk, after: str | None) -> Sequence[Person]:
    """Some persons, and all others of the whole that the last of them belongs to."""
    rest = people()
    if after is not None:
        rest = rest.where(walk.by > walk.read(after))
    nth = rest.with_only_columns(walk.by).order_by(walk.by).offset(PERSONS_PER_STEP - 1).limit(1)
    last = tx.execute(nth).scalar_one_or_none()
    if last is not None:
        rest = rest.where(walk.by <= last)
    return tx.execute(rest.order_by(walk.by, persons.c.id)).all()
