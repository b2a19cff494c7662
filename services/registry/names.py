"""Names at rest: sealed, and found through blind indexes of their words.

A room of its own because registering, searching and the daily job that seals old names share it.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from chassis.transaction import Transaction
from services.registry.domain.name_words import EDITION, asked_word, name_words, sounds
from services.registry.tables import NAME, NAME_WORD
from services.registry.tables import name_words as words_table

_BITS = 64


def words_edition(tx: Transaction) -> str:
    """How the words of a name are made now: by which edition of the rule and which index key."""
    return f"{EDITION}.{tx.vault.index_ids[0]}"


def name_columns(tx: Transaction, person_id: str, name: str) -> dict[str, str]:
    """The columns of a person that hold the name."""
    return {"name": NAME.seal(tx.vault, person_id, name), "name_words": words_edition(tx)}


def opened_name(tx: Transaction, row: Any) -> str:
    """The plain name of a row with id, name and name_words; without words it was never sealed."""
    return str(row.name) if row.name_words is None else NAME.open(tx.vault, row.id, row.name)


def word_rows(tx: Transaction, person_id: str, name: str) -> list[dict[str, Any]]:
    """The rows by which the person is found."""
    indexes = {_short(NAME_WORD.index(tx.vault, word)) for word in name_words(name)}
    return [{"word": index, "person_id": person_id} for index in sorted(indexes)]


def add_words(tx: Transaction, rows: list[dict[str, Any]]) -> None:
    """Write words to persons who may have some of them already."""
    if rows:
        insert = sqlite.insert if tx.connection.dialect.name == "sqlite" else postgresql.insert
        tx.execute(insert(words_table).on_conflict_do_nothing(), rows)


def found_by(tx: Transaction, asked: str) -> sa.Select[tuple[str]]:
    """The identifiers of the persons of any region with such a name, under every index key.

    Raises Invalid("registry.name_without_letters").
    """
    indexes = [_short(index) for index in NAME_WORD.indexes(tx.vault, asked_word(asked))]
    return sa.select(words_table.c.person_id).where(words_table.c.word.in_(indexes))


def sound_indexes(tx: Transaction, name: str) -> set[int]:
    """Where those stand whose names may sound like this one, under every index key."""
    return {_short(index) for word in sounds(name) for index in NAME_WORD.indexes(tx.vault, word)}


def _short(index: str) -> int:
    """The first 64 bits of a blind index as a signed number: with ten million words, two of them meet in one
    of 300 000 registries.
    """
    return int(index.rpartition(".")[2][: _BITS // 4], 16) - (1 << (_BITS - 1))
