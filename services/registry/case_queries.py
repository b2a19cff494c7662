"""Questions about cases; each answers within the caller's regions only.

A room of its own because queries.py answers who people are, and this what they asked for.
"""

from datetime import date, timedelta

import sqlalchemy as sa

from chassis.transaction import Transaction
from contracts import registry as messages
from services.registry.case_tables import cases, handling_units
from services.registry.dispute_tables import disputes
from services.registry.domain import risk
from services.registry.domain.case import OPEN
from services.registry.legal_aid_tables import legal_aid
from services.registry.paging import below, page_of, view_of
from services.registry.proposal_tables import proposals
from services.registry.risk_tables import risks


def list_cases(tx: Transaction, message: messages.ListCases) -> messages.CasePage:
    """A page of cases of the caller's regions. Raises Invalid("region.malformed")."""
    query = sa.select(cases).where(tx.scope(cases.c.region))
    if message.region is not None:
        query = query.where(below(cases.c.region, message.region))
    if message.person_id is not None:
        query = query.where(cases.c.person_id == message.person_id)
    if message.unit_id is not None:
        query = query.where(cases.c.unit_id == message.unit_id)
    if message.states:
        query = query.where(cases.c.state.in_(message.states))
    if message.due_before is not None:
        query = query.where(cases.c.due_on < message.due_before)
    page, after = page_of(tx, query, cases, message.after, message.limit)
    return messages.CasePage(cases=[view_of(messages.CaseView, "case_id", row) for row in page], after=after)


def list_disputes(tx: Transaction, message: messages.ListDisputes) -> messages.DisputePage:
    """A page of disputes of the caller's regions."""
    query = sa.select(disputes).where(tx.scope(disputes.c.region))
    if message.person_id is not None:
        query = query.where(disputes.c.person_id == message.person_id)
    if message.states:
        query = query.where(disputes.c.state.in_(message.states))
    page, after = page_of(tx, query, disputes, message.after, message.limit)
    shown = [view_of(messages.DisputeView, "dispute_id", row) for row in page]
    return messages.DisputePage(disputes=shown, after=after)


def list_legal_aid(tx: Transaction, message: messages.ListLegalAid) -> messages.LegalAidPage:
    """A page of legal aid matters of the caller's regions."""
    query = sa.select(legal_aid).where(tx.scope(legal_aid.c.region))
    if message.person_id is not None:
        query = query.where(legal_aid.c.person_id == message.person_id)
    if message.states:
        query = query.where(legal_aid.c.state.in_(message.states))
    if message.due_before is not None:
        late = legal_aid.c.decision_due_on < message.due_before
        query = query.where(late, legal_aid.c.state == "requested")
    page, after = page_of(tx, query, legal_aid, message.after, message.limit)
    shown = [view_of(messages.LegalAidView, "matter_id", row) for row in page]
    return messages.LegalAidPage(matters=shown, after=after)


def list_proposals(tx: Transaction, message: messages.ListProposals) -> messages.ProposalPage:
    """A page of proposals of the caller's regions."""
    query = sa.select(proposals).where(tx.scope(proposals.c.region))
    if message.states:
        query = query.where(proposals.c.state.in_(message.states))
    if message.due_before is not None:
        late = proposals.c.reply_due_on < message.due_before
        query = query.where(late, proposals.c.state != "replied")
    page, after = page_of(tx, query, proposals, message.after, message.limit)
    shown = [view_of(messages.ProposalView, "proposal_id", row) for row in page]
    return messages.ProposalPage(proposals=shown, after=after)


def list_risks(tx: Transaction, message: messages.ListRisks) -> messages.RiskPage:
    """A page of hidden risks of the caller's regions. Raises Invalid("region.malformed")."""
    query = sa.select(risks).where(tx.scope(risks.c.region))
    if message.region is not None:
        query = query.where(below(risks.c.region, message.region))
    if message.states:
        query = query.where(risks.c.state.in_(message.states))
    if message.due_before is not None:
        query = query.where(risks.c.due_on < message.due_before, risks.c.state.in_(risk.OPEN))
    page, after = page_of(tx, query, risks, message.after, message.limit)
    return messages.RiskPage(risks=[view_of(messages.RiskView, "risk_id", row) for row in page], after=after)


def show_unit_loads(tx: Transaction, message: messages.ShowUnitLoads) -> messages.UnitLoads:
    """Open, soon due and overdue cases of the caller's regions by unit."""
    late = sa.func.sum(sa.case((cases.c.due_on < message.day, 1), else_=0))
    # No light is yellow beyond the calendar's last day.
    days = min(message.within_days, (date.max - message.day).days)
    yellow = cases.c.due_on.between(message.day, message.day + timedelta(days=days))
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
