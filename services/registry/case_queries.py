"""Questions about cases; each answers within the caller's regions only.

A room of its own because queries.py answers who people are, and this what they asked for.
"""

from datetime import timedelta

import sqlalchemy as sa

from chassis.transaction import Transaction
from contracts import registry as messages
from kernel.regions import RegionCode
from services.registry.case_tables import cases, handling_units
from services.registry.domain.case import OPEN


def list_cases(tx: Transaction, message: messages.ListCases) -> messages.CasePage:
    """A page of cases of the caller's regions. Raises Invalid("region.malformed")."""
    query = sa.select(cases).where(tx.scope(cases.c.region))
    if message.region is not None:
        prefix = RegionCode(message.region).prefix
        query = query.where(cases.c.region.between(prefix.ljust(12, "0"), prefix.ljust(12, "9")))
    if message.person_id is not None:
        query = query.where(cases.c.person_id == message.person_id)
    if message.unit_id is not None:
        query = query.where(cases.c.unit_id == message.unit_id)
    if message.states:
        query = query.where(cases.c.state.in_(message.states))
    if message.due_before is not None:
        query = query.where(cases.c.due_on < message.due_before)
    if message.after is not None:
        query = query.where(cases.c.id > message.after)
    rows = tx.execute(query.order_by(cases.c.id).limit(message.limit + 1)).mappings().all()
    page = [_view(row) for row in rows[: message.limit]]
    return messages.CasePage(cases=page, after=page[-1].case_id if len(rows) > message.limit else None)


def _view(row: sa.RowMapping) -> messages.CaseView:
    told = {"case_id": row["id"], **row}
    return messages.CaseView(**{name: told[name] for name in messages.CaseView.model_fields})


def show_unit_loads(tx: Transaction, message: messages.ShowUnitLoads) -> messages.UnitLoads:
    """Open, soon due and overdue cases of the caller's regions by unit."""
    late = sa.func.sum(sa.case((cases.c.due_on < message.day, 1), else_=0))
    yellow = cases.c.due_on.between(message.day, message.day + timedelta(days=message.within_days))
    soon = sa.func.sum(sa.case((yellow, 1), else_=0))
    query = (
        sa.select(
            cases.c.unit_id,
            handling_units.c.unit,
            sa.func.count().label("open"),
            soon.label("soon"),
            late.label("overdue"),
        )
        .select_from(cases.outerjoin(handling_units, handling_units.c.id == cases.c.unit_id))
        .where(tx.scope(cases.c.region), cases.c.state.in_(OPEN))
        .group_by(cases.c.unit_id, handling_units.c.unit)
        .order_by(late.desc(), soon.desc(), cases.c.unit_id.nulls_last())
    )
    return messages.UnitLoads(
        units=[messages.UnitLoad.model_validate(dict(row)) for row in tx.execute(query).mappings()]
    )
