"""Questions about matching; each answers within the caller's regions only.

A room of its own because queries.py answers who people are, and this what others say of them.
"""

from typing import Any

import sqlalchemy as sa

from chassis.transaction import Transaction
from contracts.registry import inquiries as messages
from services.registry.domain.codes import split
from services.registry.domain.match_finding import OPEN
from services.registry.match_tables import (
    department_lists,
    department_rows,
    match_counts,
    match_findings,
    match_runs,
)
from services.registry.paging import below, page_of, view_of


def list_department_lists(
    tx: Transaction, message: messages.ListDepartmentLists
) -> messages.DepartmentListPage:
    """A page of lists of the caller's regions."""
    rows = (
        sa.select(sa.func.count())
        .where(department_rows.c.list_id == department_lists.c.id)
        .scalar_subquery()
        .label("rows")
    )
    closed = department_lists.c.closed_at.is_not(None).label("closed")
    query = sa.select(department_lists, rows, closed).where(tx.scope(department_lists.c.region))
    if message.kind is not None:
        query = query.where(department_lists.c.kind == message.kind)
    page, after = page_of(tx, query, department_lists, message.after, message.limit)
    shown = [view_of(messages.DepartmentListView, "list_id", row) for row in page]
    return messages.DepartmentListPage(lists=shown, after=after)


def list_match_runs(tx: Transaction, message: messages.ListMatchRuns) -> messages.MatchRunPage:
    """A page of runs of the caller's regions."""
    query = sa.select(match_runs).where(tx.scope(match_runs.c.region))
    page, after = page_of(tx, query, match_runs, message.after, message.limit)
    runs = [
        messages.MatchRunView(
            run_id=row["id"],
            checks=sorted(split(row["checks"])),
            list_ids=sorted(split(row["list_ids"])),
            **{name: row[name] for name in _RUN},
        )
        for row in page
    ]
    return messages.MatchRunPage(runs=runs, after=after)


_RUN = ("ref", "region", "matched_on", "round_id", "state", "persons", "findings")


def list_match_findings(tx: Transaction, message: messages.ListMatchFindings) -> messages.MatchFindingPage:
    """A page of findings of the caller's regions."""
    query = (
        sa.select(match_findings, department_rows.c.day, department_rows.c.to_region)
        .outerjoin(department_rows, department_rows.c.id == match_findings.c.row_id)
        .where(tx.scope(match_findings.c.region))
    )
    if message.region is not None:
        query = query.where(below(match_findings.c.region, message.region))
    for name in ("run_id", "person_id", "check", "officer"):
        wanted = getattr(message, name)
        if wanted is not None:
            query = query.where(match_findings.c[name] == wanted)
    if message.states:
        query = query.where(match_findings.c.state.in_(message.states))
    if message.due_before is not None:
        late = match_findings.c.due_on < message.due_before
        query = query.where(late, match_findings.c.state.in_(OPEN))
    page, after = page_of(tx, query, match_findings, message.after, message.limit)
    shown = [view_of(messages.MatchFindingView, "finding_id", row) for row in page]
    return messages.MatchFindingPage(findings=shown, after=after)


def show_match_counts(tx: Transaction, message: messages.ShowMatchCounts) -> messages.MatchCounts:
    """The counts of a run, told apart as asked; none for a run that is unknown or out of scope."""
    asked: dict[str, Any] = {
        name: match_counts.c[name] if name in message.by else sa.null().label(name)
        for name in ("region", "category", "grade")
    }
    told_apart = [match_counts.c.about, match_counts.c.name, *(match_counts.c[name] for name in message.by)]
    query = (
        sa.select(
            match_counts.c.about,
            match_counts.c.name,
            *asked.values(),
            sa.func.sum(match_counts.c.persons).label("persons"),
        )
        .where(match_counts.c.run_id == message.run_id, tx.scope(match_counts.c.region))
        .group_by(*told_apart)
        .order_by(*told_apart)
    )
    counts = [messages.MatchCount.model_validate(dict(row)) for row in tx.execute(query).mappings()]
    return messages.MatchCounts(counts=counts)
