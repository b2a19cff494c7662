"""Applications and their steps in the database: what handlers read before they decide.

A room of its own because repository.py reads who people are and what they hold, and this what they apply for.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any, Self

import sqlalchemy as sa

from chassis.rows import rows_among
from chassis.transaction import Transaction
from services.registry.actors import acting_of
from services.registry.application_tables import application_acts, application_overdue, applications
from services.registry.domain.acting import Acting
from services.registry.domain.application_result import Wish
from services.registry.domain.application_state import OPEN, UNDER_WAY, Act, Application, Clock
from services.registry.repository import Known
from services.registry.tables import persons

_AT_WINDOW = frozenset({"applied", "rejected", "issued"})
_IMMUTABLE = frozenset({"kind", "channel"})


def _name(clock: Clock) -> sa.ColumnElement[str]:
    return sa.literal_column(f"'{clock}'")


RUNNING: sa.ColumnElement[str] = sa.case(
    (applications.c.state == "applied", _name("acceptance")),
    (applications.c.state.in_(UNDER_WAY), _name("decision")),
    else_=_name("telling"),
)
"""The clock of an application that has a last day, as Application.clock tells it."""


@dataclass(frozen=True, slots=True)
class Request:
    """What an application's reference stands for."""

    person_id: str
    mode: str
    applied_on: date
    wish: Wish
    acting: Acting

    @classmethod
    def of(cls, row: Any) -> Self:
        """From a row of the table, or a record that has the same fields."""
        wish = Wish(**{each.name: getattr(row, each.name) for each in fields(Wish)})
        return cls(row.person_id, row.mode, row.applied_on, wish, acting_of(row))


@dataclass(frozen=True, slots=True)
class Filed:
    """An application as its next step sees it. region: the applicant's home. steps: how many it took."""

    id: str
    request: Request
    region: str
    steps: int
    application: Application

    @property
    def window(self) -> str:
        """Where the applicant came to: the home, or another division of the office."""
        return self.request.wish.window or self.region

    @property
    def desk(self) -> str:
        """The division whose turn it is."""
        return self.window if self.application.state in _AT_WINDOW else self.region

    def after(self, application: Application) -> "Filed":
        """One step later."""
        return replace(self, steps=self.steps + 1, application=application)

    def columns(self) -> dict[str, Any]:
        """The columns that a step may change."""
        state = {name: value for name, value in asdict(self.application).items() if name not in _IMMUTABLE}
        return {**state, "desk": self.desk, "steps": self.steps}


def requests_by_ref(tx: Transaction, refs: Collection[str]) -> dict[str, Known[Request]]:
    """Applications of any region by the office's reference, as they were made."""
    rows = rows_among(tx, sa.select(applications), applications.c.ref, refs)
    return {row.ref: Known(row.id, Request.of(row)) for row in rows}


def lock_applications(tx: Transaction, refs: Collection[str]) -> dict[str, Filed]:
    """Applications of any region by reference, locked until the transaction ends, so that steps queue up."""
    # In the order of their keys, or two commands could wait for each other.
    query = sa.select(applications).order_by(applications.c.id).with_for_update()
    return {row.ref: filed(row) for row in rows_among(tx, query, applications.c.ref, refs)}


def filed(row: sa.Row[Any]) -> Filed:
    """An application from its row."""
    state = Application(**{each.name: getattr(row, each.name) for each in fields(Application)})
    return Filed(row.id, Request.of(row), row.region, row.steps, state)


def steps_by_ref(tx: Transaction, refs: Collection[str]) -> dict[str, Known[tuple[str, Act]]]:
    """Recorded steps of any region by the office's reference: the application, and the step."""
    columns = [application_acts.c[each.name] for each in fields(Act)]
    query = sa.select(
        application_acts.c.ref, application_acts.c.id, application_acts.c.application_id, *columns
    )
    return {
        row.ref: Known(row.id, (row.application_id, Act(*tuple(row)[3:])))
        for row in rows_among(tx, query, application_acts.c.ref, refs)
    }


def open_applications(tx: Transaction, person_ids: Collection[str]) -> set[tuple[str, str]]:
    """What these persons have applied for and is not decided yet: person and kind."""
    query = sa.select(applications.c.person_id, applications.c.kind).where(applications.c.state.in_(OPEN))
    found = rows_among(tx, query, applications.c.person_id, person_ids)
    return {(row.person_id, row.kind) for row in found}


def birth_dates(tx: Transaction, person_ids: Collection[str]) -> dict[str, date]:
    """When these persons were born."""
    query = sa.select(persons.c.id, persons.c.birth_date)
    return {row.id: row.birth_date for row in rows_among(tx, query, persons.c.id, person_ids)}


def told_overdue(tx: Transaction, application_ids: Collection[str]) -> set[tuple[str, str, date]]:
    """The clocks of these applications that were told to have run out: application, clock, last day."""
    query = sa.select(application_overdue)
    rows = rows_among(tx, query, application_overdue.c.application_id, application_ids)
    return {(row.application_id, row.clock, row.due_on) for row in rows}
