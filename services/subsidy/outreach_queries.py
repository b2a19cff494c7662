"""Questions about outreach; each answers within the caller's regions only.

A room of its own because queries.py answers about money, and this about people to ask.
"""

import json
from typing import Any

import sqlalchemy as sa

from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.regions import RegionCode
from services.subsidy.outreach_tables import leads, outreach_runs


def list_outreach_runs(tx: Transaction, message: messages.ListOutreachRuns) -> messages.OutreachRunPage:
    """A page of runs of the caller's regions."""
    query = sa.select(outreach_runs).where(tx.scope(outreach_runs.c.region))
    page, after = page_of(tx, query, outreach_runs.c.run_id, message.after, message.limit)
    names = messages.OutreachRunView.model_fields
    runs = [messages.OutreachRunView(**{name: row[name] for name in names}) for row in page]
    return messages.OutreachRunPage(runs=runs, after=after)


def list_leads(tx: Transaction, message: messages.ListLeads) -> messages.LeadPage:
    """A page of leads of the caller's regions."""
    query = sa.select(leads).where(tx.scope(leads.c.region))
    if message.run_id is not None:
        query = query.where(leads.c.run_id == message.run_id)
    if message.person_id is not None:
        query = query.where(leads.c.person_id == message.person_id)
    if message.region is not None:
        prefix = RegionCode(message.region).prefix
        query = query.where(leads.c.region.between(prefix.ljust(12, "0"), prefix.ljust(12, "9")))
    if message.causes:
        query = query.where(leads.c.cause.in_(message.causes))
    if message.states:
        query = query.where(leads.c.state.in_(message.states))
    page, after = page_of(tx, query, leads.c.lead_id, message.after, message.limit)
    return messages.LeadPage(leads=[_view(row) for row in page], after=after)


def _view(row: sa.RowMapping) -> messages.LeadView:
    shown = {name: row[name] for name in messages.LeadView.model_fields}
    shown["rules"] = [step["rule"] for step in json.loads(row["rules"])]
    shown["to_check"] = json.loads(row["to_check"])
    return messages.LeadView(**shown)


def page_of(
    tx: Transaction, query: sa.Select[Any], key: sa.Column[str], after: str | None, limit: int
) -> tuple[list[sa.RowMapping], str | None]:
    """The rows of a page in the order of their identifiers, and where the next one begins."""
    if after is not None:
        query = query.where(key > after)
    rows = list(tx.execute(query.order_by(key).limit(limit + 1)).mappings())
    return rows[:limit], rows[limit - 1][key.name] if len(rows) > limit else None


def show_lead_counts(tx: Transaction, message: messages.ShowLeadCounts) -> messages.LeadCounts:
    """Leads of a run by township or street, and state."""
    township = sa.func.substr(leads.c.region, 1, 9).concat("000").label("region")
    query = (
        sa.select(township, leads.c.state, sa.func.count().label("leads"))
        .where(leads.c.run_id == message.run_id, tx.scope(leads.c.region))
        .group_by(township, leads.c.state)
        .order_by(township, leads.c.state)
    )
    return messages.LeadCounts(
        counts=[messages.LeadCount.model_validate(dict(row)) for row in tx.execute(query).mappings()]
    )
