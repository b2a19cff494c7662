"""Assigning persons to surveyors, and recording visits, corrections and hand-overs."""

from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.filing import Register, record_steps
from chassis.rows import Row, rows_among
from chassis.transaction import Transaction
from contracts.message import BulkReply
from contracts.registry import inquiries as messages
from kernel.errors import Conflict, NotFound
from kernel.regions import RegionCode
from services.registry.domain.codes import joined, split
from services.registry.domain.questionnaire import Questionnaire
from services.registry.domain.record import check_same
from services.registry.domain.survey_task import Act, Survey, Task, decide, written
from services.registry.handlers.lookup import check_person
from services.registry.homes import Homes, homes_of
from services.registry.repository import Known
from services.registry.survey_tables import survey_rounds, survey_task_acts, survey_tasks


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a task's reference stands for. assigned_to: the first surveyor."""

    round_id: str
    person_id: str
    assigned_to: str
    assigned_on: date


@dataclass
class Desk:
    """What is known when the command begins, kept up with each task.

    rounds: rows by reference. asked: persons who have a task, by round.
    """

    known: dict[str, Known[Assignment]]
    rounds: dict[str, sa.Row[Any]]
    homes: Homes
    asked: set[tuple[str, str]]
    rows: list[Row] = field(default_factory=list)

    @classmethod
    def load(cls, tx: Transaction, bulk: Bulk) -> "Desk":
        """Read what the records are about. Rounds are held, so that none is closed meanwhile."""
        people = {item.person_id for item in bulk.items()}
        query = sa.select(survey_rounds).order_by(survey_rounds.c.id).with_for_update(read=True)
        refs = {item.survey_round_ref for item in bulk.items()}
        rounds = rows_among(tx, query, survey_rounds.c.ref, refs)
        tasks = rows_among(tx, sa.select(survey_tasks), survey_tasks.c.person_id, people)
        known = rows_among(
            tx, sa.select(survey_tasks), survey_tasks.c.ref, {item.ref for item in bulk.items()}
        )
        names = ("round_id", "person_id", "assigned_to", "assigned_on")
        return cls(
            {
                row.ref: Known(row.id, Assignment(**{name: getattr(row, name) for name in names}))
                for row in known
            },
            {row.ref: row for row in rounds},
            homes_of(tx, people),
            {(row.round_id, row.person_id) for row in tasks},
        )


def assign_survey_tasks(tx: Transaction, message: messages.AssignSurveyTasks) -> BulkReply:
    """Assign persons; the office's reference is the key, and a person is asked once in a round."""
    tx.no_scope("each record is checked against the region of its person")
    bulk = Bulk(message)
    desk = Desk.load(tx, bulk)
    for entry in bulk:
        with entry.deciding():
            item: messages.SurveyTaskItem = entry.item
            check_person(tx, desk.homes, item.person_id)
            found = desk.rounds.get(item.survey_round_ref)
            if found is None or not _surveys(found, desk.homes[item.person_id]):
                raise NotFound(
                    "registry.unknown_survey_round",
                    "No such round surveys the division of the person; open it first.",
                    field="survey_round_ref",
                )
            told = Assignment(found.id, item.person_id, item.surveyor, item.assigned_on)
            if same := desk.known.get(item.ref):
                check_same("survey_task", same.content, told)
                entry.unchanged(same.id)
                continue
            entry.created(_assign(tx, desk, item.ref, told, found))
    tx.insert(survey_tasks, desk.rows)
    return bulk.reply()


def _surveys(found: sa.Row[Any], home: str) -> bool:
    """Whether the round trains surveyors for the division where a person lives."""
    return any(RegionCode(home).within(RegionCode(each)) for each in split(found.training_regions))


def _assign(tx: Transaction, desk: Desk, ref: str, told: Assignment, found: sa.Row[Any]) -> str:
    if found.state not in {"opened", "surveying"}:
        raise Conflict(
            "registry.survey_round_state",
            f"The round is {found.state}; nobody is assigned any more.",
            field="survey_round_ref",
            state=found.state,
        )
    if (told.round_id, told.person_id) in desk.asked:
        raise Conflict(
            "registry.person_asked_already",
            "The person has a task in this round; reassign it.",
            field="person_id",
        )
    task_id, region = tx.new_id(), desk.homes[told.person_id]
    desk.known[ref] = Known(task_id, told)
    desk.asked.add((told.round_id, told.person_id))
    task = Task("to_visit", told.assigned_on, told.round_id, told.assigned_to)
    own = {"id": task_id, "ref": ref, "region": region, **asdict(told), **asdict(task), "steps": 0}
    desk.rows.append(own | {"recorded_by": tx.caller.subject, "recorded_at": tx.now})
    tx.record(
        messages.SurveyTaskAssigned(
            region=region,
            task_id=task_id,
            round_id=told.round_id,
            person_id=told.person_id,
            assigned_on=told.assigned_on,
        )
    )
    return task_id


def record_survey_task_acts(tx: Transaction, message: messages.RecordSurveyTaskActs) -> BulkReply:
    """Record visits, corrections and hand-overs; the office's reference is the key."""
    bulk = Bulk(message)
    surveys = _surveys_of(tx, {item.survey_task_ref for item in bulk.items()})
    register = replace(_REGISTER, decide=partial(decide, surveys))
    return record_steps(tx, bulk, register, _act)


def _surveys_of(tx: Transaction, task_refs: set[str]) -> dict[str, Survey]:
    """The rounds of these tasks by identifier, held so that none is closed meanwhile."""
    query = sa.select(survey_tasks.c.round_id).distinct()
    ids = {row.round_id for row in rows_among(tx, query, survey_tasks.c.ref, task_refs)}
    held = sa.select(survey_rounds).order_by(survey_rounds.c.id).with_for_update(read=True)
    return {
        row.id: Survey(row.state, row.last_act_on, Questionnaire.of(tx.rules.at(row.opened_on)))
        for row in rows_among(tx, held, survey_rounds.c.id, ids)
    }


def _act(item: messages.SurveyTaskActItem) -> Act:
    return Act(
        item.action,
        item.acted_on,
        item.method,
        item.result,
        written(item.answers) if item.answers is not None else None,
        joined(item.needs) or None,
        item.surveyor,
    )


def _event(file: Row, act: Act, after: Task) -> messages.SurveyTaskEvent:
    told: dict[str, Any] = {name: file[name] for name in ("region", "round_id", "person_id")}
    told |= {"task_id": file["id"], "acted_on": act.acted_on}
    before, now = split(file["needs"]), split(after.needs)
    if act.action == "visit":
        revisit = file["visits"] > 0
        return messages.PersonSurveyed(
            method=act.method, result=act.result, revisit=revisit, needs=_needs(now), **told
        )
    if act.action == "correct":
        return messages.SurveyCorrected(added=_needs(now - before), withdrawn=_needs(before - now), **told)
    return messages.SurveyTaskReassigned(**told)


def _needs(needs: frozenset[str]) -> list[messages.SurveyNeed]:
    return [messages.SurveyNeed(need=need) for need in sorted(needs)]


_REGISTER = Register(
    "registry.survey_task", survey_tasks, survey_task_acts, Task, Act, partial(decide, {}), _event
)
