from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, create_engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from chassis import audit
from chassis.database import Database

TABLE = audit.audit_table(MetaData())
AT = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
CHANGES = {
    "at": AT + timedelta(microseconds=1),
    "actor": "somebody else",
    "purpose": "another",
    "subject_id": "f" * 32,
    "fields": "phone",
    "trace_id": None,
    "previous_hash": "e" * 64,
    "hash": "d" * 64,
}


@pytest.fixture
def connection():
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        TABLE.create(connection)
        yield connection
    engine.dispose()


def append(connection: Connection, number: int, **changes: Any) -> None:
    read: dict[str, Any] = {
        "at": AT + timedelta(seconds=number),
        "actor": "clerk-7",
        "purpose": "visit at home",
        "subject_ids": [f"{number:032x}"],
        "fields": ["phone", "address"],
        "trace_id": "a" * 32,
    }
    audit.append(connection, TABLE, **(read | changes))


@pytest.fixture
def chain(connection):
    for number in range(1, 6):
        append(connection, number)
    return connection


def test_an_untouched_chain_has_no_problem(connection):
    assert audit.verify(connection, TABLE) == []
    append(connection, 1)
    append(connection, 2, trace_id=None, purpose="上门核实")
    assert audit.verify(connection, TABLE) == []


def test_a_row_says_who_read_what_of_whom_and_why(chain):
    row = chain.execute(select(TABLE).where(TABLE.c.seq == 2)).one()
    assert (row.actor, row.purpose, row.subject_id) == ("clerk-7", "visit at home", f"{2:032x}")
    assert row.fields == "phone,address"


def test_a_read_of_many_is_a_row_for_each_in_one_chain(chain):
    append(chain, 6, subject_ids=[f"{number:032x}" for number in (6, 7, 8)])
    append(chain, 9, subject_ids=[])
    append(chain, 10)
    rows = chain.execute(select(TABLE).where(TABLE.c.seq > 5).order_by(TABLE.c.seq)).all()
    assert [int(row.subject_id, 16) for row in rows] == [6, 7, 8, 10]
    assert audit.verify(chain, TABLE) == []


@pytest.mark.parametrize("column", CHANGES)
@pytest.mark.parametrize("seq", [1, 3, 5])
def test_an_edited_row_is_found(chain, column, seq):
    chain.execute(update(TABLE).where(TABLE.c.seq == seq).values({column: CHANGES[column]}))
    assert audit.verify(chain, TABLE) == [
        f"access_audit is broken at seq {seq}: the row was changed after it was written"
    ]


@pytest.mark.parametrize("seq", [1, 3])
def test_a_deleted_row_is_found(chain, seq):
    chain.execute(delete(TABLE).where(TABLE.c.seq == seq))
    assert audit.verify(chain, TABLE) == [f"access_audit is broken at seq {seq}: the row is missing"]


def test_a_deleted_row_whose_gap_was_closed_is_found(chain):
    chain.execute(delete(TABLE).where(TABLE.c.seq == 3))
    chain.execute(update(TABLE).where(TABLE.c.seq > 3).values(seq=TABLE.c.seq - 1))
    assert "broken at seq 3" in audit.verify(chain, TABLE)[0]


def test_two_rows_that_changed_places_are_found(chain):
    for old, new in ((2, 9), (3, 2), (9, 3)):
        chain.execute(update(TABLE).where(TABLE.c.seq == old).values(seq=new))
    assert "broken at seq 2" in audit.verify(chain, TABLE)[0]


def test_an_edited_row_with_a_new_hash_breaks_the_next_one(chain):
    row = dict(chain.execute(select(TABLE).where(TABLE.c.seq == 3)).mappings().one()) | {"actor": "another"}
    chain.execute(update(TABLE).where(TABLE.c.seq == 3).values(actor="another", hash=audit._hash(row)))
    assert "broken at seq 4" in audit.verify(chain, TABLE)[0]


def test_an_end_that_was_cut_off_is_found_by_the_published_head(chain):
    published = audit.head(chain, TABLE)
    assert published.seq == 5
    assert audit.verify(chain, TABLE, published) == []
    chain.execute(delete(TABLE).where(TABLE.c.seq == 5))
    assert audit.verify(chain, TABLE) == []
    assert "broken at seq 5" in audit.verify(chain, TABLE, published)[0]


def test_a_chain_written_anew_is_found_by_the_published_head(chain):
    published = audit.head(chain, TABLE)
    chain.execute(delete(TABLE))
    for number in range(1, 8):
        append(chain, number, actor="nobody")
    assert audit.verify(chain, TABLE) == []
    assert "not the published one" in audit.verify(chain, TABLE, published)[0]


def test_an_earlier_published_head_still_holds(chain):
    published = audit.head(chain, TABLE)
    append(chain, 6)
    assert audit.verify(chain, TABLE, published) == []


def test_an_empty_chain_has_a_head_of_its_own(connection):
    assert audit.head(connection, TABLE) == (0, "0" * 64)


def test_the_chain_cannot_fork(chain):
    row = dict(chain.execute(select(TABLE).where(TABLE.c.seq == 5)).mappings().one())
    with pytest.raises(IntegrityError):
        chain.execute(insert(TABLE).values(row | {"seq": 6}))


def test_the_instant_counts_not_its_zone(connection):
    append(connection, 1, at=AT.astimezone(timezone(timedelta(hours=8))))
    assert audit.verify(connection, TABLE) == []


def test_a_naive_instant_is_refused(connection):
    with pytest.raises(ValueError, match="aware"):
        append(connection, 1, at=AT.replace(tzinfo=None))


def test_writers_at_the_same_time_make_one_chain(database_url):
    database = Database(database_url)

    def write(writer):
        for number in range(10):
            with database.write() as connection:
                append(connection, number, actor=f"clerk-{writer}")
                append(connection, number, actor=f"clerk-{writer}")

    with database.write() as connection:
        TABLE.create(connection)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    with database.read() as connection:
        assert audit.head(connection, TABLE).seq == 160
        assert audit.verify(connection, TABLE) == []
    database.close()
