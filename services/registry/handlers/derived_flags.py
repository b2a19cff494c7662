"""Deriving flags of households from what is registered, in the transaction that changed it.

What follows from a day alone, as from a birthday, or from the end of a survey, the daily look finds.
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa

from chassis.clock import day_begins, office_day
from chassis.jobs import Job
from chassis.rows import rows_among
from chassis.transaction import Transaction
from kernel.rulebook import RuleView
from services.registry.domain.derived_flags import OF, SOURCE, Home, Member, Verdict, derived, holding
from services.registry.handlers.flag_words import (
    Word,
    flags_now,
    lock_homes,
    save_flags,
    tell_flags,
    words_of,
)
from services.registry.survey_tables import survey_rounds, survey_tasks
from services.registry.tables import (
    certificate_acts,
    certificates,
    household_flag_records,
    households,
    persons,
)

HOUSEHOLDS_PER_STEP = 1000
_GONE = ("death", "moved_away")
_EVER = date.min
"""No fact is of an earlier day."""

Turned = Mapping[str, Verdict | None]
"""Derived flags that begin or end, each with what decided; None: the rules derive it no longer."""


def derive_flags(tx: Transaction, household_ids: Collection[str | None], day: date = _EVER) -> None:
    """Let derived flags of these households begin and end: on the latest day of a fact, or a later `day`."""
    homes = {row.id: row for row in lock_homes(tx, households.c.id, {each for each in household_ids if each})}
    residents, words = _residents(tx, homes), words_of(tx, homes.values())
    # What is derived is about holders of certificates: most homes of a file of persons have none yet.
    asked = {home for home in homes if words[home].follows or any(row.status for row in residents[home])}
    answers = _employment(tx, {row.id for home in asked for row in residents[home]})
    rules_on, today = _rules_by_day(tx), office_day(tx.now)
    turned: dict[str, Turned] = {}
    now: dict[str, frozenset[str]] = {}
    for home in sorted(asked):
        word, people = words[home], residents[home]
        # What is told of days to come makes nobody older than they are.
        word.day = min(max(word.day, day, *(_known_on(row) for row in people)), today)
        members = tuple(_member(row, answers) for row in people if not row.gone)
        rules = rules_on(word.day)
        verdicts = derived(Home(members, word.held, word.day), rules)
        follows = {flag for flag, verdict in verdicts.items() if verdict.holds}
        if follows != word.follows:
            turned[home] = {flag: verdicts.get(flag) for flag in sorted(follows ^ word.follows)}
            now[home] = holding(word.said, follows, rules)
    if turned:
        _keep(tx, words, turned)
        _tell(tx, homes, words, turned, now)


def _rules_by_day(tx: Transaction) -> Callable[[date], RuleView]:
    """The rules of derived flags on a day. Asked for each day, all rules would be gone through each time."""
    keys = tx.rules.keys()
    values = (value for key in keys if key.startswith(OF) for value in tx.rules.history(key))
    turns = sorted({_EVER, *(value.valid_from for value in values)})
    since = cache(tx.rules.at)
    return lambda day: since(turns[bisect_right(turns, day) - 1])


def _residents(tx: Transaction, household_ids: Collection[str]) -> dict[str, list[sa.Row[Any]]]:
    """Who is registered in these households, by household; some are gone."""
    act, certificate = certificate_acts.c, certificates.c
    left = sa.exists().where(
        act.person_id == persons.c.id, act.acted_on == certificate.cancelled_on, act.reason.in_(_GONE)
    )
    query = sa.select(
        persons.c.id,
        persons.c.household_id,
        persons.c.birth_date,
        persons.c.sex,
        persons.c.registered_on,
        certificate.status,
        certificate.grade,
        certificate.last_act_on,
        sa.case(
            (certificate.status == "moved", True), (certificate.status == "cancelled", left), else_=False
        ).label("gone"),
    ).outerjoin(certificates, certificate.person_id == persons.c.id)
    found: dict[str, list[sa.Row[Any]]] = {household_id: [] for household_id in household_ids}
    for row in rows_among(tx, query, persons.c.household_id, household_ids):
        found[row.household_id].append(row)
    return found


def _known_on(row: sa.Row[Any]) -> date:
    """The latest day of what is known of somebody."""
    return max(row.registered_on, row.last_act_on or _EVER)


def _member(row: sa.Row[Any], answers: Mapping[str, str]) -> Member:
    grade = row.grade if row.status == "valid" else None
    return Member(row.birth_date, row.sex, grade, answers.get(row.id))


def _employment(tx: Transaction, person_ids: set[str]) -> dict[str, str]:
    """What these persons answered on employment in the last closed round of a division, by person."""
    if not person_ids:
        return {}
    query = sa.select(survey_rounds.c.region, survey_rounds.c.id).where(survey_rounds.c.state == "closed")
    last = {row.region: row.id for row in tx.execute(query.order_by(survey_rounds.c.last_act_on))}
    if not last:
        return {}
    task = survey_tasks.c
    asked = sa.select(task.person_id, task.answers).where(task.round_id.in_(last.values()))
    rows = rows_among(tx, asked.where(task.answers.is_not(None)), task.person_id, person_ids)
    answers = {row.person_id: json.loads(row.answers).get("employment") for row in rows}
    return {person_id: answer for person_id, answer in answers.items() if answer is not None}


def _keep(tx: Transaction, words: Mapping[str, Word], turned: Mapping[str, Turned]) -> None:
    """Record what the registry says, as what a source says is recorded."""
    rows: list[dict[str, Any]] = []
    for household_id, flags in turned.items():
        for flag, verdict in flags.items():
            record_id = tx.new_id()
            rows.append(
                {
                    "id": record_id,
                    # No office can have given it: the identifier is new.
                    "ref": f"{SOURCE}:{record_id}",
                    "household_id": household_id,
                    "flag": flag,
                    "holds": verdict is not None and verdict.holds,
                    "source": SOURCE,
                    "told_on": words[household_id].day,
                    "rule": json.dumps(verdict.rule.trace(), ensure_ascii=False) if verdict else None,
                    "recorded_by": SOURCE,
                    "recorded_at": tx.now,
                }
            )
    tx.insert(household_flag_records, rows)


def _tell(
    tx: Transaction,
    homes: Mapping[str, sa.Row[Any]],
    words: Mapping[str, Word],
    turned: Mapping[str, Turned],
    now: Mapping[str, frozenset[str]],
) -> None:
    """Write the flags that households have now, and tell of those whose flags are others than before."""
    before = flags_now(tx, turned)
    after = {(home, flag) for home in turned for flag in now[home]}
    save_flags(tx, before, after)
    had: dict[str, set[str]] = {home: set() for home in turned}
    for home, flag in before:
        had[home].add(flag)
    for home in sorted({home for home, _ in before ^ after}):
        decided = sorted(verdict.rule.key for verdict in turned[home].values() if verdict)
        tell_flags(tx, homes[home], had[home], now[home], words[home].day, decided)


def look(tx: Transaction, job: Job) -> bool:
    """Derive the flags of the next households as of the job's day; true when none is left.

    A household that was recorded on the day itself is left for the next day: its members may still be on
    their way, as in the import of an old register.
    """
    day = date.fromisoformat(job.key)
    query = sa.select(households.c.id).where(households.c.recorded_at < day_begins(day))
    query = query.where(households.c.id > job.cursor.get("household", ""))
    ids = tx.execute(query.order_by(households.c.id).limit(HOUSEHOLDS_PER_STEP)).scalars().all()
    if not ids:
        return True
    derive_flags(tx, ids, day)
    job.cursor["household"] = ids[-1]
    return False
