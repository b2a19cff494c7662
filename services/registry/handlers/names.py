"""The daily job that seals names of old databases, and finds the words of names anew."""

import sqlalchemy as sa

from chassis.jobs import Job
from chassis.transaction import Transaction
from services.registry.names import add_words, name_columns, opened_name, word_rows, words_edition
from services.registry.tables import persons

JOB = "registry.names"
PERSONS_PER_STEP = 500


def name_step(tx: Transaction, job: Job) -> bool:
    """Seal the next names whose words are not of the present edition and key, and add their words.

    Words of an earlier edition stay: they lead to the same person.
    """
    behind = persons.c.name_words.is_distinct_from(words_edition(tx))
    query = (
        sa.select(persons.c.id, persons.c.name, persons.c.name_words)
        .where(behind, persons.c.id > job.cursor.get("person_id", ""))
        .order_by(persons.c.id)
        .limit(PERSONS_PER_STEP)
        .with_for_update()
    )
    rows = tx.execute(query).all()
    if not rows:
        return True
    plain = {row.id: opened_name(tx, row) for row in rows}
    changed = [
        {"person": person_id, **name_columns(tx, person_id, name)} for person_id, name in plain.items()
    ]
    tx.execute(sa.update(persons).where(persons.c.id == sa.bindparam("person")), changed)
    words = [row for person_id, name in plain.items() for row in word_rows(tx, person_id, name)]
    add_words(tx, words)
    job.cursor["person_id"] = rows[-1].id
    job.done += len(rows)
    return False
