"""A registry of many persons with valid certificates, copied in; importing them is another group's matter.

Names and numbers are sealed and indexed as the registry does it.
"""

import io
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date
from itertools import islice
from typing import Any

import psycopg2

from bench.office import plain
from bench.persons import ACTED_ON
from chassis.clock import new_id
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from services.registry.names import name_columns, word_rows
from services.registry.tables import CERTIFICATE_NUMBER, ID_NUMBER

CHUNK = 10_000

Item = dict[str, Any]


def copy_in(registry: Runtime, url: str, people: Iterable[Item]) -> None:
    """Copy persons in, each with the identifier of the household, or None, the category and the grade."""
    left = iter(people)
    with closing(psycopg2.connect(plain(url))) as connection, connection.cursor() as cursor:
        while chunk := list(islice(left, CHUNK)):
            with registry.transaction(registry.system()) as tx:
                tx.no_scope("a bench's own database")
                rows = _rows(tx, chunk)
            for table, told in rows.items():
                lines = "\n".join("\t".join(map(str, row.values())) for row in told)
                columns = ", ".join(told[0])
                cursor.copy_expert(f"copy {table} ({columns}) from stdin null 'None'", io.StringIO(lines))
            connection.commit()


def _rows(tx: Transaction, people: list[Item]) -> dict[str, list[Item]]:
    rows: dict[str, list[Item]] = {"persons": [], "name_words": [], "certificates": []}
    for person in people:
        for table, row in _rows_of(tx, person):
            rows[table].append(row)
    return rows


def _rows_of(tx: Transaction, person: Item) -> Iterator[tuple[str, Item]]:
    person_id, certificate_id, number = new_id(), new_id(), person["id_number"]
    certificate_number = f"{number}42"
    yield (
        "persons",
        {
            "id": person_id,
            "id_number": ID_NUMBER.seal(tx.vault, person_id, number),
            "id_number_index": ID_NUMBER.index(tx.vault, number),
            **name_columns(tx, person_id, person["name"]),
            "sex": "male",
            "birth_date": date(int(number[6:10]), int(number[10:12]), int(number[12:14])),
            "region": person["region"],
            "household_id": person["household_id"],
            "registered_on": ACTED_ON,
            "recorded_at": f"{ACTED_ON}T00:00:00Z",
        },
    )
    for row in word_rows(tx, person_id, person["name"]):
        yield "name_words", row
    yield (
        "certificates",
        {
            "id": certificate_id,
            "person_id": person_id,
            "number": CERTIFICATE_NUMBER.seal(tx.vault, certificate_id, certificate_number),
            "number_index": CERTIFICATE_NUMBER.index(tx.vault, certificate_number),
            "category": person["category"],
            "grade": person["grade"],
            "standard": "GB/T 26341-2010",
            "issued_on": ACTED_ON,
            "expires_on": "2030-03-02",
            "last_act_on": ACTED_ON,
            "status": "valid",
        },
    )
