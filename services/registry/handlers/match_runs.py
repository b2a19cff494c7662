"""Starting runs of a match: which checks, with which lists, over whom."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.fields import reading
from chassis.rows import rows_among
from chassis.transaction import Transaction
from contracts.message import BulkReply
from contracts.registry import inquiries as messages
from kernel.errors import Invalid, NotFound
from kernel.regions import RegionCode
from services.registry import repository
from services.registry.domain.codes import joined, split
from services.registry.domain.matching import Check
from services.registry.domain.record import check_same
from services.registry.domain.region import check_known
from services.registry.handlers.lookup import mine
from services.registry.handlers.matching import JOB
from services.registry.match_tables import department_lists, match_runs
from services.registry.repository import Known
from services.registry.survey_tables import survey_rounds


@dataclass(frozen=True, slots=True)
class Run:
    """What a run's reference stands for. checks, list_ids: as joined codes."""

    region: str
    matched_on: date
    checks: str
    list_ids: str
    round_id: str | None


def start_match_runs(tx: Transaction, message: messages.StartMatchRuns) -> BulkReply:
    """Start runs; the office's reference is the key. A job does the work."""
    tx.no_scope("each record is checked against its own region")
    bulk = Bulk(message)
    histories = repository.region_histories(tx, {item.region for item in bulk.items()})
    lists = _lock_lists(tx, {ref for item in bulk.items() for ref in item.list_refs})
    round_refs = {item.survey_round_ref for item in bulk.items() if item.survey_round_ref}
    found = rows_among(tx, sa.select(survey_rounds), survey_rounds.c.ref, round_refs)
    rounds = {row.ref: row for row in found}
    known = _known(tx, {item.ref for item in bulk.items()})
    for entry in bulk:
        with entry.deciding():
            item: messages.MatchRunItem = entry.item
            with reading("region"):
                tx.within(item.region)
            used = [_mine(tx, lists, ref) for ref in item.list_refs]
            told = Run(
                item.region,
                item.matched_on,
                joined(item.checks),
                joined(each.id for each in used),
                _round(tx, rounds, item.survey_round_ref),
            )
            if same := known.get(item.ref):
                check_same("match_run", same.content, told)
                entry.unchanged(same.id)
                continue
            check_known(histories[item.region].values(), item.region, item.matched_on)
            _check_fits(tx, told, used)
            run_id = _start(tx, item.ref, told)
            known[item.ref] = Known(run_id, told)
            entry.created(run_id)
    return bulk.reply()


def _lock_lists(tx: Transaction, refs: set[str]) -> dict[str, sa.Row[Any]]:
    """Lists by reference, locked against rows that are on their way."""
    query = sa.select(department_lists).order_by(department_lists.c.id).with_for_update()
    return {row.ref: row for row in rows_among(tx, query, department_lists.c.ref, refs)}


def _known(tx: Transaction, refs: set[str]) -> dict[str, Known[Run]]:
    return {
        row.ref: Known(row.id, Run(row.region, row.matched_on, row.checks, row.list_ids, row.round_id))
        for row in rows_among(tx, sa.select(match_runs), match_runs.c.ref, refs)
    }


def _mine(tx: Transaction, lists: dict[str, sa.Row[Any]], ref: str) -> sa.Row[Any]:
    found = lists.get(ref)
    if found is None or not mine(tx, found.region):
        raise NotFound(
            "registry.unknown_department_list",
            "A list is not recorded; record it before the run.",
            field="list_refs",
        )
    return found


def _round(tx: Transaction, rounds: dict[str, sa.Row[Any]], ref: str | None) -> str | None:
    """The round of the survey, whose needs no longer change."""
    if ref is None:
        return None
    found = rounds.get(ref)
    if found is None or not mine(tx, found.region) or found.state != "closed":
        raise NotFound(
            "registry.no_closed_round",
            "No such round of the survey is closed; close it before its needs are matched.",
            field="survey_round_ref",
        )
    return str(found.id)


def _check_fits(tx: Transaction, told: Run, used: list[sa.Row[Any]]) -> None:
    """Refuse what the checks cannot work with."""
    with reading("matched_on"):
        rules = tx.rules.at(told.matched_on)
        checks = [Check.of(rules, name) for name in split(told.checks)]
    if told.round_id is None and any(check.needs for check in checks):
        raise Invalid(
            "registry.no_closed_round",
            "A check asks for needs; name the round of the survey that recorded them.",
            field="survey_round_ref",
        )
    wanted = {kind for check in checks for kind in check.lists}
    given = Counter(each.kind for each in used)
    problem = None
    if missing := sorted(wanted - given.keys()):
        problem = f"The checks need a list of each of the kinds {', '.join(missing)} as well."
    elif given.total() > len(given):
        problem = "Two of the lists are of the same kind; name the one to compare with."
    elif not all(RegionCode(told.region).within(RegionCode(each.region)) for each in used):
        problem = "A list does not cover the division of the run; everybody outside it would be a finding."
    elif any(each.as_of > told.matched_on for each in used):
        problem = "A list tells of a day after that of the match; match on a later day."
    if problem:
        raise Invalid("registry.unfit_lists", problem, field="list_refs")


def _start(tx: Transaction, ref: str, told: Run) -> str:
    run_id = tx.new_id()
    row = {"id": run_id, "ref": ref, **asdict(told), "state": "running", "persons": 0, "findings": 0}
    tx.insert(match_runs, [row | {"recorded_by": tx.caller.subject, "recorded_at": tx.now}])
    open_lists = sa.and_(
        department_lists.c.id.in_(split(told.list_ids)), department_lists.c.closed_at.is_(None)
    )
    tx.execute(sa.update(department_lists).where(open_lists).values(closed_at=tx.now))
    tx.record(messages.MatchStarted(region=told.region, run_id=run_id, matched_on=told.matched_on))
    tx.start_job(JOB, key=run_id, payload={})
    return run_id
