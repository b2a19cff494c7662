"""Questions about applications for certificates; each answers within the caller's regions only.

A room of its own because queries.py answers who people are, and this what they apply for.
"""

import sqlalchemy as sa

from chassis.transaction import Transaction
from contracts import registry as messages
from kernel.regions import RegionCode
from kernel.workdays import Workdays
from services.registry.application_repository import RUNNING
from services.registry.application_tables import applications
from services.registry.domain.span import Span


def list_applications(tx: Transaction, message: messages.ListApplications) -> messages.ApplicationPage:
    """A page of applications whose home or window lies in the caller's regions.

    Raises Invalid("region.malformed").
    """
    query = sa.select(applications).where(_mine(tx))
    if message.person_id is not None:
        query = query.where(applications.c.person_id == message.person_id)
    for column, wanted in (
        (applications.c.kind, message.kinds),
        (applications.c.channel, message.channels),
        (applications.c.state, message.states),
    ):
        if wanted:
            query = query.where(column.in_(wanted))
    if message.desk is not None:
        prefix = RegionCode.parse(message.desk).prefix
        query = query.where(applications.c.desk.between(prefix.ljust(12, "0"), prefix.ljust(12, "9")))
    if message.due_before is not None:
        query = query.where(applications.c.due_on < message.due_before)
    if message.after is not None:
        query = query.where(applications.c.id > message.after)
    rows = tx.execute(query.order_by(applications.c.id).limit(message.limit + 1)).mappings().all()
    page = [{"application_id": row["id"], **row} for row in rows[: message.limit]]
    names = messages.ApplicationView.model_fields
    return messages.ApplicationPage(
        applications=[messages.ApplicationView(**{name: row[name] for name in names}) for row in page],
        after=page[-1]["id"] if len(rows) > message.limit else None,
    )


def show_application_lights(
    tx: Transaction, message: messages.ShowApplicationLights
) -> messages.ApplicationLights:
    """Running, soon due and overdue clocks of the caller's regions by desk.

    Raises NotFound("workdays.unknown_year").
    """
    near = Span.of(tx.rules.at(message.day)["application.yellow"])
    until = near.last_day(message.day, Workdays.of(tx.rules))
    due = applications.c.due_on
    clock = RUNNING.label("clock")
    red = sa.func.sum(sa.case((due < message.day, 1), else_=0)).label("red")
    yellow = sa.func.sum(sa.case((due.between(message.day, until), 1), else_=0)).label("yellow")
    query = (
        sa.select(applications.c.desk, clock, sa.func.count().label("running"), yellow, red)
        .where(_mine(tx), due.is_not(None))
        .group_by(applications.c.desk, clock)
        .order_by(red.desc(), yellow.desc(), applications.c.desk, clock)
    )
    return messages.ApplicationLights(
        lights=[messages.ApplicationLight.model_validate(dict(row)) for row in tx.execute(query).mappings()]
    )


def _mine(tx: Transaction) -> sa.ColumnElement[bool]:
    return sa.or_(tx.scope(applications.c.region), tx.scope(applications.c.window))
