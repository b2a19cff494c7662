"""Requests to merge and whom records lead to, read before they are decided.

A room of its own because requests, decisions and lists share it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from chassis.rows import rows_among
from chassis.transaction import Transaction
from services.registry.application_tables import applications
from services.registry.domain.application_state import OPEN as UNDECIDED
from services.registry.domain.merge import Family, Holding, Merge
from services.registry.domain.pair import OPEN as HELPED
from services.registry.domain.survey_task import OPEN as TO_COME
from services.registry.duplicate_tables import merges
from services.registry.help_tables import pairs
from services.registry.survey_tables import survey_rounds, survey_tasks
from services.registry.tables import certificates, persons

GONE = ("cancelled", "moved")
"""States of a certificate that the person no longer holds here."""

STANDS = sa.and_(merges.c.state == "approved", merges.c.undoes_id.is_(None), merges.c.undone_at.is_(None))
"""The condition that a row of merges leads a person to another one."""


@dataclass(slots=True)
class Record:
    """A person as far as a merge needs to know. merged_into: who stands for the person, None: itself."""

    id: str
    region: str
    merged_into: str | None


_RECORD = [persons.c[name] for name in Record.__dataclass_fields__]


def merge_of(row: Mapping[Any, Any]) -> Merge:
    """A request from its row."""
    return Merge(
        row["person_id"],
        row["kept_id"],
        row["undoes_id"],
        row["requested_on"],
        row["requested_by"],
        row["state"],
        row["undone_at"] is not None,
    )


def lock_records(tx: Transaction, person_ids: Collection[str]) -> dict[str, Record]:
    """These persons of any region and all who are merged with them, locked until the transaction ends.

    Three statements, for who is merged with them is certain only when they are locked.
    """
    asked = _locked(tx, persons.c.id, person_ids)
    heads = {each.merged_into or each.id for each in asked}
    found = [*asked, *_locked(tx, persons.c.id, heads), *_locked(tx, persons.c.merged_into, heads)]
    return {each.id: each for each in found}


def _locked(tx: Transaction, column: sa.Column[Any], keys: Collection[str]) -> list[Record]:
    # In the order of their keys, or two commands could wait for each other.
    query = sa.select(*_RECORD).order_by(persons.c.id).with_for_update()
    return [Record(*tuple(row)) for row in rows_among(tx, query, column, keys)]


def family_of(tx: Transaction, person_ids: Collection[str]) -> Family:
    """The steps that lead from these persons; they are to be all who are merged with each other."""
    rows = rows_among(tx, sa.select(merges).where(STANDS), merges.c.person_id, person_ids)
    return Family({row.person_id: row.kept_id for row in rows})


def holdings_of(tx: Transaction, person_ids: Collection[str]) -> dict[str, set[Holding]]:
    """What each of these persons has that a merge must not double or lose."""
    to_come = survey_tasks.join(survey_rounds, survey_rounds.c.id == survey_tasks.c.round_id)
    sought: dict[Holding, tuple[sa.FromClause, sa.Column[Any], sa.ColumnElement[bool]]] = {
        "certificate": (certificates, certificates.c.person_id, certificates.c.status.not_in(GONE)),
        "application": (applications, applications.c.person_id, applications.c.state.in_(UNDECIDED)),
        "pair": (pairs, pairs.c.person_id, pairs.c.state.in_(HELPED)),
        "visit": (
            to_come,
            survey_tasks.c.person_id,
            sa.and_(survey_tasks.c.state.in_(TO_COME), survey_rounds.c.state != "closed"),
        ),
    }
    found: dict[str, set[Holding]] = {person_id: set() for person_id in person_ids}
    for holding, (source, person_id, condition) in sought.items():
        query = sa.select(person_id.label("person_id")).select_from(source).where(condition)
        for row in rows_among(tx, query, person_id, person_ids):
            found[row.person_id].add(holding)
    return found
