"""Questions about the needs survey; each answers within the caller's regions only.

A room of its own because queries.py answers who people are, and this what they need.
"""

import json
from collections import Counter
from typing import Any

import sqlalchemy as sa

from chassis.transaction import Transaction
from contracts.registry import inquiries as messages
from services.registry.domain.codes import split
from services.registry.paging import below, page_of, view_of
from services.registry.survey_tables import survey_rounds, survey_tasks


def list_survey_rounds(tx: Transaction, message: messages.ListSurveyRounds) -> messages.SurveyRoundPage:
    """A page of rounds of the caller's regions."""
    query = sa.select(survey_rounds).where(tx.scope(survey_rounds.c.region))
    page, after = page_of(tx, query, survey_rounds, message.after, message.limit)
    rounds = [
        messages.SurveyRoundView(
            round_id=row["id"],
            training_regions=sorted(split(row["training_regions"])),
            trained=sorted(split(row["trained"])),
            **{name: row[name] for name in ("ref", "region", "year", "opened_on", "state")},
        )
        for row in page
    ]
    return messages.SurveyRoundPage(rounds=rounds, after=after)


def list_survey_tasks(tx: Transaction, message: messages.ListSurveyTasks) -> messages.SurveyTaskPage:
    """A page of tasks of the caller's regions."""
    query = sa.select(survey_tasks).where(tx.scope(survey_tasks.c.region))
    if message.region is not None:
        query = query.where(below(survey_tasks.c.region, message.region))
    for name in ("round_id", "person_id", "surveyor"):
        wanted = getattr(message, name)
        if wanted is not None:
            query = query.where(survey_tasks.c[name] == wanted)
    if message.states:
        query = query.where(survey_tasks.c.state.in_(message.states))
    page, after = page_of(tx, query, survey_tasks, message.after, message.limit)
    tasks = [view_of(messages.SurveyTaskView, "task_id", _opened(row)) for row in page]
    return messages.SurveyTaskPage(tasks=tasks, after=after)


def _opened(row: sa.RowMapping) -> dict[str, Any]:
    return {
        **row,
        "answers": json.loads(row["answers"]) if row["answers"] else {},
        "needs": sorted(split(row["needs"])),
    }


def show_survey_progress(
    tx: Transaction, message: messages.ShowSurveyProgress
) -> messages.SurveyProgressReport:
    """How far each township is; none for a round that is unknown or out of scope."""
    township = (sa.func.substr(survey_tasks.c.region, 1, 9) + sa.literal("000")).label("township")
    query = (
        sa.select(township, survey_tasks.c.state, survey_tasks.c.needs, sa.func.count().label("tasks"))
        .where(survey_tasks.c.round_id == message.round_id, tx.scope(survey_tasks.c.region))
        .group_by(township, survey_tasks.c.state, survey_tasks.c.needs)
        .order_by(township)
    )
    states: dict[str, Counter[str]] = {}
    needs: dict[str, Counter[str]] = {}
    for row in tx.execute(query):
        states.setdefault(row.township, Counter())[row.state] += row.tasks
        told = needs.setdefault(row.township, Counter())
        for need in split(row.needs):
            told[need] += row.tasks
    townships = [
        messages.SurveyProgress(
            region=region, tasks=by_state.total(), by_state=dict(by_state), by_need=dict(needs[region])
        )
        for region, by_state in states.items()
    ]
    return messages.SurveyProgressReport(townships=townships)
